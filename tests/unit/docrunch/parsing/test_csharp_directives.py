"""C# directives in the middle of things: the declarations around them are still found, on their lines."""

import pytest

from docrunch.options import Limits
from docrunch.parsing.extract import extract
from docrunch.parsing.languages.csharp.directives import seen

WHOLE = "class A\n{\n#if X\n    void F() { }\n#else\n    void G() { }\n#endif\n    void H() { }\n}\n"
CASES = {
    "supertypes": "class A : B\n#if X\n    , C\n#elif Y\n    , D\n#endif\n{\n    void F() { }\n    void G() { }\n}\n",
    "value": (
        "class A\n{\n    int f =\n#if X\n        1;\n#else\n        2;\n#endif\n    void F() { }\n    void G() { }\n}\n"
    ),
    "head": "#if X\nstatic class A\n#else\nclass A\n#endif\n{\n    void F() { }\n    void G() { }\n}\n",
    "half a block": (
        "class A\n{\n    void F()\n    {\n#if X\n        if (a)\n        {\n#endif\n            b();\n"
        "#if X\n        }\n#endif\n    }\n    void G() { }\n}\n"
    ),
    "a case": (
        "class A\n{\n    void F()\n    {\n        switch (a)\n        {\n            case 1: break;\n#if X\n"
        "            case 2: break;\n#endif\n        }\n    }\n    void G() { }\n}\n"
    ),
    "an else": (
        "class A\n{\n    void F()\n    {\n        if (a) b();\n#if X\n        else if (c) d();\n#endif\n"
        "        else e();\n    }\n    void G() { }\n}\n"
    ),
}


def names(text: str) -> dict[str, tuple[int, int]]:
    facts = extract(text.encode(), "csharp", Limits())
    assert not facts.issues
    return {symbol.name: (symbol.line, symbol.end_line) for symbol in facts.symbols}


@pytest.mark.parametrize("name", CASES)
def test_what_stands_around_a_directive_is_found(name: str) -> None:
    text = CASES[name]
    found = names(text)
    assert {"A", "F", "G"} <= found.keys()
    assert found["A"][1] == found["G"][1] + 1, "the class ends behind its last method"
    made = seen(text.encode())
    assert len(made) == len(text.encode())
    assert made.count(b"\n") == text.count("\n")


def test_both_branches_of_whole_members_are_read() -> None:
    assert seen(WHOLE.encode()) == WHOLE.encode()
    assert names(WHOLE) == {"A": (1, 9), "F": (4, 4), "G": (6, 6), "H": (8, 8)}


def test_unpaired_directives_do_no_harm() -> None:
    for text in (b"#endif\n#else\nclass A { }\n", b"#if X\nclass A { }\n", b"#if X\n#if Y\n#else\n" * 500):
        assert len(seen(text)) == len(text)
