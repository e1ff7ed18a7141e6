"""A file that was read before is not read again, and nobody can tell from the result."""

import io
import os
import zlib
from pathlib import Path
from typing import Any

import pytest

from docrunch.errors import LimitExceeded
from docrunch.options import Limits, ScanOptions
from docrunch.source.known import FileKey, KnownFile, KnownFiles
from docrunch.source.model import FileEntry
from docrunch.source.tree import StoredTree, write_tree

SECRET = "AKIA" + "Q3EGVD7MUSBWXK2P"
FILES: dict[str, bytes | str] = {
    "a.py": f"KEY = '{SECRET}'\n",
    "b.py": "b = 1\n",
    "latin.py": "é = 1\n".encode("latin-1"),
    "picture.py": b"\0\1\2" * 9,
    "app.min.js": "x",
    "long.js": "y" * 9_000,
}


def as_bytes(tree: StoredTree) -> bytes:
    with tree:
        out = io.BytesIO()
        write_tree(tree, out)
        return out.getvalue()


def test_a_known_commit_gives_the_bytes_of_a_clean_one_without_reading_a_blob(world: Any) -> None:
    root = world.repository("repo", FILES)
    known = KnownFiles()
    clean = as_bytes(world.scan(root, known=known))
    for oid in world.git(root, "ls-tree", "-r", "--format=%(objectname)", "HEAD").split():
        blob = root / ".git/objects" / oid[:2] / oid[2:]
        size = len(zlib.decompress(blob.read_bytes()).partition(b"\0")[2])
        blob.chmod(0o600)
        blob.write_bytes(zlib.compress(b"blob %d\0" % size + b"z" * size))  # listed as before, and lost
    assert as_bytes(world.scan(root, known=known)) == clean
    assert as_bytes(world.scan(root)) != clean


def test_what_changed_is_read(world: Any) -> None:
    root = world.repository("repo", FILES)
    known = KnownFiles()
    world.scan(root, known=known).close()
    world.put("repo", {"b.py": "b = 2\n", "moved.py": FILES["a.py"]})
    (root / "a.py").unlink()
    world.commit(root)
    assert as_bytes(world.scan(root, known=known)) == as_bytes(world.scan(root))


def test_sources_without_commits_are_known_by_their_bytes(world: Any) -> None:
    root = world.put("plain", FILES)
    known = KnownFiles()
    world.scan(root, known=known).close()
    world.put("plain", {"b.py": "b = 3\n"})  # as long as before
    os.utime(root / "b.py", (1, 1))
    assert as_bytes(world.scan(root, known=known)) == as_bytes(world.scan(root))


def test_what_the_options_decide_is_decided_again(world: Any) -> None:
    root = world.repository("repo", FILES)
    known = KnownFiles()
    world.scan(root, known=known).close()
    for options in (
        ScanOptions(languages=(("b.py", "ruby"),)),
        ScanOptions(include=("*.py", "app.min.js", "long.js")),
        ScanOptions(exclude=("b.py",)),
        ScanOptions(limits=Limits(max_file_bytes=20)),
    ):
        assert as_bytes(world.scan(root, options=options, known=known)) == as_bytes(world.scan(root, options=options))


def test_a_mode_is_not_taken_from_the_same_content(world: Any) -> None:
    root = world.repository("repo", {"run.py": "x = 1\n"})
    known = KnownFiles()
    world.scan(root, known=known).close()
    (root / "run.py").chmod(0o755)
    world.commit(root)
    (entry,) = world.scan(root, known=known).entries
    assert entry.executable


def test_a_git_id_is_believed_in_one_repository_only(world: Any) -> None:
    """Another one may hold a forged object under it: there it is read, and listed as damaged."""
    first = world.repository("first", {"a.py": "a = 1\n"})
    known = KnownFiles()
    world.scan(first, known=known).close()
    second = world.repository("second", {"a.py": "a = 1\n"})
    oid = world.git(second, "rev-parse", "HEAD:a.py")
    forged = world.git(world.repository("other", {"a.py": "a = 2\n"}), "rev-parse", "HEAD:a.py")
    target = second / ".git/objects" / oid[:2] / oid[2:]
    target.chmod(0o600)
    target.write_bytes((world.root / "other/.git/objects" / forged[:2] / forged[2:]).read_bytes())
    with world.scan(second, known=known) as tree:
        assert world.skips(tree) == {"a.py": "unreadable"}


def test_known_files_count_against_the_limit_of_a_scan(world: Any) -> None:
    root = world.repository("repo", FILES)
    known = KnownFiles()
    limits = Limits(max_total_bytes=9_100)
    world.scan(root, options=ScanOptions(limits=limits), known=known).close()
    world.put("repo", {"more.py": "m = 1\n" * 20})
    world.commit(root)
    with pytest.raises(LimitExceeded, match="more than 9100 bytes"):
        world.scan(root, options=ScanOptions(limits=limits), known=known)


def test_memory_is_bounded(tmp_path: Path) -> None:
    known = KnownFiles(kept_bytes=10_000)
    for number in range(100):
        entry = FileEntry(path=f"{number}.py", size=1, sha256="", language="python", encoding="utf-8", lines=1)
        known.put(FileKey("", entry.path, False, "c"), KnownFile(entry, (), b"x" * 1_000, 1_000))
    kept = [n for n in range(100) if known.get(FileKey("", f"{n}.py", False, "c")) is not None]
    assert kept == [97, 98, 99]
