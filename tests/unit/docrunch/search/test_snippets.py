"""A snippet shows the lines that matter, marks what matches, and is small whatever the file."""

from docrunch.search.model import DocumentKind, SearchDocument
from docrunch.search.query import understand
from docrunch.search.snippets import COLUMNS, LINES, MARKS, snippet

HEAD = "def handle(self):\n    pass\n"


def document(lines: int, line: int = 1) -> SearchDocument:
    return SearchDocument("n_1", DocumentKind.SYMBOL, "a.py", line, lines)


def test_words_of_the_query_are_marked_by_column() -> None:
    text = b"\ndef retry_request(self):\n    return None\n"
    found = snippet(text, document(3, 2), understand("retry requests"))
    assert (found.line, found.end_line) == (2, 3)
    lines = found.text.split("\n")
    assert [lines[line - 2][start:end] for line, start, end in found.marks] == ["retry_request"]


def test_the_head_is_shown_where_nothing_else_says_more() -> None:
    text = (HEAD + "    x = 1\n" * 40).encode()
    assert snippet(text, document(42), understand("handle")).line == 1


def test_the_best_part_is_shown_where_the_head_says_nothing() -> None:
    text = (HEAD + "    x = 1\n" * 30 + "    connect(proxy, timeout)\n" + "    y = 2\n" * 30).encode()
    found = snippet(text, document(63), understand("proxy timeout of connect"))
    assert "connect(proxy, timeout)" in found.text
    assert found.text.count("\n") < LINES


def test_a_line_that_the_query_names_is_shown() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 101)).encode()
    found = snippet(text, document(100), understand("something"), reached=70)
    assert found.line <= 70 <= found.end_line


def test_a_minified_line_is_cut_around_the_match() -> None:
    text = ("x" * 100 + "," * 1_000_000).encode()[:1000] + b" function needle() {} " + b"y" * 5_000_000
    found = snippet(text, document(1), understand("needle"))
    assert "needle" in found.text
    assert len(found.text) <= COLUMNS + 2
    (line, start, end) = found.marks[0]
    assert found.text[start:end] == "needle"
    assert line == 1


def test_bounds() -> None:
    text = ("needle " * 500 + "\n").encode() * 5000
    found = snippet(text, document(5000), understand("needle"))
    assert found.text.count("\n") + 1 <= LINES
    assert len(found.marks) <= MARKS


def test_lines_that_are_not_there_any_more_or_no_text() -> None:
    assert snippet(b"", document(10, 5), understand("a b")).text == ""
    assert snippet(b"\xff\xfe\x00", document(1), understand("a b")).text
