"""The checks must find what they promise to find; otherwise green pages prove nothing."""

from docrunch.documentation.checks import check_pages
from docrunch.documentation.model import Page
from tests.support.world import make_documentation


def codes(*pages: Page) -> list[str]:
    return sorted({problem.code for problem in check_pages(pages, make_documentation())})


def test_what_is_right_is_left_alone() -> None:
    assert (
        codes(Page("a.md", "`shop.till.buy` [x](b.md) `shop/till.py#L1-L3` `pip install .`\n"), Page("b.md", "x\n"))
        == []
    )


def test_broken_pages_are_found() -> None:
    assert codes(Page("a.md", "[x](missing.md)\n")) == ["link"]
    assert codes(Page("a.md", "[x](http://example.invalid)\n")) == ["link"]
    assert codes(Page("a.md", "`shop/till.py#L1-L999`\n")) == ["citation"]
    assert codes(Page("a.md", "`none.py#L1-L1`\n")) == ["citation"]
    assert codes(Page("a.md", "`shop.till.sell`\n")) == ["symbol"]
    assert codes(Page("a.md", "<b>x</b>\n")) == ["markup"]
    assert codes(Page("a.md", "![x](https://example.invalid/x.png)\n")) == ["markup"]
    assert codes(Page("a.md", "x\n"), Page("A.md", "x\n")) == ["page_name"]
    nodes = "\n".join(f'    n{n}["x"]' for n in range(26))
    assert codes(Page("a.md", f"```mermaid\ngraph LR\n{nodes}\n```\n")) == ["diagram"]
    assert codes(Page("a.md", '```mermaid\ngraph LR\n    n0["x"]\n    n0 --> n1\n```\n')) == ["diagram"]
