"""An index names every page it listed, and links only to those that are there."""

import pytest

from docrunch.documentation.tree.links import without_links

THERE = {"modules/a.md", "index.md"}


def cut(text: str, page: str = "index.md") -> str:
    return without_links(text, page, THERE.__contains__)


def test_a_link_to_a_page_that_is_not_there_becomes_its_text() -> None:
    assert cut("- [A](modules/a.md) and [B](modules/b.md)\n") == "- [A](modules/a.md) and B\n"


def test_links_are_relative_to_their_page() -> None:
    assert cut("[A](a.md) [I](../index.md) [B](b.md) [x](../../out.md)", "modules/index.md") == (
        "[A](a.md) [I](../index.md) B x"
    )


@pytest.mark.parametrize(
    "text",
    [
        "[site](https://example.org/gone.md)",
        "`[B](modules/b.md)`",
        "``a ` [B](modules/b.md)``",
        "\\[B](modules/b.md)",
        "```text\n[B](modules/b.md)\n```\n",
        "~~~~\n```\n[B](modules/b.md)\n~~~~\n",
        "[no page](modules/b.txt)",
        "[part](modules/a.md#x)",
        "",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert cut(text) == text


def test_names_with_brackets_and_ticks_are_found() -> None:
    assert cut("[`f[int]`](modules/b.md) [x \\[1\\]](modules/b.md)") == "`f[int]` x \\[1\\]"


def test_hostile_text_takes_no_time() -> None:
    for piece in ("[", "`", "[`", "```\n", "](", "\\", "[a](" * 3):
        cut(piece * 20_000)
