"""What a user names as an index may be anything: a file is read once and checked, all else is refused at once."""

import gzip
import os
from pathlib import Path

import pytest

from docrunch.canonical import sha256_hex
from docrunch.errors import DocrunchError, InvalidArchive, LimitExceeded, NotFound, UsageError
from docrunch.scip import files
from docrunch.scip.files import copy_indexes, digests, open_indexes
from docrunch.scip.scip_pb2 import Document, Index

GOOD = Index(documents=[Document(relative_path="a.py")]).SerializeToString()
OTHER = Index(documents=[Document(relative_path="b.py")]).SerializeToString()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def test_equal_bytes_are_one_index_in_whatever_order_they_are_named(tmp_path: Path, work: Path) -> None:
    for name, data in {"a": GOOD, "b": OTHER, "c": GOOD}.items():
        (tmp_path / name).write_bytes(data)
    found = copy_indexes([tmp_path / name for name in "abc"], work)
    assert digests(found) == tuple(sorted({sha256_hex(GOOD), sha256_hex(OTHER)}))
    assert digests(copy_indexes([tmp_path / name for name in "cba"], work)) == digests(found)
    assert {bytes(each) for each in open_indexes(found)} == {GOOD, OTHER}


def test_what_was_checked_is_what_is_read(tmp_path: Path, work: Path) -> None:
    """The file may change while a scan waits for the stack, and a mapped file that is cut short would kill us."""
    (tmp_path / "link").symlink_to(tmp_path / "a")
    (tmp_path / "a").write_bytes(GOOD)
    found = copy_indexes([tmp_path / "link"], work)
    (tmp_path / "a").write_bytes(b"")
    (mapped,) = open_indexes(found)
    found[0].path.unlink()
    assert sha256_hex(bytes(mapped)) == found[0].sha256


def fifo(path: Path) -> None:
    os.mkfifo(path)


def loop(path: Path) -> None:
    path.symlink_to(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def unreadable(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (Path.mkdir, UsageError),
        (fifo, UsageError),
        (device, UsageError),
        (loop, NotFound),
        (unreadable, NotFound),
        (lambda path: path.write_bytes(b""), InvalidArchive),
        (lambda path: path.write_bytes(GOOD[:-2]), InvalidArchive),
        (lambda path: path.write_bytes(gzip.compress(GOOD)), InvalidArchive),
        (lambda path: path.write_text("hello\n"), InvalidArchive),  # a field of no meaning, and no document
    ],
)
def test_what_is_no_index_is_refused_by_name(
    tmp_path: Path, work: Path, make: object, error: type[DocrunchError]
) -> None:
    path = tmp_path / "given.scip"
    assert callable(make)
    make(path)
    with pytest.raises(error, match="given.scip"):
        copy_indexes([path], work)


def test_an_index_has_a_size_and_a_scan_a_number_of_them(
    tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(GOOD)
    monkeypatch.setattr(files, "MAX_INDEX_BYTES", len(GOOD))
    assert copy_indexes([path], work)
    monkeypatch.setattr(files, "MAX_INDEX_BYTES", len(GOOD) - 1)
    with pytest.raises(LimitExceeded):
        copy_indexes([path], work)
    with pytest.raises(UsageError):
        copy_indexes([path] * (files.MAX_INDEXES + 1), work)


def test_a_full_disk_is_not_put_down_to_the_index(tmp_path: Path, work: Path) -> None:
    (tmp_path / "a").write_bytes(GOOD)
    (work / "partial").symlink_to("/dev/full")
    with pytest.raises(LimitExceeded, match="no room") as refused:
        copy_indexes([tmp_path / "a"], work)
    assert "TMPDIR" in (refused.value.hint or "")
