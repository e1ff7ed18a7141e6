"""What stores should hold, computed from the tables, is what the outbox told them: else a good store looks wrong."""

from pathlib import Path

import pytest
from sqlalchemy import text

from db.objects import ObjectStore
from db.publishing.outbox import Entry, Target, enqueue_entries
from db.repositories import leftovers, projections, workspaces
from db.repositories.projections import Key, Scope
from db.repositories.workspaces import Projected
from db.session import Database
from docrunch.errors import Conflict
from docrunch.storage.model import Action, EntityType
from tests.support.publish_world import PublishWorld, publish_world
from tests.support.publishing import opened, repository

pytestmark = pytest.mark.integration
FILES = frozenset({EntityType.FILE})
SOURCE = {
    "a.py": "import b\n\n\ndef run():\n    b.x()\n",
    "b.py": "def x():\n    pass\n",
    "README.md": "# Hi\n",
    "ö.py": "class Z:\n    pass\n\n\nclass z(Z):\n    pass\n",
}


async def told(world: PublishWorld) -> dict[Key, bytes]:
    """The newest outbox row of each entity that is not a deletion."""
    async with world.database.transaction() as connection:
        rows = await connection.execute(
            text(
                "SELECT DISTINCT ON (entity_id) key, action, content_hash FROM sync_events ORDER BY entity_id, id DESC"
            )
        )
        return {(EntityType.FILE, row.key): row.content_hash for row in rows if row.action == "upsert"}


async def scope_of(world: PublishWorld) -> Scope:
    async with world.database.transaction() as connection:
        ids = await leftovers.ids_of(connection, world.owner.id)
    return Scope(world.owner.id, ids.ref_ids[0])


async def test_hashes_are_those_of_the_outbox(database: Database, tmp_path: Path) -> None:
    root = tmp_path / "source"
    root.mkdir()
    for name, body in SOURCE.items():
        (root / name).write_text(body)
    world = await publish_world(database, tmp_path, "demo", root, ObjectStore("memory://"))
    await world.scan_and_publish()
    scope = await scope_of(world)
    for change in ("", "import json\n\n\ndef run():\n    json.dumps(1)\n", None):
        if change is None:
            (root / "b.py").unlink()
        elif change:
            (root / "a.py").write_text(change)
        if change != "":
            await world.scan_and_publish()
        async with database.snapshot() as connection:
            found = await projections.hashes(connection, scope, FILES)
            assert found == await told(world)
            assert (EntityType.FILE, "") in found  # what belongs to no file
            pages: list[Key] = []
            while page := await projections.keys_after(connection, scope, FILES, pages[-1] if pages else None, 2):
                pages += page
            assert sorted(pages) == sorted(found)
            keys = await projections.all_keys(connection, scope, FILES)
            assert sorted(keys) == sorted(found)
            assert await projections.hashes_of(connection, scope, keys) == found
            some = [*keys[::2], (EntityType.FILE, "no/such/file.py")]
            assert await projections.hashes_of(connection, scope, some) == {key: found[key] for key in keys[::2]}


async def test_a_page_whose_text_is_not_kept_has_no_payload(database: Database) -> None:
    owner = await repository(database)
    ref_id = (await opened(database, owner)).ref_id or 0
    async with database.transaction() as connection:
        for path, content_hash in (("kept.md", b"1"), ("lost.md", b"2")):
            await connection.execute(
                text("INSERT INTO pages VALUES (:ref, :path, 'page', 't', 1, :hash, 'o', 1, now())"),
                {"ref": ref_id, "path": path, "hash": content_hash},
            )
        entry = Entry(EntityType.PAGE, "kept.md", Action.UPSERT, b"1", '{"text":"x"}')
        await enqueue_entries(connection, Target("local", owner.id, ref_id, 1), [entry])
    scope = Scope(owner.id, ref_id)
    async with database.snapshot() as connection:
        keys = await projections.keys_after(connection, scope, {EntityType.PAGE}, None, 10)
        found = await projections.read(connection, scope, keys)
        hashes = await projections.hashes(connection, scope, {EntityType.PAGE})
    assert hashes == {each.name: each.content_hash for each in found}
    assert [(each.key, each.content_hash, each.payload) for each in found] == [
        ("kept.md", b"1", b'{"text":"x"}'),
        ("lost.md", b"2", None),
    ]


async def test_one_generation_is_active_at_any_time(database: Database) -> None:
    owner = await repository(database)
    where = Projected("files", owner.id, 0)
    async with database.transaction() as connection:
        assert await workspaces.begin(connection, where) == 1
        await workspaces.activate(connection, where, 1)
        assert await workspaces.begin(connection, where) == 2
        assert await workspaces.begin(connection, where) == 3  # what was being built is given up
        with pytest.raises(Conflict):
            await workspaces.activate(connection, where, 2)
        await workspaces.activate(connection, where, 3)
        await workspaces.activate(connection, where, 3)  # again: nothing changes
        states = [(row.generation, row.state) for row in await workspaces.of(connection, where)]
    assert states == [(1, "dropping"), (2, "dropping"), (3, "active")]
