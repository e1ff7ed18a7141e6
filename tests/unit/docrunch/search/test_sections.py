"""Prose is found under the titles that a reader sees above it."""

from docrunch.search.sections import is_prose, sections

MARKDOWN = "Intro.\n\n# Guide\n\nText.\n\n## Install\n\n```\n# no title\n```\n\n# More\n"
RST = "=====\nGuide\n=====\n\nInstall\n-------\n\nRun it.\n\nDeep\n~~~~\n\nMore\n-----\n\nEnd.\n\n=  =\na  b\n=  =\n"


def found(language: str, text: str) -> list[tuple[int, int, tuple[str, ...]]]:
    lines = text.rstrip("\n").split("\n")
    return [tuple(each) for each in sections(language, text.encode(), lines)]


def test_markdown_has_the_titles_of_commonmark() -> None:
    assert found("markdown", MARKDOWN) == [
        (1, 2, ()), (3, 6, ("Guide",)), (7, 12, ("Guide", "Install")), (13, 13, ("More",)),
    ]  # fmt: skip


def test_restructured_text_has_underlined_titles_by_order_of_their_marks() -> None:
    trails = [trail for _, _, trail in found("rst", RST)]
    assert trails == [("Guide",), ("Guide", "Install"), ("Guide", "Install", "Deep"), ("Guide", "More")]


def test_every_line_is_in_one_section() -> None:
    for language, text in (("markdown", MARKDOWN), ("rst", RST), ("asciidoc", RST), ("rst", ""), ("rst", "\n===\n")):
        lines = text.rstrip("\n").split("\n")
        covered = [line for first, last, _ in found(language, text) for line in range(first, last + 1)]
        assert covered == list(range(1, len(lines) + 1))


def test_a_readme_is_prose_unless_it_is_code() -> None:
    assert is_prose("README", "unknown", code=False)
    assert is_prose("docs/x.md", "markdown", code=False)
    assert not is_prose("readme.py", "python", code=True)
    assert not is_prose("main.c", "c", code=True)
