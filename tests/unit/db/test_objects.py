"""Objects are trusted by their hash: a damaged or missing one must be named, never used."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.objects import ObjectInfo, ObjectKind, ObjectStore, parse_reference
from docrunch.canonical import sha256_hex
from docrunch.errors import InvalidArchive, InvalidConfig, ObjectMissing


@pytest.fixture(params=["directory", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path / "objects" if request.param == "directory" else "memory://")


def stored_file(root: Path, kind: ObjectKind, sha256: str) -> Path:
    return root / kind / sha256[:2] / sha256


async def test_bytes_and_files_get_the_name_of_their_content(store: ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"tree")
    assert await store.put(ObjectKind.TREE, b"tree") == await store.put(ObjectKind.TREE, tmp_path / "file")
    assert await store.get(ObjectKind.TREE, sha256_hex(b"tree")) == b"tree"
    assert not await store.exists(ObjectKind.GRAPH, sha256_hex(b"tree"))


async def test_thousands_of_shards_are_stored_and_read_in_order(store: ObjectStore) -> None:
    shards = [f"shard {number % 1500}".encode() for number in range(2000)]
    hashes = await store.put_many(ObjectKind.SHARD, shards)
    assert hashes == [sha256_hex(shard) for shard in shards]
    found = await store.get_many(ObjectKind.SHARD, hashes)
    assert [found[sha] for sha in hashes] == shards


async def test_a_missing_object_is_named(store: ObjectStore, tmp_path: Path) -> None:
    for attempt in (
        store.get(ObjectKind.GRAPH, "0" * 64),
        store.get_to_file(ObjectKind.GRAPH, "0" * 64, tmp_path / "x"),
    ):
        with pytest.raises(ObjectMissing, match="graphs/000"):
            await attempt
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("damage", [b"", b"tres", b"tree and more"])
async def test_a_damaged_object_is_refused_and_repaired_by_writing_it_again(tmp_path: Path, damage: bytes) -> None:
    store = ObjectStore(tmp_path / "objects")
    sha = await store.put(ObjectKind.TREE, b"tree")
    stored_file(tmp_path / "objects", ObjectKind.TREE, sha).write_bytes(damage)
    with pytest.raises(InvalidArchive, match="damaged"):
        await store.get(ObjectKind.TREE, sha)
    with pytest.raises(InvalidArchive, match="damaged"):
        await store.get_to_file(ObjectKind.TREE, sha, tmp_path / "copy")
    assert list(tmp_path.iterdir()) == [tmp_path / "objects"], "a partial file was left behind"
    if len(damage) != len(b"tree"):
        await store.put(ObjectKind.TREE, b"tree")
        assert await store.get(ObjectKind.TREE, sha) == b"tree"


async def test_a_large_object_goes_to_a_file_whole(store: ObjectStore, tmp_path: Path) -> None:
    data = bytes(range(256)) * 80_000
    sha = await store.put(ObjectKind.MATRIX, data)
    await store.get_to_file(ObjectKind.MATRIX, sha, tmp_path / "matrix")
    assert (tmp_path / "matrix").read_bytes() == data


async def test_an_old_object_that_is_needed_again_is_safe_from_the_next_sweep(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path)
    name = await store.put(ObjectKind.SHARD, b"shard")
    _age(stored_file(tmp_path, ObjectKind.SHARD, name))
    await store.put(ObjectKind.SHARD, b"shard")
    assert await store.sweep(frozenset(), older_than=datetime.now(UTC) - timedelta(hours=2)) == (0, 0)


async def test_an_object_that_is_written_again_during_a_sweep_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ObjectStore(tmp_path)
    name = await store.put(ObjectKind.SHARD, b"shard")
    _age(stored_file(tmp_path, ObjectKind.SHARD, name))
    listing = store.list

    async def slow(kind: ObjectKind, *, older_than: datetime | None = None) -> AsyncIterator[ObjectInfo]:
        async for found in listing(kind, older_than=older_than):
            yield found
            await store.put(ObjectKind.SHARD, b"shard")

    monkeypatch.setattr(store, "list", slow)
    assert await store.sweep(frozenset(), older_than=datetime.now(UTC) - timedelta(hours=2)) == (0, 0)
    assert await store.get(ObjectKind.SHARD, name) == b"shard"


def _age(path: Path) -> None:
    past = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    os.utime(path, (past, past))


async def test_the_sweep_takes_old_orphans_only(store: ObjectStore) -> None:
    kept, orphan = [await store.put(ObjectKind.SHARD, data) for data in (b"kept", b"orphan")]
    keep = frozenset({f"shards/{kept}"})
    now = datetime.now(UTC)
    assert await store.sweep(keep, older_than=now - timedelta(hours=1)) == (0, 0)
    assert await store.sweep(keep, older_than=now + timedelta(hours=1)) == (1, 6)
    assert await store.exists(ObjectKind.SHARD, kept)
    assert not await store.exists(ObjectKind.SHARD, orphan)
    await store.delete(ObjectKind.SHARD, [orphan, kept])
    assert (await store.size())[ObjectKind.SHARD] == 0


@pytest.mark.parametrize("name", ["../../etc/passwd", "ABC", "", "0" * 63])
async def test_a_name_that_is_no_hash_never_reaches_the_disk(store: ObjectStore, name: str) -> None:
    with pytest.raises(InvalidArchive):
        await store.get(ObjectKind.TREE, name)
    with pytest.raises(InvalidArchive):
        parse_reference(f"trees/{name}")


def test_an_unknown_location_says_what_is_possible() -> None:
    with pytest.raises(InvalidConfig) as refused:
        ObjectStore("ftp://host/objects")
    assert "s3://" in (refused.value.hint or "")
