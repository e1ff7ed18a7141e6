"""Rebuild, verify and takedown beside the sync that goes on: neither loses what the other writes."""

import asyncio

import pytest

from tests.support.projection_world import ProjectionWorld
from tests.support.publishing import rows
from tests.support.stack import until

pytestmark = [pytest.mark.integration, pytest.mark.temporal]


async def up_to_date(world: ProjectionWorld) -> None:
    async def same() -> bool:
        await world.sync()
        report = await world.verify()
        return report.waiting == 0 and report.drift == 0

    await until(same, "the store is up to date")


async def test_synced_rebuilt_and_synced_again(world: ProjectionWorld) -> None:
    await world.publish(rows(20))
    await up_to_date(world)
    assert await world.states() == [(1, "active")]  # made by the sync
    handle = await world.start_rebuild(page_entities=3)
    for version in range(2, 9):
        await world.publish(rows(20 - version % 3, body={version: f"v{version}"}))
        await world.sync()
    assert (await asyncio.wait_for(handle.result(), 90)).generation == 2
    await up_to_date(world)
    assert world.shown() == await world.truth()
    assert await world.states() == [(2, "active")]
    assert world.target.generations(world.owner.id, world.ref_id) == ["g2"]


async def test_what_a_rebuild_brought_in_is_not_written_again(world: ProjectionWorld) -> None:
    await world.publish(rows(10))
    await world.rebuild()
    before = {path: path.stat().st_mtime_ns for path in world.target.root.rglob("*.json")}
    await up_to_date(world)
    assert {path: path.stat().st_mtime_ns for path in world.target.root.rglob("*.json")} == before


async def test_nothing_follows_a_repository_that_was_removed(world: ProjectionWorld) -> None:
    await world.publish(rows(20))
    away = world.target.arrange("away-apply")
    await world.sync()
    takedown = await world.start_takedown()
    result = await asyncio.wait_for(takedown.result(), 90)
    away.unlink()
    assert result.left == {}
    await world.sync()  # a signal that was sent before
    await asyncio.sleep(1)
    assert [path for path in world.target.root.rglob("*") if path.is_file()] == []
    for table in ("storage_sync", "workspaces", "sync_targets", "sync_cursors"):
        assert await world.rows(f"SELECT 1 FROM {table}") == [], table
