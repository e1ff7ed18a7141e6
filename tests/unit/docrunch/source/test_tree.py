"""The tree object: the same bytes everywhere, random access, and nothing believed that a stranger wrote."""

import hashlib
import io
import struct
from typing import Any

import msgspec
import pytest
import zstandard

from docrunch.errors import DocrunchError, InvalidArchive, NotFound
from docrunch.source.model import FileEntry, SourceKind, SourceRef
from docrunch.source.tree import END, MAGIC, MAX_TEXT, open_tree, write_tree

FILES = {"b.py": "b = 1\n", "a/x.py": "x = 'é'\n", "z.bin": b"\0\1", "a.py": ""}


def stored(tree: Any) -> bytes:
    out = io.BytesIO()
    assert write_tree(tree, out) == hashlib.sha256(out.getvalue()).hexdigest()
    return out.getvalue()


def test_written_and_read_back(world: Any, tmp_path: Any) -> None:
    tree = world.scan(world.put("src", FILES), name="n")
    data = stored(tree)
    path = tmp_path / "tree"
    path.write_bytes(data)
    for again in (open_tree(data), open_tree(path)):
        assert (again.source, again.entries, again.issues, again.tree_sha256) == (
            tree.source,
            tree.entries,
            tree.issues,
            tree.tree_sha256,
        )
        assert again.text("a/x.py") == "x = 'é'\n".encode()
        assert again.text("a.py") == b""
        assert stored(again) == data
    assert [entry.path for entry in tree.entries] == ["a.py", "a/x.py", "b.py", "z.bin"]


def test_equal_trees_have_equal_bytes_wherever_they_lie(world: Any) -> None:
    one, two = world.put("one", FILES), world.put("other/place", dict(reversed(FILES.items())))
    assert stored(world.scan(one, name="n")) == stored(world.scan(two, name="n"))
    world.put("one", {"b.py": "b = 2\n"})
    assert world.scan(one).tree_sha256 != world.scan(two).tree_sha256


def test_other_readers_are_written_too(world: Any) -> None:
    class Plain:
        def __init__(self, tree: Any) -> None:
            self.source, self.entries, self.issues = tree.source, tree.entries, tree.issues
            self.tree_sha256, self.text, self.parsed_entries = tree.tree_sha256, tree.text, tree.parsed_entries

    tree = world.scan(world.put("src", FILES))
    assert stored(Plain(tree)) == stored(tree)


def test_only_listed_and_unskipped_paths_have_text(world: Any) -> None:
    tree = world.scan(world.put("src", FILES))
    for path in ("z.bin", "missing", "../src/b.py", "/etc/passwd", ""):
        with pytest.raises(NotFound):
            tree.text(path)


def test_any_damage_is_noticed(world: Any) -> None:
    data = stored(world.scan(world.put("src", FILES), name="n"))
    good = open_tree(data)
    expected = {entry.path: good.text(entry.path) for entry in good.parsed_entries()}
    for position in range(len(data)):
        damaged = data[:position] + bytes([data[position] ^ 0x41]) + data[position + 1 :]
        try:
            tree = open_tree(damaged)
            found = {entry.path: tree.text(entry.path) for entry in tree.parsed_entries()}
        except DocrunchError:
            continue
        assert found == expected, position
    for length in range(0, len(data), 5):
        with pytest.raises(InvalidArchive):
            open_tree(data[:length])


def _forge(entries: list[FileEntry], records: list[tuple[int, int, int]], texts: bytes = b"") -> bytes:
    """A tree object whose hashes are right and whose content lies."""
    from docrunch.source.inventory import tree_sha256

    index = {
        "schema": "docrunch.tree/1",
        "source": SourceRef(repository="r", commit="c", ref="@source", kind=SourceKind.ARCHIVE),
        "tree_sha256": tree_sha256(entries),
        "issues": [],
        "entries": entries,
        "records": records,
    }
    packed = zstandard.ZstdCompressor().compress(msgspec.json.encode(index))
    start = len(MAGIC) + len(texts)
    return MAGIC + texts + packed + struct.pack(">QQ32s8s", start, len(packed), hashlib.sha256(packed).digest(), END)


def test_forged_objects_are_refused() -> None:
    text = zstandard.ZstdCompressor().compress(b"x" * 100)
    entry = FileEntry(path="a", size=100, text_sha256=hashlib.sha256(b"x" * 100).hexdigest())
    start = len(MAGIC)
    assert open_tree(_forge([entry], [(start, len(text), 100)], text)).text("a") == b"x" * 100
    forged = [
        _forge([entry], [(start, 1 << 40, 100)], text),
        _forge([entry], [(-5, len(text), 100)], text),
        _forge([entry], [(0, 10, 100)], text),
        _forge([entry], [(start, len(text), MAX_TEXT + 1)], text),
        _forge([entry], [], text),
        _forge([entry, entry], [(start, len(text), 100)] * 2, text),
        _forge([msgspec.structs.replace(entry, path="../a")], [(start, len(text), 100)], text),
        _forge([msgspec.structs.replace(entry, path="/a")], [(start, len(text), 100)], text),
    ]
    for data in forged:
        with pytest.raises(InvalidArchive):
            open_tree(data)
    for record in [(start, len(text), 99), (start, len(text) - 1, 100), (start + 1, len(text) - 1, 100)]:
        with pytest.raises(InvalidArchive):
            open_tree(_forge([entry], [record], text)).text("a")


def test_a_frame_that_unpacks_to_more_than_it_says_is_refused() -> None:
    bomb = zstandard.ZstdCompressor().compress(b"\0" * (64 << 20))
    entry = FileEntry(path="a", size=10, text_sha256="0" * 64)
    with pytest.raises(InvalidArchive, match="wrong size"):
        open_tree(_forge([entry], [(len(MAGIC), len(bomb), 10)], bomb)).text("a")


def test_secrets_never_reach_the_object(world: Any) -> None:
    secret = "AKIA" + "QWERTYUIOPASDFGH"
    tree = world.scan(world.put("src", {"a.py": f"x = 1\nkey = '{secret}'\n"}))
    entry = tree.entries[0]
    assert tree.text("a.py") == b"x = 1\nkey = '" + b"*" * 20 + b"'\n"
    assert [(i.path, i.reason, i.detail, i.line) for i in tree.issues] == [
        ("a.py", "secret_redacted", "aws-access-key", 2)
    ]
    assert entry.sha256 != entry.text_sha256 == hashlib.sha256(tree.text("a.py")).hexdigest()
    assert secret.encode() not in b"".join(tree.frame("a.py")[0:1]) + stored(tree)
