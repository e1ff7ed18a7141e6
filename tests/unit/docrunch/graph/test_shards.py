"""The stored form: unchanged files cost nothing, damaged bytes are noticed."""

import msgspec
import pytest
import zstandard

from docrunch.canonical import sha256_hex
from docrunch.errors import InvalidArchive
from docrunch.graph.shards import join, read_index, split


def test_joining_gives_back_the_graph(shop):
    stored = split(shop.graph)
    assert join(stored.index, stored.shards.__getitem__) == shop.graph
    assert all(sha256_hex(data) == sha for sha, data in stored.shards.items())
    assert split(shop.graph) == stored


def test_unchanged_files_share_their_shards_across_commits(world):
    from_conftest = {
        "a.py": "import b\ndef f(): b.g()\n",
        "b.py": "def g(): ...\n",
        "c.py": "def h(): ...\n",
    }
    old = world(from_conftest)
    new = world({**from_conftest, "c.py": "def h(): h2()\ndef h2(): ...\n"})
    moved = msgspec.structs.replace(new.graph, commit="d" * 40)
    before = dict(read_index(split(old.graph).index).shards)
    after = dict(read_index(split(moved).index).shards)
    assert {path for path in after if after[path] != before.get(path)} == {"c.py"}


def test_a_changed_target_changes_its_callers_shard_only_when_the_edge_changes(world):
    old = world({"a.py": "import b\ndef f(): b.g()\n", "b.py": "def g(): ...\n"})
    new = world({"a.py": "import b\ndef f(): b.g()\n", "b.py": "def g(): print()\n"})
    before = dict(read_index(split(old.graph).index).shards)
    after = dict(read_index(split(new.graph).index).shards)
    assert before["a.py"] == after["a.py"]
    assert before["b.py"] != after["b.py"]


def test_damage_is_noticed(shop):
    stored = split(shop.graph)
    with pytest.raises(InvalidArchive):
        join(stored.index, lambda sha: stored.shards[sha][:-1] + b"x")
    with pytest.raises(InvalidArchive):
        join(stored.index[:-3], stored.shards.__getitem__)
    with pytest.raises(InvalidArchive):
        join(b"", stored.shards.__getitem__)
    other = zstandard.ZstdCompressor().compress(msgspec.msgpack.encode({"schema": 1}))
    with pytest.raises(InvalidArchive):
        join(other, stored.shards.__getitem__)


def test_a_bomb_is_refused(shop):
    bomb = zstandard.ZstdCompressor(write_content_size=True).compress(b"\0" * 300_000_000)
    with pytest.raises(InvalidArchive):
        read_index(bomb)
