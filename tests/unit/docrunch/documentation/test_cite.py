"""A citation must lead to lines that exist, also for file names chosen by an attacker."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docrunch.documentation.cite import Citation, Citer, blob_base, parse, placed
from docrunch.source.model import FileEntry, SourceKind, SourceRef

SHA = "a" * 40


def source(commit: str = SHA, url: str | None = "https://example.invalid/owner/name.git") -> SourceRef:
    return SourceRef("owner/name", commit, "main", SourceKind.GIT, url=url)


def test_a_citation_is_inline_code_and_a_link_where_the_source_has_an_address() -> None:
    entry = FileEntry("src/a b.py", 1, lines=9)
    made = placed(Citer(source(), (entry,))("src/a b.py", 2, 4), source())
    assert made == f"[`src/a b.py#L2-L4`](https://example.invalid/owner/name/blob/{SHA}/src/a%20b.py#L2-L4)"
    assert Citer(source(url=None), (entry,))("src/a b.py", 2) == "`src/a b.py#L2-L2`"


@pytest.mark.parametrize(
    ("commit", "url"),
    [
        ("tree:" + "b" * 64, "https://example.invalid/owner/name"),
        (SHA + "+dirty:" + "b" * 64, "https://example.invalid/owner/name"),
        (SHA, "http://example.invalid/owner/name"),
        (SHA, "javascript:alert(1)"),
        (SHA, "https://user:word@example.invalid/owner/name"),
        (SHA, "https://example.invalid/owner/name)evil"),
        (SHA, "https://example.invalid/../x"),
    ],
)
def test_no_link_without_a_git_commit_and_a_plain_https_address(commit: str, url: str) -> None:
    assert blob_base(source(commit, url)) is None


def test_lines_beyond_the_file_are_clamped_and_empty_files_have_none() -> None:
    cite = Citer(source(url=None), (FileEntry("a", 1, lines=3), FileEntry("empty", 0)))
    assert cite("a", 2, 99) == "`a#L2-L3`"
    assert cite("a", 99, 100) == "`a#L3-L3`"
    assert cite("empty", 1, 1) == "`empty`"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=20))
def test_any_path_survives_the_way_through_a_page(path: str) -> None:
    made = Citer(source(url=None), (FileEntry(path, 1, lines=5),))(path, 2, 3)
    assert list(parse(f"Text {made} text")) == [Citation(path, 2, 3)]
