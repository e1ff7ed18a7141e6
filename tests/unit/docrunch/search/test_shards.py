"""A stored part of an index is believed only where it fits together."""

import msgspec
import pytest

from docrunch.errors import InvalidArchive
from docrunch.search.build import nodes_key, text_key
from docrunch.search.shards import SCHEMA, Part, SearchObject, pack_index, pack_shard, read_index, read_shard
from tests.support.search_world import nodes_of, shards_of
from tests.support.world import SMALL, make_entry

PATH = "shop/till.py"


def test_a_shard_is_read_as_it_was_written() -> None:
    for shard in shards_of(SMALL).values():
        sha, stored = pack_shard(shard)
        again = read_shard(stored)
        assert pack_shard(again) == (sha, stored)


def test_a_shard_knows_nothing_of_other_files() -> None:
    few = (PATH, "pyproject.toml", "shop/__init__.py")
    alone = pack_shard(shards_of({path: SMALL[path] for path in few})[PATH])
    among = pack_shard(shards_of(SMALL)[PATH])
    assert alone == among


DAMAGE = {
    "cut column": {"lines": b"\0"},
    "term outside": {"terms": b"\xff" * 4},
    "unknown kind": {"kinds": b"\x09"},
    "other schema": {"schema": "docrunch.search/9"},
    "hashes": {"names": b"\0" * 7},
}


@pytest.mark.parametrize("change", DAMAGE.values(), ids=DAMAGE)
def test_damage_is_told(change: dict[str, object]) -> None:
    shard = shards_of(SMALL)[PATH]
    if "terms" in change:
        change = {**change, "terms": b"\xff" * len(shard.terms)}
    if "kinds" in change:
        change = {**change, "kinds": b"\x09" * len(shard.kinds)}
    _, stored = pack_shard(msgspec.structs.replace(shard, **change))
    with pytest.raises(InvalidArchive):
        read_shard(stored)


def test_other_bytes_are_told() -> None:
    _, stored = pack_shard(shards_of(SMALL)[PATH])
    for data in (b"", b"x", stored[:-1], stored + b"\0", stored[:20] + b"\xff" + stored[21:]):
        with pytest.raises(InvalidArchive):
            read_shard(data)
        with pytest.raises(InvalidArchive):
            read_index(data)


def test_an_index_lists_its_files_by_path_once() -> None:
    good = SearchObject(SCHEMA, "r", "c", (Part("a", "1"), Part("b", "2")))
    assert read_index(pack_index(good)) == good
    for bad in (
        msgspec.structs.replace(good, parts=good.parts[::-1]),
        msgspec.structs.replace(good, parts=(good.parts[0], good.parts[0])),
        msgspec.structs.replace(good, files=b"\0\0\0\0"),
        msgspec.structs.replace(good, schema="docrunch.search/9"),
    ):
        with pytest.raises(InvalidArchive):
            read_index(pack_index(bad))


def test_keys_change_with_what_a_shard_is_made_from() -> None:
    entry = make_entry(PATH, SMALL[PATH])
    assert text_key(entry) == text_key(msgspec.structs.replace(entry, executable=True))
    for other in ({"path": "x.py"}, {"text_sha256": "0"}, {"language": "ruby"}):
        assert text_key(msgspec.structs.replace(entry, **other)) != text_key(entry)
    nodes = nodes_of(SMALL)[PATH]
    assert nodes_key(nodes) == nodes_key(tuple(nodes))
    assert nodes_key(nodes[1:]) != nodes_key(nodes)
