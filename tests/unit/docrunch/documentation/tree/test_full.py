"""A place without room, or one that takes no writes, loses nothing and is not the fault of a page."""

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from docrunch.documentation.tree.check import check_tree
from docrunch.documentation.tree.directory import open_directory, read_directory
from docrunch.documentation.tree.names import MANIFEST
from docrunch.documentation.tree.shelf import Shelf
from docrunch.documentation.tree.writer import TreeWriter

SMALL = {"index.md": "[A](a.md)\n", "a.md": "a\n"}
LARGE = {**SMALL, "a.md": "a2\n", **{f"p{number}.md": "x" * 40_000 for number in range(40)}}


def update(root: Path, pages: dict[str, str]) -> int:
    with open_directory(root) as files:
        return TreeWriter(files).update(pages).files


def held(root: Path) -> dict[str, str]:
    return {p.name: p.read_text() for p in root.iterdir() if p.is_file() and p.name != MANIFEST}


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """One megabyte."""
    mount = tmp_path / "disk"
    mount.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mount)], capture_output=True)
    if made.returncode != 0:
        pytest.skip("mounting a file system needs root")
    yield mount
    subprocess.run(["umount", str(mount)], check=True)


def test_a_full_disk_changes_nothing(full_disk: Path) -> None:
    root = full_disk / "docs"
    update(root, SMALL)
    with pytest.raises(OSError, match="No space"):
        update(root, LARGE)
    assert held(root) == SMALL
    (full_disk / "other").write_bytes(bytes(1_000_000))
    with pytest.raises(OSError, match="No space"):
        Shelf(full_disk).health()
    (full_disk / "other").unlink()
    assert Shelf(full_disk).health()["trees"] == 0
    assert sorted(each.name for each in root.iterdir()) == [MANIFEST, "a.md", "index.md"]
    subprocess.run(["mount", "-o", "remount,size=8m", str(full_disk)], check=True)
    assert update(root, LARGE) == 41
    assert held(root) == LARGE


def test_a_read_only_disk_is_no_fault_of_a_page(full_disk: Path) -> None:
    root = full_disk / "docs"
    update(root, SMALL)
    subprocess.run(["mount", "-o", "remount,ro", str(full_disk)], check=True)
    with pytest.raises(OSError, match="Read-only"):
        update(root, {"a.md": "a2\n"})
    with read_directory(root) as files:
        assert files is not None
        assert check_tree(files).pages == 2


def test_a_file_that_may_not_grow_changes_nothing(tmp_path: Path) -> None:
    root = tmp_path / "docs"
    update(root, SMALL)
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
        try:
            update(root, LARGE)
        except OSError:
            os._exit(7)
        os._exit(0)
    assert os.WEXITSTATUS(os.waitpid(child, 0)[1]) == 7
    assert held(root) == SMALL
    assert update(root, LARGE) == 41
