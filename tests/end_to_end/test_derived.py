"""The knowledge graph and the documentation trees follow scans of a real package, whatever breaks on the way.

One stack; each test has a repository of its own with the same files, so that vectors are made once.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from temporalio.client import Client

from db.embedded import EmbeddedPostgres
from tests.end_to_end.test_cli import docrunch
from tests.support.real_trees import installed
from tests.support.repositories import Repository, python_files
from tests.support.stack import Stack, running_stack, until

TARGETS = {"lightrag", "markdown"}
SLA_SECONDS = 120
RETRIES = 3
AWAY_SECONDS = 2.0
EDITED, OTHER = "src/click/globals.py", "src/click/exceptions.py"
HOLD = 7_403_212  # advisory lock on which writes to the knowledge graph wait


@pytest.fixture(scope="module")
async def stores(
    postgres_server: EmbeddedPostgres, temporal_client: Client, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stack]:
    """A stack whose stores have taken something already: the tables of the knowledge graph are there."""
    settings = {
        "DOCRUNCH_STORAGE__SYNC__SCAN_SLA_SECONDS": str(SLA_SECONDS),
        "DOCRUNCH_STORAGE__SYNC__MAX_RETRIES": str(RETRIES),
        "DOCRUNCH_STORAGE__SYNC__BACKOFF_SECONDS": "0.5",
        "DOCRUNCH_STORAGE__SYNC__MAX_BACKOFF_SECONDS": "1",
    }
    async with running_stack(postgres_server, temporal_client, **settings) as made:
        first = Repository(tmp_path_factory.mktemp("first") / "first", python_files(1, "first"))
        await settled(made, await scanned(made, first))
        yield made


@pytest.fixture
def package(tmp_path: Path, request: pytest.FixtureRequest) -> Repository:
    name = "click-" + request.node.name.split("_")[2]
    return Repository(tmp_path / name, installed("click"))


async def scanned(stores: Stack, package: Repository) -> int:
    """Id of the repository."""
    found = await stores.scan(package.root, name=package.root.name)
    assert found.outcome == "completed"
    return int(await stores.value("SELECT id FROM repositories WHERE name = $1", package.root.name))


async def settled(stores: Stack, number: int, *targets: str) -> None:
    """Until the stores hold everything that the outbox has, by themselves."""
    last = "SELECT max(id) FROM sync_events WHERE repository_id = $1"
    seen = (
        "SELECT count(*) FROM sync_cursors c WHERE c.repository_id = $1 AND c.target = ANY($2)"
        " AND c.event_id >= (SELECT max(id) FROM sync_events e WHERE e.repository_id = $1 AND e.ref_id = c.ref_id)"
    )
    open_ = "SELECT count(*) FROM storage_sync WHERE repository_id = $1 AND target = ANY($2) AND state <> 'synced'"
    wanted = list(targets or TARGETS)

    async def done() -> bool:
        try:
            if not await stores.value(last, number) or await stores.value(seen, number, wanted) < len(wanted):
                return False
            return not await stores.value(open_, number, wanted)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):  # Postgres is away
            return False

    await until(done, f"{', '.join(wanted)} hold everything")


async def status(stores: Stack, package: Repository) -> dict[str, Any]:
    """Target → what `docrunch sync status` says."""
    ran = await docrunch(stores, "sync", "status", "--repository", package.root.name, "--json")
    assert ran.code == 0, ran.out + ran.err
    return {each["target"]: each for each in ran.json["targets"]}


async def text(stores: Stack, *command: str) -> str:
    ran = await docrunch(stores, *command)
    assert ran.code == 0, ran.out + ran.err
    print(f"$ docrunch {' '.join(command)}\n{ran.out}{ran.err}")
    return ran.out


async def check(stores: Stack, package: Repository) -> None:
    """Both stores equal the truth, and nothing is left half done."""
    ran = await docrunch(stores, "sync", "verify", "--repository", package.root.name, "--json")
    assert (ran.code, ran.json["drift"]) == (0, 0), ran.out + ran.err
    assert await stores.value("SELECT count(*) FROM projection_entries WHERE state <> 'ready'") == 0


async def held(stores: Stack, number: int) -> dict[str, Counter[str]]:
    """All rows of a repository in the knowledge graph, by table; without the times at which they were written."""
    active = await stores.value(
        "SELECT max(generation) FROM workspaces WHERE target = 'lightrag' AND repository_id = $1"
        " AND ref_id > 0 AND state = 'active'",
        number,
    )
    tables = await stores.rows(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'lightrag'"
        " AND column_name = 'workspace' ORDER BY 1"
    )
    found = {}
    for table in (row["table_name"] for row in tables):
        rows = await stores.rows(
            f"SELECT (to_jsonb(t) - '{{workspace,create_time,update_time,created_at,updated_at}}'::text[])::text AS row"
            f" FROM lightrag.\"{table}\" t WHERE workspace LIKE 'r' || $1::text || '\\_%\\_g' || $2::text",
            str(number),
            str(active),
        )
        found[table] = Counter(_timeless(row["row"]) for row in rows)
    return {table: rows for table, rows in found.items() if rows}


def _timeless(row: str) -> str:
    found = json.loads(row)
    properties = found.get("properties")
    if isinstance(properties, dict):
        properties.pop("created_at", None)
    return json.dumps(found, sort_keys=True)


async def same_as_rebuilt(stores: Stack, package: Repository, number: int) -> None:
    """What small steps, kills and repairs have left is, row for row, what a clean build makes."""
    before = await held(stores, number)
    assert sum(map(len, before.values())) > 500
    assert {count for rows in before.values() for count in rows.values()} == {1}
    ran = await docrunch(stores, "sync", "rebuild", "--repository", package.root.name, "--target", "lightrag", "--json")
    assert ran.code == 0, ran.out + ran.err
    after = await held(stores, number)
    assert {table: len(rows) for table, rows in before.items()} == {table: len(rows) for table, rows in after.items()}
    for table, rows in before.items():
        assert list((rows - after[table]).elements())[:3] == list((after[table] - rows).elements())[:3] == [], table


FAULTS = f"""
CREATE TABLE IF NOT EXISTS faults (kind text, path text);
CREATE OR REPLACE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM public.faults WHERE kind = 'poison' AND path = to_jsonb(NEW) ->> 'file_path') THEN
        RAISE EXCEPTION 'this text is refused';
    END IF;
    IF EXISTS (SELECT FROM public.faults WHERE kind = 'hold') THEN
        PERFORM pg_advisory_xact_lock_shared({HOLD});
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER fault BEFORE INSERT OR UPDATE ON lightrag.lightrag_doc_chunks
    FOR EACH ROW EXECUTE FUNCTION fault();
CREATE OR REPLACE TRIGGER fault BEFORE INSERT OR UPDATE ON lightrag.lightrag_graph_edges
    FOR EACH ROW EXECUTE FUNCTION fault();
"""


async def give_faults(stores: Stack) -> None:
    connection = await asyncpg.connect(stores.url)
    await connection.execute(FAULTS)
    await connection.close()


@asynccontextmanager
async def held_writes(stores: Stack) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Edges and texts are not written in the block; vectors are. Yields a wait until somebody is held."""
    await give_faults(stores)
    connection = await asyncpg.connect(stores.url)
    await connection.execute("INSERT INTO faults VALUES ('hold', '')")
    await connection.execute("SELECT pg_advisory_lock($1)", HOLD)

    async def waiting() -> bool:
        return bool(
            await stores.value(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1", HOLD
            )
        )

    async def middle() -> None:
        await until(waiting, "the projection is in the middle of a write")

    try:
        yield middle
    finally:
        if connection.is_closed():
            connection = await asyncpg.connect(stores.url)
        await connection.execute("DELETE FROM faults")
        await connection.close()


async def kill(stores: Stack) -> None:
    stores.workers["sync"].kill()
    await asyncio.to_thread(stores.workers["sync"].wait)
    assert await stores.value("SELECT count(*) FROM projection_entries WHERE state = 'applying'") > 0


def edit(package: Repository, path: str, name: str) -> None:
    """A function more."""
    old = (package.root / path).read_text()
    package.commit(
        {path: old + f'\n\ndef {name}(value: int) -> int:\n    """Add {name} up."""\n    return value + 1\n'}
    )


async def test_a_flow_within_its_time_and_nothing_for_what_is_the_same(stores: Stack, package: Repository) -> None:
    number = await scanned(stores, package)
    await settled(stores, number)
    await check(stores, package)
    found = await status(stores, package)
    assert found.keys() == TARGETS
    for each in found.values():
        assert (each["circuit"], each["waiting"], each["breached_at"]) == ("closed", 0, None)
        assert 0 < each["lag"]["max"] < SLA_SECONDS
        print(each["target"], each["lag"], each["writes"])
    assert min(found["lightrag"]["writes"][kind] for kind in ("vectors", "graph")) > 100
    assert found["markdown"]["writes"]["files"] > 10
    assert await stores.value("SELECT count(*) FROM events WHERE kind = 'sync.sla_breached.v1'") == 0

    rows = await held(stores, number)
    await scanned(stores, package)
    await settled(stores, number)
    again = await status(stores, package)
    assert {name: each["writes"] for name, each in again.items()} == {
        name: each["writes"] for name, each in found.items()
    }
    assert await held(stores, number) == rows
    assert "ok" in await text(stores, "knowledge", "status", package.root.name)
    await text(stores, "sync", "status", "--repository", package.root.name)
    published = await stores.value(
        "SELECT count(*) FROM pages p JOIN refs r ON r.id = p.ref_id WHERE r.repository_id = $1", number
    )
    shown = await text(stores, "docs", "status", package.root.name)
    assert f"{published} of {published} pages" in shown
    assert len(shown.splitlines()) == 2


async def test_a_killed_worker_leaves_nothing_half_done(stores: Stack, package: Repository) -> None:
    """Takes above a minute on a busy machine: each kill is noticed when the heartbeats of the drain are missed."""
    async with held_writes(stores) as middle:
        number = await scanned(stores, package)
        await middle()
        await kill(stores)
        await text(stores, "sync", "status", "--repository", package.root.name)
        assert "half written" in await text(stores, "knowledge", "status", package.root.name)
    stores.start_worker("sync")
    await settled(stores, number)
    await check(stores, package)

    edit(package, EDITED, "second")
    async with held_writes(stores) as middle:
        await scanned(stores, package)
        await middle()
        await kill(stores)
        await text(stores, "knowledge", "status", package.root.name)
    stores.start_worker("sync")
    await settled(stores, number)
    await check(stores, package)
    await same_as_rebuilt(stores, package, number)


async def test_a_restarted_database_is_waited_for(stores: Stack, package: Repository) -> None:
    async with held_writes(stores) as middle:
        number = await scanned(stores, package)
        await middle()
        await asyncio.to_thread(stores.postgres.stop)
        await asyncio.sleep(AWAY_SECONDS)
        await asyncio.to_thread(stores.postgres.start)
    await settled(stores, number)
    await check(stores, package)
    await same_as_rebuilt(stores, package, number)


async def answers_without_the_graph(stores: Stack, name: str) -> None:
    searched = await docrunch(stores, "search", name, "while_away_too", "--json")
    assert (searched.code, searched.json["hits"][0]["path"]) == (0, OTHER), searched.out
    assert EDITED in await text(stores, "ask", name, "Where is while_away defined?")
    assert "click" in await text(stores, "graph", "impact", "push_context", "--repo", name)
    known = await docrunch(stores, "knowledge", "search", name, "context")
    assert known.code == 8, known.err
    assert "docrunch sync rebuild --target lightrag" in known.err
    verified = await docrunch(stores, "sync", "verify", "--repository", name)
    print(verified.code, verified.out, verified.err)
    assert verified.code != 0


async def test_a_broken_graph_holds_nobody_up_and_is_drained_when_it_is_back(
    stores: Stack, package: Repository
) -> None:
    number = await scanned(stores, package)
    await settled(stores, number)
    name = package.root.name
    await stores.rows("ALTER SCHEMA lightrag RENAME TO lightrag_away")
    try:
        edit(package, EDITED, "while_away")
        edit(package, OTHER, "while_away_too")
        await scanned(stores, package)
        await settled(stores, number, "markdown")

        async def away() -> bool:
            said = "SELECT circuit = 'open' AND failures > 1 FROM sync_targets WHERE repository_id = $1 AND target = $2"
            return bool(await stores.value(said, number, "lightrag"))

        await until(away, "the circuit is open")
        found = await status(stores, package)
        assert (found["markdown"]["circuit"], found["markdown"]["waiting"]) == ("closed", 0)
        assert found["lightrag"]["waiting"] > 1
        assert (found["lightrag"]["states"]["failed"], found["lightrag"]["states"]["dead"]) == (0, 0)
        assert await stores.value("SELECT max(attempts) FROM storage_sync WHERE repository_id = $1", number) == 0
        shown = await text(stores, "sync", "status", "--repository", name)
        assert "the rows of the knowledge graph are gone" in shown
        assert "lose nothing" in shown
        shown = await text(stores, "knowledge", "status", name)
        assert "takes no changes now" in shown
        await answers_without_the_graph(stores, name)

        stores.workers["sync"].kill()  # a new process must not take an absent graph for an empty one
        await asyncio.to_thread(stores.workers["sync"].wait)
        before = await stores.value("SELECT failures FROM sync_targets WHERE repository_id = $1 AND target = $2",
                                    number, "lightrag")  # fmt: skip
        stores.start_worker("sync")

        async def probed() -> bool:
            said = "SELECT failures > $3 FROM sync_targets WHERE repository_id = $1 AND target = $2"
            return bool(await stores.value(said, number, "lightrag", before))

        await until(probed, "the new worker has asked")
        assert await stores.value("SELECT to_regclass('lightrag.lightrag_graph_nodes')::text") is None
    finally:
        await stores.rows("DROP SCHEMA IF EXISTS lightrag CASCADE")
        await stores.rows("ALTER SCHEMA lightrag_away RENAME TO lightrag")
    await settled(stores, number)
    await check(stores, package)
    assert (await status(stores, package))["lightrag"]["circuit"] == "closed"


async def test_a_poisoned_file_blocks_nobody_and_comes_in_when_it_is_retried(
    stores: Stack, package: Repository
) -> None:
    name = package.root.name
    await give_faults(stores)
    await stores.rows("INSERT INTO faults VALUES ('poison', $1)", OTHER)
    try:
        number = await scanned(stores, package)

        async def dead() -> bool:
            state = "SELECT state = 'dead' FROM storage_sync WHERE repository_id = $1 AND key = $2 AND target = $3"
            return bool(await stores.value(state, number, OTHER, "lightrag"))

        await until(dead, "it is given up")
        found = await status(stores, package)
        assert found["lightrag"]["circuit"] == "closed"
        (problem,) = found["lightrag"]["problems"]
        assert (problem["key"], problem["attempts"]) == (OTHER, RETRIES)
        assert "this text is refused" in problem["error"]
        assert found["lightrag"]["states"]["synced"] > 10
        shown = await text(stores, "sync", "status", "--repository", name)
        assert f"docrunch sync retry --failed --repository {name} --target lightrag" in shown
    finally:
        await stores.rows("DELETE FROM faults")
    assert await stores.value("SELECT count(*) FROM events WHERE kind = 'sync.dead.v1'") == 1
    retried = await docrunch(stores, "sync", "retry", "--failed", "--repository", name, "--json")
    assert (retried.code, [each["entities"] for each in retried.json["retried"]]) == (0, [1]), retried.out
    await settled(stores, number)
    await check(stores, package)
    await same_as_rebuilt(stores, package, number)


async def test_a_lost_graph_is_told_and_built_anew_as_it_says(stores: Stack, package: Repository) -> None:
    """Last here: it takes the graphs of all repositories."""
    number = await scanned(stores, package)
    await settled(stores, number)
    name = package.root.name
    rows = await held(stores, number)
    await stores.rows("DROP SCHEMA lightrag CASCADE")
    assert f"docrunch sync rebuild --repository {name} --target lightrag" in await text(
        stores, "knowledge", "status", name
    )
    rebuilt = await docrunch(stores, "sync", "rebuild", "--repository", name, "--target", "lightrag", "--json")
    assert rebuilt.code == 0, rebuilt.out + rebuilt.err
    assert await held(stores, number) == rows
    await check(stores, package)
    other = await text(stores, "knowledge", "status", "first")
    assert "gone" in other, "tables are there again, and that graph is still lost"
