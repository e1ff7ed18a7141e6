"""Where pages end, who may see what is cached, and which issues a page reports."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from activities import ingest
from activities.ingest import page_end, scope_of
from activities.worlds import Tree
from docrunch.options import ScanOptions
from docrunch.parsing.catalog import detect
from docrunch.source.model import FileEntry, SourceKind
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source, parse_spec


def entries(*sizes: int) -> list[FileEntry]:
    return [FileEntry(f"f{number}", size) for number, size in enumerate(sizes)]


def test_a_page_ends_where_it_was_asked_to() -> None:
    assert page_end(entries(1, 1, 1, 1), 1, 3) == 3


def test_a_page_ends_before_its_texts_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "PAGE_BYTES", 10)
    assert page_end(entries(4, 4, 4, 4), 0, 4) == 2


def test_a_page_takes_at_least_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the scan would stand still before a large file."""
    monkeypatch.setattr(ingest, "PAGE_BYTES", 10)
    assert page_end(entries(50, 1), 0, 2) == 1


@pytest.mark.parametrize(
    ("kind", "has_token", "scope"),
    [
        (SourceKind.REMOTE, False, "public"),
        (SourceKind.REMOTE, True, "tenant:acme"),
        (SourceKind.GIT, False, "tenant:acme"),
        (SourceKind.DIRECTORY, False, "tenant:acme"),
        (SourceKind.ARCHIVE, False, "tenant:acme"),
    ],
)
def test_only_what_anybody_could_fetch_is_cached_for_everybody(kind: SourceKind, has_token: bool, scope: str) -> None:
    assert scope_of(kind, "acme", has_token=has_token) == scope


def tree(root: Path, files: Mapping[str, str | bytes]) -> Tree:
    for name, content in files.items():
        (root / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "src" / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (root / "job").mkdir(mode=0o700)
    reader = open_source(
        parse_spec(str(root / "src"), cwd=root),
        ref=None,
        name=None,
        options=ScanOptions(),
        policy=SourcePolicy(),
        workdir=root / "job",
        detect=detect,
    )
    return Tree(reader, tuple(reader.parsed_entries()))


def test_every_issue_of_the_source_is_reported_by_one_page(tmp_path: Path) -> None:
    """No matter how the files are cut into pages, nothing is counted twice and nothing is left out."""
    key = "AKIA" + "Q3EGVD7MUSBWXK2P"
    made = tree(tmp_path, {f"m{number}.py": f'KEY = "{key}"\n' for number in range(4)} | {"big.bin": b"\0" * 9})
    reported = [
        issue for low in range(0, 4, 2) for issue in ingest._of_page(made, made.slice(low, low + 2), first=low == 0)
    ]
    assert sorted(reported) == sorted(made.reader.issues)
    assert len(reported) == 4
