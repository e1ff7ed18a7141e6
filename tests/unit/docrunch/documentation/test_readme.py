"""The quoted paragraph says what the project is; a badge or a heading in its place says nothing."""

from docrunch.documentation.readme import code_blocks, find_readme, first_paragraph
from docrunch.source.model import FileEntry


def quote(text: str) -> tuple[str, int, int] | None:
    found = first_paragraph("README.md", text.encode())
    return (found.text, found.start, found.end) if found else None


def test_titles_badges_images_and_tags_are_passed_over() -> None:
    text = '# Name\n\n[![b](x)](y)\n![logo](z)\n<p align="center">\n\nName does **one** thing\nvery well.\n\nMore.\n'
    assert quote(text) == ("Name does one thing very well.", 7, 8)


def test_restructured_text_titles_and_directives_are_passed_over() -> None:
    text = "Name\n====\n\n.. image:: x\n   :alt: y\n\nName does one thing well.\n"
    assert quote(text) == ("Name does one thing well.", 7, 7)


def test_code_is_no_paragraph() -> None:
    assert quote("```\nfour words of code here\n```\n\nA paragraph of real words.\n") == (
        "A paragraph of real words.",
        5,
        5,
    )


def test_nothing_to_quote_is_no_failure() -> None:
    assert quote("") is None
    assert quote("# Only a title\n") is None
    assert quote("```\nnever closed paragraph of words\n") is None


def test_the_readme_nearest_the_root_wins_and_markdown_before_others() -> None:
    paths = ["docs/README.md", "README.rst", "README.md", "a/b/README.md"]
    entries = tuple(FileEntry(path, 1) for path in paths)
    texts = dict.fromkeys(paths, b"")
    assert find_readme(entries, texts) == "README.md"
    assert find_readme(entries[:1], texts) == "docs/README.md"
    assert find_readme(entries[3:], texts) is None


def test_code_blocks_have_their_lines_without_fences_or_indentation() -> None:
    text = b"# x\n\n```python\nimport a\na.b()\n```\n\n.. code-block:: go\n\n    f()\n\nend\n"
    found = [(b.language, b.start, b.end, b.text) for b in code_blocks("R", text)]
    assert found == [("python", 4, 5, "import a\na.b()"), ("go", 10, 10, "f()")]


def test_links_by_name_and_quotation_marks_read_as_words() -> None:
    text = "> Shop is a light [web] shop, see [the docs] and [1].\n\n[web]: https://example.invalid/web\n"
    assert quote(text) == ("Shop is a light web shop, see [the docs] and [1].", 1, 1)
