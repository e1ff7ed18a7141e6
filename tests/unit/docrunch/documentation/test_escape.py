"""What a repository says must be shown, never obeyed: a page that a docstring can rewrite is worth nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from docrunch.documentation.escape import code, diagram_label, fence, one_line, prose, unmarked, visible

PARSER = MarkdownIt("commonmark").enable("table")


def plain(markdown: str) -> str:
    """The text that a reader sees of one paragraph, and nothing but text allowed."""
    (paragraph, inline, _) = PARSER.parse(markdown)
    assert paragraph.type == "paragraph_open"
    kinds = {token.type for token in inline.children or ()}
    assert kinds <= {"text", "text_special"}, kinds
    return "".join(token.content for token in inline.children or ())


@pytest.mark.parametrize(
    "text",
    [
        "**bold** and _under_ and snake_case and `code`",
        "[link](javascript:alert(1)) ![image](https://example.invalid/x.png)",
        "<script>alert(1)</script> &lt; &amp; &#60;",
        "# not a heading",
        "1. not a list",
        "- not a list",
        "> not a quote",
        "| not | a | table |",
        "~~~ no fence",
        "*",
        "=====",
        "a \\` b \\",
        ": definition",
        "[x]: https://example.invalid",
    ],
)
def test_prose_renders_as_the_characters_it_was_given(text: str) -> None:
    assert plain(prose(text)) == text


@given(st.text(min_size=1, max_size=60))
def test_prose_of_any_text_stays_text(text: str) -> None:
    expected = one_line(text)
    if expected:
        assert plain(prose(text)) == expected


@given(st.text(alphabet="ab`|\\ \n", min_size=1, max_size=30))
def test_code_shows_its_text_and_ends_where_it_should(text: str) -> None:
    made = code(text)
    if not one_line(text):
        assert made == ""
        return
    (_, inline, _) = PARSER.parse(f"x{made}x")
    spans = [token for token in inline.children or () if token.type == "code_inline"]
    assert len(spans) == 1
    assert spans[0].content.strip() == one_line(text).strip()


def test_code_with_pipes_stays_in_its_cell() -> None:
    row = f"| {code('str | None', in_table=True)} | b |"
    tokens = PARSER.parse(f"| a | b |\n|---|---|\n{row}\n")
    cells = [t for t in tokens if t.type == "inline"][2:]
    assert [c.content for c in cells][1] == "b"
    assert (cells[0].children or [])[0].content == "str | None"


@given(st.text(alphabet="a`~\n #<", max_size=60))
def test_nothing_gets_out_of_a_fence(text: str) -> None:
    tokens = PARSER.parse(f"{fence(text)}\n\nafter")
    assert [t.type for t in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]


def test_characters_that_deceive_are_dropped() -> None:
    assert visible("a\u202eb\u200bc\u2066d\ufeffe\x1b[31mf\U000e0041") == "abcde[31mf"


def test_unmarked_keeps_words_and_drops_markup_images_and_targets() -> None:
    text = "The ``Client`` of :class:`~flask.Flask` is [here](javascript:x) ![b](http://x) <b>now</b>."
    assert unmarked(text) == "The Client of flask.Flask is here now."


def test_hostile_markup_costs_bounded_time() -> None:
    for text in ("`" * 200_000, "[" * 200_000, "![" * 100_000, "<a" * 100_000, "<!--" * 50_000, "[a](" * 50_000):
        unmarked(text)


@given(st.text(max_size=80))
def test_a_label_holds_only_plain_characters_and_entities(text: str) -> None:
    made = diagram_label(text)
    assert '"' not in made
    assert "\n" not in made
    assert "<" not in made
    assert "`" not in made
    assert "]" not in made
