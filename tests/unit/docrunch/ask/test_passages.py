"""A quotation is a whole thought from under its title."""

import textwrap

from docrunch.ask.passages import read_passages


def passages(text: str, path: str = "a.md"):
    return read_passages(path, textwrap.dedent(text).lstrip("\n"))


def test_paragraphs_stand_under_their_titles() -> None:
    found = passages(
        """
        # Top

        First words
        go on.

        ## Inner

        Second.

        # Other

        Third.
        """
    )
    assert [(each.trail, each.start, each.end) for each in found] == [
        (("Top",), 3, 4),
        (("Top", "Inner"), 8, 8),
        (("Other",), 12, 12),
    ]


def test_code_belongs_to_the_words_above_it() -> None:
    (found,) = passages(
        """
        Run it:

        ```sh
        # no title
        run it

        twice
        ```
        """
    )
    assert (found.start, found.end, found.code) == (1, 8, True)


def test_restructured_text() -> None:
    found = passages(
        """
        =====
        Title
        =====

        .. image:: logo.png

        Words here:

        .. code-block:: python

            run()

        Section
        -------

        .. py:data:: SECRET_KEY

            Signs the session cookie.

        After.
        """,
        "a.rst",
    )
    assert [(each.trail, each.text.split("\n")[0]) for each in found] == [
        (("Title",), "Words here:"),
        (("Title", "Section", "SECRET_KEY"), "Signs the session cookie."),
        (("Title", "Section"), "After."),
    ]
    assert found[0].code


def test_items_and_rows_are_thoughts_of_their_own() -> None:
    found = passages("- one thing\n- another\n  that goes on\n\n| a | b |\n|---|---|\n| c | d |\n")
    assert [each.text for each in found] == ["- one thing", "- another\n  that goes on", "| a | b |", "| c | d |"]


def test_badges_and_links_say_nothing() -> None:
    assert passages("[![b](x)](y)\n\n<p align=center>\n\n[a]: https://example.org\n") == []


def test_hostile_documents_end_soon() -> None:
    import time

    began = time.perf_counter()
    for text in (
        "```\n" * 30_000,
        "=\n" * 30_000,
        "    x\n" * 30_000,
        "- " * 200_000,
        "::\n\n    a\n" * 9_000,
        "#" * 300_000,
    ):
        read_passages("a.md", text)
    assert time.perf_counter() - began < 5.0


def test_a_fence_is_no_title() -> None:
    found = passages("# Shop\n\nInstall:\n\n```\npip install shop\n```\n\nThen:\n\n~~~\nshop\n~~~\n")
    assert [(each.start, each.end, each.trail) for each in found] == [(3, 7, ("Shop",)), (9, 13, ("Shop",))]
