"""The reader of C# declarations that our symbols are compared with: a row it gets wrong blames the wrong side."""

from benchmarks.accuracy.oracles.csharp_directives import inactive
from benchmarks.accuracy.oracles.csharp_symbols import declarations

TEXT = """using System;
namespace N.M
{
    #region types
    [Serializable]
    public class A<T> : B<T>, IC where T : new()
    {
        const int Skipped = 1;
        Dictionary<string, int> one = new Dictionary<string, int>(), two;
        public int P { get; set; } = 3;
        public A(int a, Map<int, T> b) : base(a) { F("}", '{'); }
        ~A() { }
        public static A<T> operator +(A<T> a, A<T> b) { return a; }
        int IC.Get<K>(K key) where K : class => 1;
        int this[int i] { get { return i; } }
        delegate void H(int n);
        enum E { X, Y }
    }
    #endregion
}
"""


def test_declarations_have_kind_name_lines_type_and_parameters():
    found = [(d.kind, d.name, d.line, d.end_line, d.type, d.params) for d in declarations(TEXT)]
    assert found == [
        ("class", "A", 6, 18, "N.M", -1),
        ("property", "one", 9, 9, "N.M.A", -1),
        ("property", "two", 9, 9, "N.M.A", -1),
        ("property", "P", 10, 10, "N.M.A", -1),
        ("constructor", "A", 11, 11, "N.M.A", 2),
        ("method", "~A", 12, 12, "N.M.A", 0),
        ("method", "operator +", 13, 13, "N.M.A", 2),
        ("method", "Get", 14, 14, "N.M.A", 1),
        ("property", "this[]", 15, 15, "N.M.A", -1),
        ("type", "H", 16, 16, "N.M.A", -1),
        ("enum", "E", 17, 17, "N.M.A", -1),
    ]


def test_lines_that_the_compiler_leaves_out():
    text = "#if A && !B\none\n#elif C\ntwo\n#else\nthree\n#endif\nfour\n"
    assert inactive(text, ["A"]) == [4, 6]
    assert inactive(text, ["A", "B"]) == [2, 4]
    assert inactive(text, ["C"]) == [2, 6]
