"""Names, scans, runs and docpacks as people and the sweeper meet them; nothing of a removed repository stays."""

import asyncio
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from db.cleanup import close_orphans, expire_scans, live_objects, trim_outbox
from db.events import NewEvent, after, append
from db.events.model import WorkflowProgress
from db.events.partitions import drop_expired, ensure_partitions, list_partitions
from db.publish import publish_metrics, publish_scan
from db.repositories import clusters, docpacks, embeddings, facts, issues, jobs, projects, scans
from db.repositories.facts import FactsKey
from db.repositories.removal import remove_repository
from db.repositories.scans import ScanRequest
from db.session import Database
from docrunch.assembly.model import Cluster
from docrunch.canonical import sha256_hex
from docrunch.errors import AmbiguousName, Conflict, NotFound
from docrunch.ids import NodeId, Sha256
from docrunch.source.model import Issue
from tests.support.publishing import metrics, opened, repository, rows

pytestmark = pytest.mark.integration


async def test_slugs_stay_unique_under_concurrent_registration(database: Database) -> None:
    names = ["a/b", "a-b", "A.b", "a b", "a/b"]
    found = await asyncio.gather(*(repository(database, name) for name in names))
    by_name = {row.name: row.slug for row in found}
    assert found[0].id == found[4].id
    assert sorted(by_name.values()) == ["a-b", "a-b-2", "a-b-3", "a.b"]


async def test_a_repository_is_found_by_what_people_type(database: Database) -> None:
    for name in ("github.com/pallets/flask", "gitlab.com/fork/flask", "github.com/pallets/click"):
        await repository(database, name)
    async with database.transaction() as connection:
        assert (await projects.find(connection, "click")).name == "github.com/pallets/click"
        assert (await projects.find(connection, "github.com/pallets/flask")).slug == "github.com-pallets-flask"
        with pytest.raises(AmbiguousName, match="gitlab.com/fork/flask"):
            await projects.find(connection, "flask")
        for typed, meant in (
            ("lask", "github.com/pallets/flask or gitlab.com/fork/flask"),
            ("clik", "github.com/pallets/click"),
        ):
            with pytest.raises(NotFound) as missing:
                await projects.find(connection, typed)
            assert (missing.value.hint or "").startswith(f"Did you mean {meant}?")
        with pytest.raises(NotFound) as unknown:
            await projects.find(connection, "zebra")
        assert unknown.value.hint == "`docrunch repo list` shows those that were scanned."


async def test_opening_a_scan_again_gives_the_same_scan(database: Database) -> None:
    owner = await repository(database)
    request = ScanRequest(
        workflow_id="w", run_id="r", repository_id=owner.id, ref="main", declared_ref=True, commit="c", kind="git"
    )
    found = []
    for _ in range(2):
        async with database.transaction() as connection:
            found.append((await scans.open_scan(connection, request)).id)
    assert found[0] == found[1]


async def test_a_failed_scan_leaves_nothing_visible_and_a_published_one_stays(database: Database) -> None:
    owner = await repository(database)
    published, failed = await opened(database, owner), await opened(database, owner)
    await publish_scan(database, published.id, rows(2))
    async with database.transaction() as connection:
        await scans.close_scan(connection, published.id, "cancelled")
        closed = await scans.close_scan(connection, failed.id, "failed", error={"code": "x"})
        again = await scans.close_scan(connection, failed.id, "completed")
        assert (closed.status, again.outcome, again.error) == ("failed", "failed", {"code": "x"})
        current = await scans.current_scan(connection, owner.id, "main")
        assert current is not None
        assert (current.id, current.status, current.outcome) == (published.id, "published", "cancelled")


async def test_a_stored_scan_is_found_by_the_beginning_of_its_commit(database: Database) -> None:
    owner = await repository(database)
    sha = "8c3deb1f6ae1e73fff97e7346f724e3969dfcd36"
    request = ScanRequest(
        workflow_id="s", run_id="s", repository_id=owner.id, ref=sha, declared_ref=False, commit=sha, kind="git"
    )
    async with database.transaction() as connection:
        scan = await scans.open_scan(connection, request)
        await scans.close_scan(connection, scan.id, "completed")
        for given in (sha, sha[:7]):
            found = await scans.latest_scan(connection, owner.id, given)
            assert found is not None
            assert found.id == scan.id
        for wrong in (sha[:6], "8c3deb2", "%"):
            assert await scans.latest_scan(connection, owner.id, wrong) is None


async def test_issues_are_counted_once_however_often_a_step_runs(database: Database) -> None:
    scan = await opened(database, await repository(database))
    found = [Issue("b", "parse_timeout"), Issue("a\udc80", "secret_redacted", "token", 3), Issue("b", "parse_timeout")]
    async with database.transaction() as connection:
        assert await issues.add_many(connection, scan.id, found) == 2
        assert await issues.add_many(connection, scan.id, found) == 0
        every = await issues.with_reasons(connection, scan.id, ["secret_redacted", "parse_timeout"])
        assert [issue.path for issue in every] == ["a\\udc80", "b"]
        assert await issues.with_reasons(connection, scan.id, ["parse_timeout"]) == [found[0]]


async def test_parts_are_let_go_unless_their_docpack_is_registered(database: Database) -> None:
    """Otherwise a cancelled job keeps its pages on the disk for ever, or a registered docpack loses its own."""
    owner = await repository(database)
    objects = {"tree": "trees/1", "graph": "graphs/2", "assembly": "assemblies/3", "matrix": "matrices/4"}
    objects |= {"docs-0": "docs/5", "docs-500": "docs/6"}
    for registered in (False, True):
        scan = await opened(database, owner, commit=f"c{registered}")
        async with database.transaction() as connection:
            await scans.record(connection, scan.id, objects=objects)
            if registered:
                await docpacks.register(
                    connection, scan_id=scan.id, docpack_id="d" * 64, workflow_id="w", object_sha256="a" * 64, size=9,
                    manifest={},
                )  # fmt: skip
            await docpacks.release_parts(connection, scan.id)
            kept = (await scans.get_scan(connection, scan.id)).objects
        assert kept == (objects if registered else {name: objects[name] for name in ("tree", "graph", "matrix")})


async def test_clusters_and_docpacks_come_back_as_written(database: Database) -> None:
    scan = await opened(database, await repository(database))
    cluster = Cluster(0, "parsing", (("parse", 0.5), ("token", 0.25)), (NodeId("n_a"), NodeId("n_b")))
    async with database.transaction() as connection:
        for _ in range(2):
            await clusters.replace_all(connection, scan.id, [cluster])
            pack = await docpacks.register(
                connection, scan_id=scan.id, docpack_id="d" * 64, workflow_id="w", object_sha256="a" * 64, size=9,
                manifest={"schema": "docpack/1"},
            )  # fmt: skip
        assert await clusters.list_clusters(connection, scan.id) == [cluster]
        assert await docpacks.of_scan(connection, scan.id) == pack
        assert await docpacks.list_docpacks(connection, scan.repository_id) == [pack]


async def test_scans_of_dead_workflows_are_closed_and_living_ones_left(database: Database) -> None:
    owner = await repository(database)
    dead, alive = await opened(database, owner), await opened(database, owner)
    async with database.transaction() as connection:
        closed = await close_orphans(connection, lambda workflow, _: workflow == alive.workflow_id, timedelta(0))
        assert closed == [dead.id]
        assert (await scans.get_scan(connection, dead.id)).outcome == "failed"
        assert (await scans.get_scan(connection, alive.id)).outcome is None


async def test_old_scans_expire_and_the_published_one_never_does(database: Database) -> None:
    owner = await repository(database)
    made = [await opened(database, owner) for _ in range(4)]
    for scan in made:
        await publish_scan(database, scan.id, rows(1))
        async with database.transaction() as connection:
            await scans.record(connection, scan.id, objects={"graph": f"graphs/{scan.id:064d}"})
            await scans.close_scan(connection, scan.id, "completed")
    async with database.transaction() as connection:
        assert await expire_scans(connection, 2) == [made[0].id, made[1].id]
        assert await expire_scans(connection, 0) == [made[2].id]
        assert await scans.has_expired(connection, owner.id)
        assert await scans.has_expired(connection, owner.id, "main")
        assert not await scans.has_expired(connection, owner.id, "never")
        expanded = await live_objects(connection, lambda kind, sha: [f"shards/{sha}"] if kind == "graphs" else [])
    assert expanded == {f"graphs/{made[3].id:064d}", f"shards/{made[3].id:064d}"}


async def test_a_scan_does_not_expire_while_its_job_makes_the_docpack(database: Database) -> None:
    owner = await repository(database)
    scan = await opened(database, owner, declared=False)
    async with database.transaction() as connection:
        await jobs.start(connection, workflow_id="w", run_id="r", kind="docpack", repository_id=owner.id, request={})
        await jobs.attach_to_open(connection, "w", scan.id, owner.id, {})
        await scans.close_scan(connection, scan.id, "completed")
        assert await expire_scans(connection, 0) == []
        await jobs.finish(connection, "w", "r", "completed")
        assert await expire_scans(connection, 0) == [scan.id]


async def test_the_outbox_keeps_the_last_row_of_each_file(database: Database) -> None:
    owner = await repository(database)
    for version in ("a", "b"):
        await publish_scan(database, (await opened(database, owner)).id, rows(2, body={0: version}))
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE sync_events SET created_at = now() - interval '90 days'"))
        assert await trim_outbox(connection) == 1
        left = (await connection.execute(text("SELECT key FROM sync_events ORDER BY key"))).scalars().all()
    assert left == ["src/file_00000.py", "src/file_00001.py"]


async def test_events_move_into_their_week_and_leave_after_retention(database: Database) -> None:
    event = NewEvent(payload=WorkflowProgress("x", 1), subject="s", idempotency_key="k")
    async with database.transaction() as connection:
        for name in await list_partitions(connection):
            await connection.execute(text(f"DROP TABLE {name}"))
        (seq,) = await append(connection, [event])  # no partition: the default one takes it
        assert len(await ensure_partitions(connection)) == 9
        assert [found.seq for found in await after(connection, 0)] == [seq]
        assert await connection.scalar(text("SELECT count(*) FROM events_default")) == 0
        later = datetime.now(UTC) + timedelta(days=60)
        assert len(await drop_expired(connection, timedelta(days=30), now=later)) >= 3
        assert await after(connection, 0) == []
        assert await connection.scalar(text("SELECT count(*) FROM event_keys")) == 0


async def test_history_feeds_the_router_and_running_jobs_the_sweeper(database: Database) -> None:
    owner = await repository(database)
    async with database.transaction() as connection:
        for number in range(2):
            await jobs.start(
                connection, workflow_id=f"w{number}", run_id="r", kind="docpack", repository_id=owner.id, request={}
            )
        assert await jobs.last_seconds(connection, "local", owner.name) is None
        await jobs.finish(connection, "w0", "r", "completed", result={"docpack": "d"})
        await connection.execute(
            text("UPDATE jobs SET started_at = closed_at - interval '12 s' WHERE workflow_id = 'w0'")
        )
        assert await jobs.last_seconds(connection, "local", owner.name) == pytest.approx(12)
    async with database.transaction() as connection:
        assert await jobs.open_before(connection, timedelta(0)) == [("w1", "r")]


async def test_a_takedown_removes_everything_of_one_repository_and_nothing_of_another(database: Database) -> None:
    mine, other = await repository(database, "mine"), await repository(database, "other")
    shared, own = FactsKey(sha256_hex(b"shared"), "python", "x"), FactsKey(sha256_hex(b"own"), "python", "x")
    for owner, keys in ((mine, [shared, own]), (other, [shared])):
        scan = await opened(database, owner)
        async with database.transaction() as connection:
            await facts.insert_many(connection, scan.id, "public", dict.fromkeys(keys, b"x"))
            vector = np.ones((1, 3), np.float32)
            await embeddings.insert_many(connection, scan.id, "public", "e", [Sha256(keys[-1].text_sha256)], vector)
            objects = {"graph": "graphs/" + "1" * 64, "tree": f"trees/{owner.id:064d}"}
            await scans.record(connection, scan.id, objects=objects)
        await publish_scan(database, scan.id, rows(2))
        await publish_metrics(database, scan.id, metrics(rows(2)))
        if owner is mine:
            async with database.transaction() as connection:
                with pytest.raises(Conflict, match="going on"):
                    await remove_repository(connection, mine.id, "mine")
        async with database.transaction() as connection:
            await scans.close_scan(connection, scan.id, "completed")
    async with database.transaction() as connection:
        report = await remove_repository(connection, mine.id, "mine")
        assert (report.removed["file_facts"], report.shared["file_facts"]) == (1, 1)
        assert (report.removed["files"], report.removed["symbols"], report.removed["sync_events"]) == (2, 4, 2)
        assert report.objects == [f"trees/{mine.id:064d}"]
        for table in ("files", "symbols", "symbol_metrics", "relationships", "chunks"):
            assert await connection.scalar(text(f"SELECT count(DISTINCT ref_id) FROM {table}")) == 1, table
        assert [row.repository.name for row in await projects.list_repositories(connection)] == ["other"]
        with pytest.raises(NotFound):
            await remove_repository(connection, mine.id, "mine")
