"""What derived stores know of a page."""

import hashlib

import pytest

from docrunch.documentation.entity import page_entity, page_kind, page_title
from docrunch.documentation.model import Page


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("index.md", "index"),
        ("architecture.md", "architecture"),
        ("modules/index.md", "module_index"),
        ("modules/a-abcdefgh.md", "module"),
        ("functions/f-abcdefgh.md", "function"),
        ("schemas/index.md", "schema"),
        ("decisions/d-abcdefgh.md", "decision"),
        ("else/where.md", "page"),
        ("other.md", "page"),
    ],
)
def test_the_kind_of_a_page_is_in_its_path(path: str, kind: str) -> None:
    assert page_kind(path) == kind


def test_the_title_is_the_first_heading_without_its_markup() -> None:
    assert page_title("# `shop.Till.__init__`\n\n# Other\n") == "shop.Till.__init__"
    assert page_title("# a\\_b \\[x\\]\n") == "a_b [x]"
    assert page_title("no heading\n") == ""
    assert len(page_title("# " + "x" * 10_000)) == 200


def test_the_hash_is_that_of_the_bytes_that_stores_hold() -> None:
    made = page_entity(Page("index.md", "# T\nü \0 \udc80\n"))
    assert made.text == "# T\nü ? ?\n"
    assert made.content_hash == hashlib.sha256(made.text.encode()).digest()
    assert (made.size, made.title) == (len(made.text.encode()), "T")
    assert page_entity(Page("x.md", "")).title == "x.md"
