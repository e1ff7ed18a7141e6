"""Who looks after what nobody was told of, what is late and what is half written, and what a person is shown."""

from pathlib import Path
from typing import Any

import pytest

from db.repositories.sync_lock import writing
from db.repositories.sync_status import statuses
from tests.support.publishing import rows
from tests.support.sync_world import SyncWorld, sync_world

pytestmark = pytest.mark.integration


async def test_the_sweep_wakes_who_has_something_to_do_and_nobody_else(world: SyncWorld, tmp_path: Path) -> None:
    other = await sync_world(world.database, tmp_path, "other")
    assert (await world.sweep()).signalled == 0
    await world.publish(rows(2))  # whose signal is lost
    assert (await world.sweep()).workflow_ids == (f"sync:directory:{world.owner.id}",)
    world.target.say("poison", "src/file_00000.py")
    await world.drain()
    assert (await world.sweep()).signalled == 0  # the retry is not due
    await world.later(3)
    assert (await world.sweep()).signalled == 1
    world.target.say("broken")
    await world.drain()
    assert (await world.sweep()).signalled == 0  # the probe is not due
    await world.later(3)
    assert (await world.sweep()).signalled == 1
    assert {request.repository for request in world.woken.requests} == {"demo"}
    assert other.owner.id != world.owner.id


async def test_the_sweep_goes_over_all_stores_page_by_page(world: SyncWorld, tmp_path: Path) -> None:
    """Those behind the first page would wait for as long as those before them have something to do."""
    others = [await sync_world(world.database, tmp_path, f"other{number}") for number in range(4)]
    for each in (world, *others):
        await each.publish(rows(1))
        await each.find("f1")
    await world.later(400)
    found = await world.sweep(limit=2)
    assert (found.signalled, found.breached) == (5, 10)
    assert [request.repository for request in world.woken.requests] == ["demo", *(f"other{n}" for n in range(4))]


async def test_the_sweep_cleans_what_a_killed_process_left_half_written(world: SyncWorld) -> None:
    await world.publish(rows(1))
    await world.drain()
    (folder,) = world.target.root.glob("r*_g1")
    (folder / "x.part").write_text("half")
    async with writing(world.database, "directory", 4711):  # somebody writes: it may be theirs
        assert (await world.sweep()).recovered == 0
    assert (await world.sweep()).recovered == 1
    assert not list(folder.glob("*.part"))


async def test_a_store_that_cannot_be_looked_through_stops_no_sweep(world: SyncWorld, monkeypatch: Any) -> None:
    async def broken() -> int:
        raise RuntimeError("no column of that name")

    await world.publish(rows(1))
    await world.drain()
    await world.publish(rows(2))
    monkeypatch.setattr(world.target, "recover", broken)
    found = await world.sweep()
    assert (found.signalled, found.recovered, found.unrecovered) == (1, 0, ("directory",))
    monkeypatch.undo()
    assert (await world.sweep()).unrecovered == ()


async def test_what_is_late_is_told_once_while_it_lasts(world: SyncWorld) -> None:
    await world.publish(rows(2))
    await world.find("f1")
    assert (await world.sweep()).breached == 0
    await world.later(100)
    assert (await world.sweep()).breached == 1  # a finding may take a minute, a scan five
    assert (await world.sweep()).breached == 0
    await world.later(300)
    assert (await world.sweep()).breached == 1
    await world.drain()
    assert [each["of"] for each in await world.events("sla_breached")] == ["report", "scan"]
    await world.find("f2")
    await world.later(100)
    await world.drain()  # late, and nobody looked meanwhile
    assert [each["of"] for each in await world.events("sla_breached")] == ["report", "scan", "report"]


async def test_the_status_says_what_waits_how_late_and_what_was_written(world: SyncWorld) -> None:
    await world.publish(rows(4))
    world.target.say("refused", "src/file_00001.py")
    await world.drain()
    await world.publish(rows(5))
    async with world.database.transaction() as connection:
        (found,) = await statuses(connection, ["directory"], world.owner.id)
    assert found.states == {"pending": 0, "synced": 3, "failed": 1, "dead": 0}
    assert found.unseen >= 1
    assert found.writes == {"files": 3}
    assert found.lag is not None
    assert 0 <= found.lag.p50 <= found.lag.p95 <= found.lag.max < 60
    assert [(each.ref, each.generation, each.state) for each in found.generations] == [("main", 1, "active")]
    assert [(each.key, each.attempts) for each in found.problems] == [("src/file_00001.py", 1)]
