"""A repository that is removed is gone everywhere, and what cannot be reached is neither forgotten nor called done."""

import asyncio

import pytest
from temporalio.client import WorkflowFailureError

from db.objects import ObjectKind, ObjectStore, reference
from db.repositories import leftovers, scans
from docrunch.errors import Conflict
from tests.support.projection_world import ProjectionWorld
from tests.support.publishing import opened, repository, rows
from tests.support.stack import until
from workflows.contracts.errors import from_failure

pytestmark = [pytest.mark.integration, pytest.mark.temporal]


async def everywhere(world: ProjectionWorld, repository_id: int) -> dict[str, int]:
    """Rows of every table with a column that could name the repository, by looking at each of its ids."""
    refs = [row[0] for row in await world.rows("SELECT id FROM refs WHERE repository_id = :id", id=repository_id)]
    columns = await world.rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND column_name IN ('repository_id', 'ref_id') AND table_name NOT LIKE 'events\\_%'"
    )
    found = {}
    for table, column in columns:
        ids = [repository_id] if column == "repository_id" else refs
        ((count,),) = await world.rows(f"SELECT count(*) FROM {table} WHERE {column} = ANY(:ids)", ids=ids)
        found[f"{table}.{column}"] = count
    return found


async def furnished(world: ProjectionWorld) -> tuple[ObjectStore, list[str]]:
    """Rows in every table that a future one is like, and objects that only this repository names."""
    await world.publish(rows(6))
    await world.rebuild()
    objects = ObjectStore(world.settings.objects_url)
    tree = reference(ObjectKind.TREE, await objects.put(ObjectKind.TREE, b"only mine"))
    shared = reference(ObjectKind.TREE, await objects.put(ObjectKind.TREE, b"of both"))
    other = await opened(world.database, await repository(world.database, "other"))
    async with world.database.transaction() as connection:
        ((scan_id,),) = await world.rows("SELECT max(id) FROM scan_runs WHERE repository_id = :id", id=world.owner.id)
        await scans.record(connection, scan_id, objects={"tree": tree, "docs": shared})
        await scans.record(connection, other.id, objects={"tree": shared})
        await scans.close_scan(connection, other.id, "completed")
    ids = {"owner": world.owner.id, "ref": world.ref_id}
    for statement in (
        "INSERT INTO pages VALUES (:ref, 'index.md', 'index', 'x', 1, 'h', repeat('0', 64), 1, now()) RETURNING 1",
        "INSERT INTO search_documents VALUES (:ref, 'i', 'p', 'file', NULL, 't', 1, 1, 1, '', 'h') RETURNING 1",
        "INSERT INTO sync_targets (target, repository_id) VALUES ('files', :owner) RETURNING 1",
        "INSERT INTO projection_entries (target, workspace, entity_type, key, state)"
        " SELECT 'files', format('r%s_%s_g1', CAST(:owner AS bigint), CAST(:ref AS bigint)), 'file', 'a', 'ready'"
        " RETURNING 1",
        "CREATE TABLE of_the_future (ref_id bigint, what text)",
        "INSERT INTO of_the_future VALUES (:ref, 'x') RETURNING 1",
    ):
        given = {name: value for name, value in ids.items() if f":{name}" in statement}
        if statement.startswith("CREATE"):
            async with world.database.transaction() as connection:
                await connection.exec_driver_sql(statement)
        else:
            await world.rows(statement, **given)
    return objects, [tree, shared]


async def test_nothing_is_left_anywhere(world: ProjectionWorld) -> None:
    objects, (mine, shared) = await furnished(world)
    before = await everywhere(world, world.owner.id)
    assert {"workspaces.repository_id", "storage_sync.repository_id", "pages.ref_id"} <= {
        k for k, n in before.items() if n
    }
    refs = await world.rows("SELECT id FROM refs WHERE repository_id = :id", id=world.owner.id)
    result = await (await world.start_takedown()).result()
    assert result.left == {}
    assert result.removed["files"] == 6
    assert result.removed["of_the_future"] == 1
    assert result.dropped == {"files": 6}
    assert result.objects == 1
    assert result.checked["tables"] >= 15
    assert not [name for name, count in (await everywhere(world, world.owner.id)).items() if count]
    for table in ("pages", "search_documents", "symbols", "of_the_future"):
        assert await world.rows(f"SELECT 1 FROM {table} WHERE ref_id = :ref", ref=refs[0][0]) == []
    assert await world.rows("SELECT 1 FROM projection_entries") == []
    assert [path for path in world.target.root.rglob("*") if path.is_file()] == []
    assert not await objects.exists(ObjectKind.TREE, mine.partition("/")[2])
    assert await objects.exists(ObjectKind.TREE, shared.partition("/")[2])
    assert await world.rows("SELECT name FROM repositories") == [("other",)]
    assert await world.rows("SELECT kind, status FROM jobs") == [("takedown", "completed")]


async def test_a_store_out_of_reach_is_waited_for_and_never_called_done(world: ProjectionWorld) -> None:
    await furnished(world)
    away = world.target.arrange("away")
    handle = await world.start_takedown()

    async def waits() -> bool:
        return (await handle.query("progress")).get("waiting") == {"files": "the directory is away"}

    await until(waits, "the takedown waits for the store")
    assert await world.rows("SELECT 1 FROM repositories WHERE name = 'demo'") == []  # gone from here already
    assert await world.rows("SELECT 1 FROM files") == []
    assert await world.rows("SELECT status FROM jobs WHERE kind = 'takedown'") == [("running",)]
    assert (await handle.describe()).close_time is None
    away.unlink()
    result = await asyncio.wait_for(handle.result(), 60)
    assert (result.left, result.dropped) == ({}, {"files": 6})
    assert await world.rows("SELECT 1 FROM workspaces") == []


async def test_what_is_left_is_named(world: ProjectionWorld) -> None:
    await furnished(world)
    stray = world.target.root / f"{world.owner.id}_77" / "g1" / "file-x.json"
    stray.parent.mkdir(parents=True)
    stray.write_text("{}")
    result = await (await world.start_takedown()).result()
    assert result.left == {"files files": 2}  # the directory and the file in it
    assert await world.rows("SELECT status FROM jobs WHERE kind = 'takedown'") == [("partial",)]


@pytest.mark.parametrize("fault", ["die-drop", "die-left"])
async def test_killed_in_the_middle_it_goes_on(world: ProjectionWorld, fault: str) -> None:
    await furnished(world)
    world.target.arrange(fault)
    handle = await world.start_takedown()
    await world.died()
    world.start_worker()
    result = await asyncio.wait_for(handle.result(), 90)
    assert result.left == {}
    assert result.removed["files"] == 6
    assert [path for path in world.target.root.rglob("*") if path.is_file()] == []


async def test_a_terminated_takedown_is_taken_up_again(world: ProjectionWorld) -> None:
    await furnished(world)
    away = world.target.arrange("away")
    handle = await world.start_takedown()

    async def removed() -> bool:
        return await world.rows("SELECT 1 FROM jobs WHERE kind = 'takedown'") == [(1,)]

    await until(removed, "the rows are gone")
    await handle.terminate()
    away.unlink()
    assert handle.id in (await world.sweep()).workflow_ids
    result = await asyncio.wait_for(world.client.get_workflow_handle(handle.id).result(), 60)
    assert result["left"] == {}
    assert await world.rows("SELECT status FROM jobs WHERE kind = 'takedown'") == [("completed",)]


async def test_a_rebuild_that_runs_is_stopped_first(world: ProjectionWorld) -> None:
    await furnished(world)
    fault = world.target.arrange("away-verify")
    rebuild = await world.start_rebuild()

    async def filled() -> bool:
        return len(world.target.held(world.workspace(2))) == 6

    await until(filled, "the new generation is filled")
    result = await asyncio.wait_for((await world.start_takedown()).result(), 90)
    fault.unlink()
    assert result.left == {}
    with pytest.raises(WorkflowFailureError):
        await rebuild.result()


async def test_a_repository_with_a_run_is_refused_and_as_it_was(world: ProjectionWorld) -> None:
    await world.publish(rows(3))
    await world.rebuild()
    await opened(world.database, world.owner, run_id="going-on")
    with pytest.raises(WorkflowFailureError) as ended:
        await (await world.start_takedown()).result()
    error = from_failure(ended.value)
    assert isinstance(error, Conflict)
    assert "runs cancel" in (error.hint or "")
    assert len(world.shown()) == 3
    assert await world.rows("SELECT 1 FROM jobs WHERE kind = 'takedown'") == []


async def test_every_table_of_a_repository_is_found(world: ProjectionWorld) -> None:
    """A table that names a repository, a ref or a scan must be among those that a takedown empties and counts."""
    async with world.database.transaction() as connection:
        owned = {each.table for each in await leftovers.owned_tables(connection)}
    columns = await world.rows(
        "SELECT DISTINCT c.table_name FROM information_schema.columns c JOIN information_schema.tables t"
        " USING (table_schema, table_name) JOIN pg_class p ON p.relname = c.table_name AND NOT p.relispartition"
        " WHERE table_schema = 'public' AND column_name IN ('repository_id', 'ref_id', 'scan_id')"
        " AND table_type = 'BASE TABLE'"
    )
    assert owned == {row[0] for row in columns}
