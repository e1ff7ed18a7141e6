"""Quotations that show what was asked for."""

from docrunch.ask.passages import Passage
from docrunch.ask.say import paragraphs, quoted

SETUP = "\n".join(f"line_{number} = {number}" for number in range(20))


def passage(text: str) -> Passage:
    return Passage("README.md", 1, text.count("\n") + 1, ("Use",), text, code=True)


def test_of_long_code_the_lines_that_have_what_was_asked() -> None:
    text = f"Like this:\n\n```\n{SETUP}\n\n# Mount attaches a handler.\nmount(path)\n```"
    shown = quoted(passage(text), wanted=("mount", "handl")).split("\n")
    assert shown[:2] == ["“Like this:”", "    …"]
    assert shown[-2:] == ["    # Mount attaches a handler.", "    mount(path)"]
    assert len(shown) == 2 + 14


def test_of_long_code_the_beginning_where_no_line_is_better() -> None:
    shown = quoted(passage(f"Like this:\n\n```\n{SETUP}\n```"), wanted=("mount",)).split("\n")
    assert shown[1] == "    line_0 = 0"
    assert shown[-1] == "    …"


def test_a_row_of_a_table_is_words() -> None:
    row = Passage("README.md", 3, 3, (), "| [Throttle] | Puts a ceiling on requests | |")
    assert quoted(row) == "“Throttle — Puts a ceiling on requests”"


def test_code_of_a_documentation_comment_stays_code() -> None:
    doc = "Waits.\n\nUsage:\n\n>>> wait(1)\n>>> wait(2)\n\n:param seconds: how long"
    assert paragraphs(doc) == "“Waits. Usage:”\n    >>> wait(1)\n    >>> wait(2)"
    assert paragraphs("Only words = said, here.") == "“Only words = said, here.”"
    assert paragraphs("") == ""
