"""A result is written whole or not at all."""

import hashlib
from pathlib import Path

import pytest

from docrunch.errors import Failed
from docrunch.files import atomic_file, holds, write_atomically


def test_the_old_file_stays_when_writing_fails_half_way(tmp_path: Path) -> None:
    target = tmp_path / "result"
    target.write_bytes(b"old")
    with pytest.raises(TypeError), atomic_file(target) as out:
        out.writelines([b"half", "not bytes"])  # type: ignore[list-item]
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


def test_directories_are_made_and_the_file_is_readable_by_others(tmp_path: Path) -> None:
    target = tmp_path / "new" / "result"
    write_atomically(target, b"data")
    assert target.read_bytes() == b"data"
    assert target.stat().st_mode & 0o777 == 0o644


def test_an_impossible_place_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Failed, match="cannot write") as caught:
        write_atomically(tmp_path / "file" / "result", b"data")
    assert caught.value.hint is not None


def test_a_file_is_recognised_by_its_bytes(tmp_path: Path) -> None:
    target, name = tmp_path / "result", hashlib.sha256(b"data").hexdigest()
    assert not holds(target, name)
    assert not holds(tmp_path, name)
    target.write_bytes(b"data")
    assert holds(target, name)
    target.write_bytes(b"Data")
    assert not holds(target, name)
