"""Unpacking writes below its target or not at all, and never over what somebody else put there."""

from pathlib import Path

import pytest

from docrunch.docpack.pack import pack
from docrunch.docpack.read import read_docpack
from docrunch.docpack.unpack import unpack
from docrunch.documentation.render import render
from docrunch.errors import Conflict, InvalidArchive
from tests.support.world import make_docpack_input, make_documentation


@pytest.fixture(scope="module")
def good() -> bytes:
    data = make_documentation()
    return pack(make_docpack_input(data, render(data))).data


def test_every_member_is_written_as_it_is(good: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.docpack").write_bytes(good)
    written = unpack(tmp_path / "a.docpack", tmp_path / "out")
    members = read_docpack(good).members
    assert [str(path) for path in written] == list(members)
    for name, data in members.items():
        assert (tmp_path / "out" / name).read_bytes() == data
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.docpack", "out"]


def test_a_full_directory_is_kept_unless_forced(good: bytes, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "mine").write_text("keep")
    with pytest.raises(Conflict):
        unpack(good, target)
    assert (target / "mine").read_text() == "keep"
    unpack(good, target, force=True)
    assert not (target / "mine").exists()
    assert (target / "manifest.json").exists()


def test_links_and_files_are_no_target(good: bytes, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").write_text("x")
    for name in ("link", "file"):
        with pytest.raises(Conflict):
            unpack(good, tmp_path / name, force=True)
    assert not any((tmp_path / "elsewhere").iterdir())


def test_a_bad_pack_leaves_nothing(good: bytes, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "mine").write_text("keep")
    for bad in (good[:-1], good + b"x", good[: len(good) // 2]):
        with pytest.raises(InvalidArchive):
            unpack(bad, tmp_path / "out")
        with pytest.raises(InvalidArchive):
            unpack(bad, tmp_path / "old", force=True)
    assert [p.name for p in tmp_path.iterdir()] == ["old"]
    assert (tmp_path / "old" / "mine").read_text() == "keep"
