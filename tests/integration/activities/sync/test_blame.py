"""An entity that fails stops no other; a store that fails uses up the attempts of none."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.projections.registry import Targets
from activities.projections.target import TargetContext
from activities.sync import Sync
from db.objects import ObjectStore
from db.repositories import sync
from db.repositories.sync_status import statuses
from db.session import Database
from docrunch.config import Settings
from tests.support.publishing import rows
from tests.support.sync_world import SyncWorld, sync_world
from workflows.contracts.sync import DrainRequest

pytestmark = pytest.mark.integration


async def test_one_poisoned_entity_stops_no_other_and_is_given_up_with_an_alert(world: SyncWorld) -> None:
    await world.publish(rows(40))
    poison = "src/file_00007.py"
    world.target.say("poison", poison)
    found = await world.drain()
    assert (found.totals.applied, found.totals.failed) == (39, 1)
    assert found.wait_seconds is not None
    assert 0 < found.wait_seconds <= 2
    pauses = []
    for _ in range(4):
        await world.later(200)
        pauses += [each["retry_seconds"] for each in (await world.events("failed"))[-1:]]
        await world.drain()
    assert pauses == [2, 4, 8, 16]
    assert (await world.states())[poison] == "dead"
    (dead,) = await world.events("dead")
    assert (dead["attempts"], dead["error"]) == (5, f"ValueError: {poison} is poison")
    assert (await world.drain()).wait_seconds is None
    world.target.unsay("poison")
    async with world.database.transaction() as connection:
        again = await sync.retry(connection, targets=["directory"], repository_id=world.owner.id)
    assert again == {("directory", world.owner.id): 1}
    await world.drain()
    assert await world.held() == await world.wanted()


async def test_what_a_store_reports_as_failed_is_retried_alone(world: SyncWorld) -> None:
    await world.publish(rows(10))
    world.target.say("refused", "src/file_00003.py")
    assert (await world.drain()).totals.applied == 9
    world.target.unsay("refused")
    await world.later(3)
    assert (await world.drain()).totals.applied == 1
    assert await world.held() == await world.wanted()


async def test_a_new_version_of_a_dead_entity_gets_new_attempts(world: SyncWorld) -> None:
    await world.publish(rows(1))
    world.target.say("poison", "src/file_00000.py")
    for _ in range(5):
        await world.drain()
        await world.later(200)
    assert list((await world.states()).values()) == ["dead"]
    world.target.unsay("poison")
    await world.publish(rows(1, body={0: "v2"}))
    await world.drain()
    assert await world.held() == await world.wanted()


async def test_a_hanging_entity_is_found_where_the_store_itself_answers(world: SyncWorld, monkeypatch: Any) -> None:
    monkeypatch.setattr("activities.sync_drain.APPLY_SECONDS", 0.2)
    await world.publish(rows(4))
    world.target.say("hangs", "src/file_00002.py")
    found = await asyncio.wait_for(world.drain(), 20)
    assert (found.totals.applied, found.totals.failed, found.circuit_open) == (3, 1, False)


async def test_a_store_that_is_away_costs_no_attempts_and_drains_on_return(world: SyncWorld) -> None:
    await world.publish(rows(6))
    world.target.say("broken")
    away = await world.drain()
    assert (away.circuit_open, away.wait_seconds, away.waiting) == (True, 2.0, 6)
    again = await world.drain()  # before the probe is due: nothing is tried
    assert again.circuit_open
    assert len(await world.events("failed")) == 1
    await world.later(3)
    assert (await world.drain()).wait_seconds == 4.0
    assert await world.rows("SELECT DISTINCT attempts, state FROM storage_sync") == [(0, "pending")]
    await world.publish(rows(8))
    world.target.unsay("broken")
    await world.later(5)
    back = await world.drain()
    assert (back.circuit_open, back.totals.applied) == (False, 8)
    assert await world.rows("SELECT circuit, failures, error FROM sync_targets") == [("closed", 0, None)]
    assert {each["entity"] for each in await world.events("failed")} == {None}


async def test_a_store_that_goes_away_within_a_page_keeps_what_it_took(world: SyncWorld) -> None:
    await world.publish(rows(30))
    world.target.say("slow", "0.02")

    async def breaks() -> None:
        await world.wrote(10)
        world.target.say("broken")

    found, _ = await asyncio.gather(world.drain(), breaks())
    assert found.circuit_open
    assert set(await world.rows("SELECT DISTINCT attempts, state FROM storage_sync")) == {(0, "pending")}
    world.target.unsay("broken")
    world.target.unsay("slow")
    await world.later(5)
    await world.drain()
    assert await world.held() == await world.wanted()
    assert len(world.target.lines("journal")) == 30  # what was there already was not written again


async def test_a_target_that_does_not_exist_is_told_and_opens_its_circuit(database: Database, tmp_path: Path) -> None:
    world = await sync_world(database, tmp_path, targets=("no_such_target", "directory"))
    context = TargetContext(Settings(home=tmp_path), database, ObjectStore("memory://"))
    subject = Sync(database, Targets(lambda: context), world.settings, world.woken)
    await world.publish(rows(2))
    asked = DrainRequest(target="no_such_target", repository_id=world.owner.id)
    found = await ActivityEnvironment().run(subject.drain_outbox, asked)
    assert found.circuit_open
    assert found.note == "storage.sync.targets: there is no target 'no_such_target'"
    assert (await world.drain()).totals.applied == 2
    async with database.transaction() as connection:
        status = {each.target: each for each in await statuses(connection, world.settings.targets)}
    assert (status["no_such_target"].circuit, status["no_such_target"].waiting) == ("open", 2)
    assert (status["directory"].circuit, status["directory"].waiting) == ("closed", 0)
