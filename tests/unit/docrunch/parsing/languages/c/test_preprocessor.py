"""What the preprocessor and its macros do to the text: a name lost here is lost for the graph."""

import time

import pytest

from docrunch.options import Limits
from docrunch.parsing.extract import extract
from docrunch.parsing.model import FileFacts, SymbolKind

LIMITS = Limits(max_file_bytes=20_000_000, max_nodes=50_000_000)


def facts(text: str, language: str = "c") -> FileFacts:
    return extract(text.encode(), language, Limits())


def names(text: str, language: str = "c") -> list[str]:
    return [symbol.name for symbol in facts(text, language).symbols]


def calls(text: str, language: str = "c") -> list[str]:
    return [each.chain[-1] for each in facts(text, language).references if each.kind == "call"]


@pytest.mark.parametrize(
    "text",
    [
        "ZEXTERN int ZEXPORT f OF((int x));",
        "FOO_API int f(int x);",
        "local int f(int x) { return x; }",
        "static FORCE_INLINE U32 f(const void FAR *x) { return 0; }",
        "const char * ZEXPORT f(int x);",
        "int BZ_API(f) ( int x );",
        'LIB_DEPRECATED("use g") LIB_API\nint f(int x);',
        "__attribute__((noinline)) int f(int x) { return x; }",
        "void f(int x) ATTR_FORMAT(printf, 1, 2);",
        "int f(a) int a; { return a; }",
        "__declspec(dllexport) int f(int x);",
        "int f(z_const Bytef *x) { return (z_const char *)x; }",
        "extern unsigned long f PROTO((unsigned FAR * FAR *));",
    ],
)
def test_macros_around_a_function_do_not_hide_its_name(text: str) -> None:
    found = facts(text)
    assert [symbol.name for symbol in found.symbols] == ["f"]
    assert not found.issues


@pytest.mark.parametrize(
    "text",
    [
        "class FOO_API A : public B { int x; };",
        "class A {\n  FOO_OBJECT\n public: int x; };",
        "class A final { public: FOO_CONSTEXPR A() FOO_NOEXCEPT : x(1) {} int x GUARDED_BY(mutex_); };",
        "template <typename T, FOO_ENABLE_IF(!is_x<T>::value)> class A { };",
        "FOO_BEGIN_NAMESPACE\nclass A {};\nFOO_END_NAMESPACE\n",
        "class A { void f() EXCLUSIVE_LOCKS_REQUIRED(mu); };",
        "class A { void f(int x = {}, B y = {}); };",
    ],
)
def test_macros_of_cpp_do_not_hide_the_class(text: str) -> None:
    found = facts(text, "cpp")
    assert "A" in [symbol.name for symbol in found.symbols if symbol.kind is SymbolKind.CLASS]
    assert not found.issues


def test_blanked_macros_are_told_with_the_declaration() -> None:
    (symbol,) = facts("/* Doc. */\nlocal\nint ZEXPORT f(int x);").symbols
    assert symbol.decorators == ("local", "ZEXPORT")
    assert "static" in symbol.modifiers
    assert symbol.signature == "local int ZEXPORT f(int x)"
    assert (symbol.start_line, symbol.line, symbol.doc) == (2, 3, "Doc.")


def test_both_branches_are_read() -> None:
    assert names("#ifdef A\nint f(void);\n#else\nint g(void);\n#endif\n") == ["f", "g"]


def test_of_two_heads_of_one_body_one_is_read() -> None:
    text = "#ifdef _WIN32\nint f(long x) {\n#else\nint f(int x) {\n#endif\n return g(x);\n}\nint h(void);\n"
    found = facts(text)
    assert [(symbol.name, symbol.line, symbol.end_line) for symbol in found.symbols] == [("f", 4, 7), ("h", 8, 8)]


def test_what_no_compiler_reads_is_left_out() -> None:
    text = '#if 0\nint a(void);\n#define B 1\n#include "c.h"\n#else\nint d(void);\n#endif\n'
    assert names(text) == ["d"]
    assert facts(text).imports == ()
    assert names("#ifdef __cplusplus\nint cpp(void);\n#endif\nint c(void);\n") == ["c"]
    assert names("#ifndef __cplusplus\nint c(void);\n#endif\nint cpp(void);\n", "cpp") == ["cpp"]


def test_directives_inside_expressions_do_no_harm() -> None:
    text = "int f(void) {\n  return g(1,\n#ifdef A\n    h(2),\n#endif\n#define IN 3\n    4);\n}\nint k(void);\n"
    assert names(text) == ["f", "IN", "k"]
    assert calls(text) == ["g", "h"]


def test_directives_in_comments_and_strings_are_none() -> None:
    assert names('/*\n#if 0\n*/\nint a(void);\nconst char *s = "\\\n#if 0\\\n";\nint b(void);\n') == ["a", "s", "b"]
    assert names('auto s = R"(\n#if 0\n)";\nint b();\n', "cpp") == ["s", "b"]


def test_guards_are_no_macros() -> None:
    assert names("#ifndef A_H\n#define A_H\n#ifndef SIZE\n#define SIZE 4\n#endif\n#endif\n") == ["SIZE"]


def test_calls_of_macros_that_stand_alone_are_counted() -> None:
    found = facts("int f(void) {\n  CHECK(1)\n  return g();\n}\n")
    assert [(each.chain, each.line, each.scope) for each in found.references] == [(("CHECK",), 2, 0), (("g",), 3, 0)]


def test_what_a_macro_opens_is_a_namespace() -> None:
    found = facts("#define X_BEGIN_NAMESPACE namespace x { inline namespace v1 {\n", "cpp")
    assert found.manifest == {"namespace_macros": {"X_BEGIN_NAMESPACE": "x"}}


HOSTILE = {
    "braces": b"void f(){" + b"{" * 30_000 + b"}" * 30_000 + b"}",
    "brackets": b"int x=" + b"(" * 30_000 + b"1" + b")" * 30_000 + b";",
    "conditions": b"#if A\n" * 30_000 + b"#endif\n" * 30_000,
    "alternatives": b"#if A\nint a;\n#else\nint b\n" * 5_000 + b"#endif\n" * 5_000,
    "macros without end": b"f AAA((" * 15_000,
    "capitals": b"AAA BBB CCC " * 15_000,
    "quotes": b'"' * 60_000,
    "comments": b"/*" * 60_000,
    "raw strings": b'R"x(' * 15_000,
    "namespaces": b"A_BEGIN_NAMESPACE\n" * 20_000 + b"A_END_NAMESPACE\n" * 20_000,
    "chain": b"void f(){ x" + b".a()" * 20_000 + b"; }",
    "template heads": b"template<class T> " * 20_000 + b"void f();",
    "template arguments": b"A<" * 20_000 + b"int" + b">" * 20_000 + b" x;",
    "one line": b"int f(void){return g(1);}" * 15_000,
}


@pytest.mark.parametrize("language", ["c", "cpp"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_bounded_time(name: str, language: str) -> None:
    started = time.process_time()
    extract(HOSTILE[name], language, LIMITS)
    assert time.process_time() - started < 20
