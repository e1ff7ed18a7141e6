"""Whatever interrupts a projection, and wherever: afterwards the graph is as before, or as it should become."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from activities.projections.lightrag.target import LightRAGTarget
from activities.projections.target import Batch, Change, TargetContext, TargetUnreachable
from activities.sync_worker import SyncWorker
from db.bulk import execute, fetch
from db.embedded import EmbeddedPostgres
from db.knowledge.instances import Space
from tests.support.knowledge import DIMENSIONS, SPEC, KnowledgeWorld

pytestmark = pytest.mark.integration

EDITS: dict[str, str | None] = {
    "shop/price.py": '"""Prices."""\n\n\ndef total(things):\n    """Add up all prices."""\n    return sum(things)\n',
    "shop/tax.py": "from shop.price import total\n\n\ndef tax(items):\n    return total(items) // 5\n",
    "shop/cart.py": "from shop.price import total\n\n\nclass Cart:\n    def empty(self):\n        return total([])\n",
}
STEPS = {
    "chunks_vdb": ("upsert", "delete", "index_done_callback"),
    "entities_vdb": ("upsert", "delete", "index_done_callback"),
    "relationships_vdb": ("upsert", "delete", "index_done_callback"),
    "chunk_entity_relation_graph": ("upsert_nodes_batch", "upsert_edges_batch", "remove_edges", "remove_nodes"),
    "text_chunks": ("upsert", "delete"),
}


async def watch(world: KnowledgeWorld, before: Callable[[str, Any], Awaitable[None]]) -> Callable[[], None]:
    """Call ``before`` in front of each write of the store; returns what takes that away."""
    space = Space((await world.workspace()).key, SPEC.id, DIMENSIONS)
    rag = (await world.target.instances.get(space)).rag
    kept: list[tuple[Any, str, Any]] = []
    for storage, methods in STEPS.items():
        for method in methods:
            owner = getattr(rag, storage)
            plain = getattr(owner, method)

            async def watched(*given: Any, _plain: Any = plain, _name: str = f"{storage}.{method}") -> Any:
                await before(_name, given)
                return await _plain(*given)

            kept.append((owner, method, plain))
            setattr(owner, method, watched)

    def release() -> None:
        for owner, method, plain in kept:
            setattr(owner, method, plain)

    return release


@dataclass
class Stalled:
    """A projection that hangs in the middle of its writes. ``calls``: writes that were begun."""

    calls: int = 0
    work: asyncio.Task[Any] = field(init=False)
    release: Callable[[], None] = field(init=False)


async def stall(world: KnowledgeWorld, changes: list[Change], *, alone: bool) -> Stalled:
    """Project until the sixth write, which takes longer than the test; so do all behind it unless it does ``alone``."""
    found, reached, here = Stalled(), asyncio.Event(), asyncio.get_running_loop()

    async def slow(name: str, given: Any) -> None:
        found.calls += 1
        if found.calls == 6 or (found.calls > 6 and not alone):
            here.call_soon_threadsafe(reached.set)
            await asyncio.sleep(30)

    found.release = await watch(world, slow)
    found.work = asyncio.create_task(world.project(changes))
    await asyncio.wait_for(reached.wait(), 20)
    return found


async def states(world: KnowledgeWorld) -> set[str]:
    async with world.database.transaction() as connection:
        return {row["state"] for row in await fetch(connection, "SELECT state FROM projection_entries")}


async def test_a_store_that_breaks_at_any_write_is_brought_back(shop: KnowledgeWorld) -> None:
    await shop.project(await shop.scan())
    before = await shop.dump()
    changes = await shop.scan(EDITS)
    for allowed in range(40):
        left = allowed

        async def broken(name: str, given: Any) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise RuntimeError(f"{name} is broken")

        release = await watch(shop, broken)
        try:
            await shop.project(changes)
        except TargetUnreachable:
            assert await states(shop) >= {"dirty"}
            release()
            assert await shop.target.recover() > 0
            assert await shop.dump() == before, f"after {allowed} writes"
            assert await states(shop) == {"ready"}
            assert await shop.target.recover() == 0
        else:
            release()
            break
    assert 10 < allowed < 39
    assert (await shop.target.verify(await shop.truth())).total == 0


async def test_one_that_fails_stays_as_it_was_and_the_others_arrive(shop: KnowledgeWorld) -> None:
    await shop.project(await shop.scan())
    changes = await shop.scan(EDITS)

    async def poisoned(name: str, given: Any) -> None:
        if name == "chunk_entity_relation_graph.upsert_nodes_batch" and "shop/tax.py::tax" in str(given):
            raise RuntimeError("this one never goes in")

    release = await watch(shop, poisoned)
    outcome = await shop.project(changes)
    assert [each.rsplit("/", 1)[1] for each in outcome.failed] == ["tax.py"]
    release()
    drift = await shop.target.verify(await shop.truth())
    assert (drift.missing, drift.stale, drift.extra) == (("file:shop/tax.py",), (), ())
    await shop.project(changes)
    assert (await shop.target.verify(await shop.truth())).total == 0


async def test_a_cancelled_projection_leaves_no_half_state(shop: KnowledgeWorld) -> None:
    await shop.project(await shop.scan())
    before = await shop.dump()
    changes = await shop.scan(EDITS)
    stalled = await stall(shop, changes, alone=True)
    stalled.work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stalled.work
    stalled.release()
    await shop.target.recover()
    assert await shop.dump() == before


async def test_a_writer_that_lost_its_lock_writes_nothing_more(shop: KnowledgeWorld) -> None:
    """Not even the old state: whoever holds the lock by then brings that back, and may be far beyond it."""
    await shop.project(await shop.scan())
    before = await shop.dump()
    changes = await shop.scan(EDITS)
    stalled = await stall(shop, changes, alone=False)
    await asyncio.sleep(0.5)  # the other strands come to their next write as well
    begun = stalled.calls
    await sql(
        shop,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'docrunch-sync-lock'"
        " AND datname = current_database()",
    )
    with pytest.raises(TargetUnreachable, match="keeps others from this derived store was lost"):
        await asyncio.wait_for(stalled.work, 10)
    assert stalled.calls == begun
    assert await states(shop) >= {"applying"}
    stalled.release()
    assert await shop.target.recover() > 0
    assert await shop.dump() == before


async def test_a_killed_process_leaves_what_the_next_one_makes_whole(shop: KnowledgeWorld, tmp_path: Path) -> None:
    await shop.project(await shop.scan())
    before = await shop.dump()
    changes = await shop.scan(EDITS)
    for allowed in (1, 7, 12):
        died = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, __file__, shop.database.url, str(shop.context.settings.home), str(allowed)],
            cwd=tmp_path,
            timeout=120,
        )
        assert died.returncode == -signal.SIGKILL
        assert "applying" in await states(shop)
        assert await shop.target.recover() > 0
        assert await shop.dump() == before
    await shop.project(changes)
    assert (await shop.target.verify(await shop.truth())).total == 0


async def test_what_a_killed_process_left_is_brought_back_before_anything_else_is_written(shop: KnowledgeWorld) -> None:
    await shop.project(await shop.scan())
    changes = await shop.scan(EDITS)
    left = 8

    async def broken(name: str, given: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise RuntimeError("broken")

    release = await watch(shop, broken)
    with pytest.raises(TargetUnreachable):
        await shop.project(changes)
    release()
    assert not (await shop.project(changes)).failed
    assert (await shop.target.verify(await shop.truth())).total == 0


@pytest.mark.parametrize("state", ["disk_full", "insufficient_privilege", "read_only_sql_transaction", "P0001"])
async def test_a_store_that_refuses_inserts_blames_no_entity(shop: KnowledgeWorld, state: str) -> None:
    """A quota, a right that was revoked, a disk: deletions still work, so that only a try can tell."""
    changes = await shop.scan()
    await shop.project(changes)
    worker, where = SyncWorker(shop.target), await shop.workspace()
    await sql(
        shop,
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION 'the quota is used up' USING ERRCODE = '{state}'; END $$",
    )
    table = "lightrag.lightrag_graph_nodes"
    await sql(shop, f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()")
    edited = await shop.scan(EDITS)
    for part in (edited, edited[:1]):
        with pytest.raises(TargetUnreachable):
            await worker.update_projection(Batch(where, tuple(part)))
    with pytest.raises(TargetUnreachable):
        await worker.check_health()
    await sql(shop, f"DROP TRIGGER refuse ON {table}")
    await worker.check_health()
    assert not (await worker.update_projection(Batch(where, tuple(edited)))).failed
    assert (await shop.target.verify(await shop.truth())).total == 0


async def test_a_database_that_went_away_is_told_as_such_and_used_again(
    shop: KnowledgeWorld, postgres_server: EmbeddedPostgres
) -> None:
    changes = await shop.scan()
    await shop.project(changes[:2])
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'docrunch%'"
        " AND pid <> pg_backend_pid()"
    )
    async with shop.database.transaction() as connection:
        await execute(connection, f"{end} AND datname = current_database()")
    for _ in range(3):
        try:
            await shop.project(changes)
            break
        except TargetUnreachable:
            continue
    await shop.target.recover()
    await shop.project(changes)
    assert (await shop.target.verify(await shop.truth())).total == 0


async def _killed(url: str, home: str, allowed: int) -> None:
    """The other process: projects what the outbox has, and kills itself in front of a write."""
    from db.objects import ObjectStore
    from db.session import Database
    from docrunch.config import Settings
    from tests.support.knowledge import WordEncoder, read_changes, workspace_of

    database = Database(url, "sync")
    context = TargetContext(Settings(home=Path(home)), database, ObjectStore(Path(home) / "objects"))
    target = LightRAGTarget(context, WordEncoder)
    where = await workspace_of(database)
    changes: list[Change] = await read_changes(database, 0)

    class World:
        async def workspace(self) -> Any:
            return where

    world: Any = World()
    world.target = target
    left = allowed

    async def kill(name: str, given: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    await watch(world, kill)
    await target.apply(Batch(where, tuple(changes)))


if __name__ == "__main__":
    asyncio.run(_killed(sys.argv[1], sys.argv[2], int(sys.argv[3])))


async def sql(world: KnowledgeWorld, statement: str) -> None:
    async with world.database.transaction() as connection:
        await execute(connection, statement)


async def test_rows_that_are_gone_are_never_made_anew_below_what_is_noted(shop: KnowledgeWorld) -> None:
    """Whoever opened it next would find an empty graph, and take what is projected for projected."""
    await shop.project(await shop.scan())
    await sql(shop, "ALTER SCHEMA lightrag RENAME TO lightrag_away")
    changed = await shop.scan({"shop/b.py": "def other() -> int:\n    return 2\n"})
    for target in (shop.target, shop.opened()):
        with pytest.raises(TargetUnreachable):
            await shop.project(changed, target)
    with pytest.raises(TargetUnreachable, match="docrunch sync rebuild --target lightrag"):
        await shop.project(changed, shop.opened())
    await sql(shop, "ALTER SCHEMA lightrag_away RENAME TO lightrag")
    await shop.project(changed)
    assert (await shop.target.verify(await shop.truth())).total == 0


async def test_a_graph_whose_tables_were_dropped_is_built_anew(shop: KnowledgeWorld) -> None:
    changes = await shop.scan()
    await shop.project(changes)
    before = await shop.dump()
    await sql(shop, "DROP SCHEMA lightrag CASCADE")
    again = shop.target
    await again.rebuild(await shop.workspace(2))
    assert (await shop.project(changes, again, generation=2)).failed == {}
    assert await shop.dump(2) == before
    await again.drop(await shop.workspace(1))
    assert (await again.verify(await shop.truth(2))).total == 0
