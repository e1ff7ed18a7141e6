"""The oracle of Python's definitions, on a small module with a known answer."""

from pathlib import Path
from textwrap import dedent

from benchmarks.accuracy.oracles.python_symbols import definitions, of_tree

TEXT = dedent(
    """\
    import enum
    class A(Base[int]):
        def __init__(self): pass
        @property
        def p(self):
            return 1
        async def m(self):
            def inner(): pass
    class E(enum.Enum):
        X = 1
    class P(Protocol[T]): ...
    if x:
        @decorated
        def late():
            pass
    """
)


def test_kinds_lines_and_names() -> None:
    found = [
        (row.fact.kind, row.qualified, row.start_line, row.fact.line, row.fact.end_line)
        for row in definitions("a.py", TEXT)
    ]
    assert found == [
        ("class", "A", 2, 2, 8),
        ("constructor", "A.__init__", 3, 3, 3),
        ("accessor", "A.p", 4, 5, 6),
        ("method", "A.m", 7, 7, 8),
        ("function", "A.m.inner", 8, 8, 8),
        ("enum", "E", 9, 9, 10),
        ("interface", "P", 11, 11, 11),
        ("function", "late", 13, 14, 15),
    ]


def test_a_file_python_cannot_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text("def f(): pass\n")
    (tmp_path / "bad.py").write_text("def f(:\n")
    found, broken = of_tree(tmp_path)
    assert (list(found), broken) == (["good.py"], ["bad.py"])
