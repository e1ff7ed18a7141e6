"""Readers must see one whole scan of a ref or the other: the newer one, complete, with its outbox and its event."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from db.events import NewEvent, after
from db.events.model import IngestStarted, PackCompleted
from db.publish import BaseMoved, PublishRows, SymbolRow, publish_metrics, publish_scan
from db.repositories.docpacks import register
from db.repositories.scans import ScanRequest, close_scan, current_scan, get_scan, open_scan
from db.session import Database
from docrunch.errors import Conflict, Superseded, Unreachable
from tests.support.publishing import metrics, opened, part, repository, rows

pytestmark = pytest.mark.integration

TABLES = ("files", "symbols", "relationships", "chunks", "symbol_metrics")


async def dump(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the graph tables without the time of the scan."""
    found = {}
    async with database.transaction() as connection:
        for table in TABLES:
            result = await connection.execute(text(f"SELECT to_jsonb(t) - 'last_scanned' - 'ref_id' FROM {table} t"))
            found[table] = sorted((json.dumps(value, sort_keys=True),) for (value,) in result)
    return found


async def count(database: Database, table: str) -> int:
    async with database.transaction() as connection:
        return int(await connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


async def published(database: Database, *versions: PublishRows) -> None:
    owner = await repository(database)
    for version in versions:
        scan = await opened(database, owner)
        await publish_scan(database, scan.id, version)
        await publish_metrics(database, scan.id, metrics(version))


async def test_a_first_publish_makes_every_row_visible_with_one_outbox_row_per_file(database: Database) -> None:
    owner = await repository(database)
    scan = await opened(database, owner)
    done = await publish_scan(database, scan.id, rows(3))
    assert {name: change.added for name, change in done.changes.items()} == {
        "files": 3, "symbols": 6, "relationships": 6, "chunks": 6,
    }  # fmt: skip
    assert done.metrics_due
    assert done.enqueued.count == await count(database, "sync_events") == 3
    async with database.transaction() as connection:
        current = await current_scan(connection, owner.id, "main")
        payload = await connection.scalar(text("SELECT payload FROM sync_events ORDER BY id LIMIT 1"))
        (event,) = await after(connection, 0)
    assert current is not None
    assert (current.id, current.status) == (scan.id, "published")
    assert event.payload == {"scan_id": scan.id, "first": 1, "last": 3, "count": 3}
    symbol = dict(zip(payload["columns"]["symbols"], payload["symbols"][0], strict=True))
    assert (payload["file"]["path"], symbol["id"], len(payload["relationships"])) == (
        "src/file_00000.py",
        "n_00000_000",
        2,
    )


@pytest.mark.parametrize(
    "second",
    [
        rows(3, body={1: "changed"}),
        rows(2),
        rows(5, body={0: "x", 4: "y"}),
        rows(3, symbols=1),
        rows(0),
        replace(rows(3), symbols=rows(3).symbols[:-1], relationships=[]),
    ],
    ids=["edit", "removed file", "added files", "removed symbols", "emptied", "edges gone"],
)
async def test_an_incremental_publish_equals_a_clean_one(
    database: Database, empty_database_url: str, second: PublishRows
) -> None:
    from db.migrations import migrate

    await published(database, rows(3), second)
    await migrate(empty_database_url)
    clean = Database(empty_database_url)
    await published(clean, second)
    assert await dump(database) == await dump(clean)
    await clean.close()


async def test_one_changed_file_touches_its_rows_alone(database: Database) -> None:
    owner = await repository(database)
    await publish_scan(database, (await opened(database, owner)).id, rows(50))
    done = await publish_scan(database, (await opened(database, owner)).id, rows(50, body={7: "changed"}))
    assert (done.changes["files"].changed, done.changes["symbols"].changed, done.changes["relationships"].changed) == (
        1,
        2,
        0,
    )
    assert done.enqueued.count == 1


async def test_metrics_follow_the_publish_once_and_are_no_changed_fact(database: Database) -> None:
    owner = await repository(database)
    first = await opened(database, owner)
    await publish_scan(database, first.id, rows(3))
    assert await publish_metrics(database, first.id, metrics(rows(3)))
    assert not await publish_metrics(database, first.id, metrics(rows(3), rank=0.9))
    assert (await count(database, "symbol_metrics"), await count(database, "sync_events")) == (6, 3)
    async with database.transaction() as connection:
        assert await connection.scalar(text("SELECT max(pagerank) FROM symbol_metrics")) == 0.5


async def test_metrics_of_a_scan_that_is_shown_no_more_are_not_written(database: Database) -> None:
    owner = await repository(database)
    first, second = await opened(database, owner), await opened(database, owner)
    await publish_scan(database, first.id, rows(3))
    await publish_scan(database, second.id, rows(2))
    assert not await publish_metrics(database, first.id, metrics(rows(3)))
    assert await publish_metrics(database, second.id, metrics(rows(2)))
    assert await count(database, "symbol_metrics") == 4


async def test_metrics_that_never_came_stay_due_until_they_do(database: Database) -> None:
    owner = await repository(database)
    first, second = await opened(database, owner), await opened(database, owner)
    await publish_scan(database, first.id, rows(3))
    done = await publish_scan(database, second.id, part(replace(rows(3), same_graph=True), first.id))
    assert done.metrics_due
    assert await publish_metrics(database, second.id, metrics(rows(3)))
    third = await opened(database, owner)
    assert not (await publish_scan(database, third.id, part(replace(rows(3), same_graph=True), second.id))).metrics_due


async def test_an_unchanged_file_keeps_the_moment_of_its_last_change(database: Database) -> None:
    owner = await repository(database)
    await publish_scan(database, (await opened(database, owner)).id, rows(2))
    await publish_scan(database, (await opened(database, owner)).id, rows(2, body={1: "new"}))
    async with database.transaction() as connection:
        times = (await connection.execute(text("SELECT last_scanned FROM files ORDER BY path"))).scalars().all()
    assert times[0] < times[1]


async def test_a_deleted_file_is_told_to_the_derived_stores(database: Database) -> None:
    await published(database, rows(2, symbols=1), rows(1, symbols=1))
    async with database.transaction() as connection:
        told = (
            await connection.execute(text("SELECT key AS path, action AS operation FROM sync_events ORDER BY id"))
        ).all()
    assert tuple(told[-1]) == ("src/file_00001.py", "delete")


async def test_publishing_again_gives_the_same_answer_and_changes_nothing(database: Database) -> None:
    owner = await repository(database)
    scan = await opened(database, owner)
    first = await publish_scan(database, scan.id, rows(3))
    before = await dump(database)
    answers = await asyncio.gather(*(publish_scan(database, scan.id, rows(3)) for _ in range(3)))
    assert answers == [first] * 3
    assert (await dump(database), await count(database, "sync_events"), await count(database, "events")) == (
        before,
        3,
        1,
    )


async def test_an_older_scan_never_replaces_a_newer_one(database: Database) -> None:
    owner = await repository(database)
    older, newer = await opened(database, owner), await opened(database, owner)
    await publish_scan(database, newer.id, rows(3))
    before = await dump(database)
    with pytest.raises(Superseded):
        await publish_scan(database, older.id, rows(1))
    assert await dump(database) == before


async def test_two_scans_of_a_ref_at_once_end_with_the_newer_one(database: Database) -> None:
    owner = await repository(database)
    older, newer = await opened(database, owner), await opened(database, owner)
    results = await asyncio.gather(
        publish_scan(database, older.id, rows(20)),
        publish_scan(database, newer.id, rows(20, body={3: "new"})),
        return_exceptions=True,
    )
    assert not [error for error in results if isinstance(error, BaseException) and not isinstance(error, Superseded)]
    async with database.transaction() as connection:
        current = await current_scan(connection, owner.id, "main")
    assert current is not None
    assert current.id == newer.id


async def test_a_cancelled_scan_cannot_publish(database: Database) -> None:
    scan = await opened(database, await repository(database))
    async with database.transaction() as connection:
        await close_scan(connection, scan.id, "cancelled")
    with pytest.raises(Conflict):
        await publish_scan(database, scan.id, rows(3))
    assert await count(database, "files") == 0


async def test_a_sha_is_kept_as_objects_and_has_no_rows(database: Database) -> None:
    scan = await opened(database, await repository(database), declared=False)
    done = await publish_scan(database, scan.id, rows(3))
    assert done.ref_id is None
    assert await count(database, "files") == 0
    async with database.transaction() as connection:
        assert (await close_scan(connection, scan.id, "completed")).status == "stored"


async def test_hostile_text_is_stored_and_does_not_stop_the_scan(database: Database) -> None:
    world = rows(1, symbols=1)
    odd = SymbolRow(*world.symbols[0]._replace(doc="nul \0 and \udc80", name="\ud800"))
    await published(database, replace(world, symbols=[odd]), replace(world, symbols=[odd]))
    async with database.transaction() as connection:
        (row,) = (await connection.execute(text("SELECT doc, name FROM symbols"))).all()
    assert tuple(row) == ("nul \\x00 and \\udc80", "\\ud800")


PATHS = [f"src/file_{n:05d}.py" for n in range(6)]


async def test_a_delta_looks_at_its_files_alone(database: Database, empty_database_url: str) -> None:
    """An edited, a removed and a new file; the rows of the others could be anything."""
    from db.migrations import migrate

    owner = await repository(database)
    first = await opened(database, owner)
    await publish_scan(database, first.id, rows(5))
    second = rows(6, body={1: "edited"})
    kept = {path for path in PATHS if path != PATHS[2]}
    wanted = PublishRows(*(
        [row for row in table if getattr(row, "path", PATHS[0]) in kept]
        for table in (second.files, second.symbols, second.relationships, second.chunks)
    ))  # fmt: skip
    scan = await opened(database, owner)
    done = await publish_scan(database, scan.id, part(wanted, first.id, PATHS[1], PATHS[2], PATHS[4], PATHS[5]))
    await publish_metrics(database, scan.id, metrics(wanted))
    files = done.changes["files"]
    assert (files.total, files.added, files.changed, files.removed) == (5, 1, 1, 1)
    async with database.transaction() as connection:
        told = await connection.execute(
            text("SELECT key AS path, action AS operation FROM sync_events WHERE scan_id = :s ORDER BY id"),
            {"s": done.scan_id},
        )
        changed = [tuple(row) for row in told]
    # the ring of calls goes through the last file, whose own text is the same
    assert changed == [
        (PATHS[1], "upsert"), (PATHS[2], "delete"), (PATHS[4], "upsert"), (PATHS[5], "upsert"),
    ]  # fmt: skip
    await migrate(empty_database_url)
    clean = Database(empty_database_url)
    await published(clean, wanted)
    assert await dump(database) == await dump(clean)
    await clean.close()


async def test_a_delta_without_files_moves_the_ref_alone(database: Database) -> None:
    owner = await repository(database)
    first = await opened(database, owner)
    told = (await publish_scan(database, first.id, rows(3))).changes
    await publish_metrics(database, first.id, metrics(rows(3)))
    before = await dump(database)
    done = await publish_scan(
        database, (await opened(database, owner)).id, part(replace(rows(3), same_graph=True), first.id)
    )
    assert {name: change.total for name, change in done.changes.items()} == {
        name: change.total for name, change in told.items()
    }
    assert (done.enqueued.count, done.metrics_due, await dump(database)) == (0, False, before)


async def test_a_delta_of_what_is_published_no_more_is_refused(database: Database) -> None:
    owner = await repository(database)
    scans = [await opened(database, owner) for _ in range(3)]
    await publish_scan(database, scans[0].id, rows(3))
    await publish_scan(database, scans[1].id, rows(3, body={0: "between"}))
    before = await dump(database)
    with pytest.raises(BaseMoved):
        await publish_scan(database, scans[2].id, part(rows(3, body={1: "x"}), scans[0].id, PATHS[1]))
    assert await dump(database) == before
    done = await publish_scan(database, scans[2].id, part(rows(3, body={1: "x"}), scans[1].id, PATHS[1]))
    assert done.changes["files"].changed == 1


async def test_a_first_delta_has_nothing_to_differ_from(database: Database) -> None:
    scan = await opened(database, await repository(database))
    with pytest.raises(BaseMoved):
        await publish_scan(database, scan.id, part(rows(3), scan.id - 1, PATHS[1]))
    assert await count(database, "files") == 0


class Injected(Exception):
    """The fault that the test injects."""


class Faults:
    """Raises before the n-th statement that reaches asyncpg, whichever way it takes; before COMMIT the link is cut."""

    METHODS = ("fetch", "execute", "copy_records_to_table", "prepare")

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.seen = 0
        self.fail_at = 0
        for name in self.METHODS:
            patch.setattr(asyncpg.Connection, name, self._wrapped(getattr(asyncpg.Connection, name)))

    def arm(self, number: int) -> None:
        self.seen, self.fail_at = 0, number

    def _wrapped(self, original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            statement = str(args[1]) if len(args) > 1 else ""
            if statement.startswith(("BEGIN", "ROLLBACK")):
                return await original(*args, **kwargs)
            self.seen += 1
            if self.fail_at and self.seen == self.fail_at:
                if statement.startswith("COMMIT"):
                    args[0].terminate()
                raise Injected
            return await original(*args, **kwargs)

        return call


def event(key: str) -> NewEvent:
    return NewEvent(payload=IngestStarted("demo", "c", "main", 1), subject="demo", idempotency_key=key)


async def state(database: Database) -> dict[str, Any]:
    tables = ("scan_runs", "sync_events", "events", "event_keys", "docpacks", "refs")
    async with database.transaction() as connection:
        found = {table: await connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables}
        found["status"] = (await connection.execute(text("SELECT status, outcome FROM scan_runs ORDER BY id"))).all()
        found["current"] = (await connection.execute(text("SELECT current_scan_id, published FROM refs"))).all()
    return {**found, **await dump(database)}


@pytest.mark.parametrize(
    "operation",
    ["open", "publish first", "publish difference", "publish delta", "publish metrics", "close", "register"],
)
async def test_a_fault_at_any_statement_leaves_all_or_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    owner = await repository(database)
    wanted = rows(4, body={1: "x"})
    if operation in ("publish difference", "publish delta"):
        base = await opened(database, owner)
        await publish_scan(database, base.id, rows(3))
        if operation == "publish delta":
            wanted = part(wanted, base.id, *PATHS[1:4])
    scan = await opened(database, owner) if operation != "open" else None

    if operation == "publish metrics":
        assert scan is not None
        await publish_scan(database, scan.id, wanted)

    async def run() -> None:
        if operation == "publish metrics":
            assert scan is not None
            await publish_metrics(database, scan.id, metrics(wanted), [event("p")])
            return
        if operation.startswith("publish"):
            assert scan is not None
            await publish_scan(database, scan.id, wanted, [event("p")])
            return
        async with database.transaction() as connection:
            if operation == "open":
                request = ScanRequest(
                    workflow_id="w",
                    run_id="r",
                    repository_id=owner.id,
                    ref="main",
                    declared_ref=True,
                    commit="c",
                    kind="git",
                )
                await open_scan(connection, request, [event("o")])
            elif operation == "close":
                assert scan is not None
                await close_scan(connection, scan.id, "failed", error={"code": "x"}, events=[event("c")])
            else:
                assert scan is not None
                done = NewEvent(
                    payload=PackCompleted("completed", {}, {}, "d" * 64), subject="demo", idempotency_key="pack"
                )
                await register(
                    connection, scan_id=scan.id, docpack_id="d" * 64, workflow_id="w", object_sha256="o" * 64,
                    size=1, manifest={}, events=[done],
                )  # fmt: skip

    before = await state(database)
    faults = Faults(monkeypatch)
    number = 0
    while True:
        number += 1
        faults.arm(number)
        try:
            await run()
        except (Injected, Unreachable):
            faults.arm(0)
            assert await state(database) == before, f"statement {number} left something behind"
            continue
        break
    faults.arm(0)
    finished = await state(database)
    assert number > 4, "the operation ran no statements: the test injects nothing"
    assert finished["events"] > before["events"]
    assert finished != before
    if operation.startswith("publish") and operation != "publish metrics":
        assert scan is not None
        async with database.transaction() as connection:
            assert (await get_scan(connection, scan.id)).status == "published"
        assert finished["sync_events"] > before["sync_events"]
