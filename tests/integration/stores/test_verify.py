"""A store that was changed behind our back is found out, and put right when asked."""

import json

import pytest

from docrunch.storage.model import EntityType
from tests.support.projection_world import ProjectionWorld
from tests.support.publishing import rows

pytestmark = [pytest.mark.integration, pytest.mark.temporal]
GONE, CHANGED = "src/file_00001.py", "src/file_00002.py"


async def damage(world: ProjectionWorld) -> None:
    """One entity missing, one with another body, one that nobody wrote."""
    world.file(GONE).unlink()
    changed = world.file(CHANGED)
    changed.write_text(changed.read_text().replace('"def f()"', '"def g()"'))
    alien = json.loads(world.file("src/file_00000.py").read_text()) | {"key": "alien.py"}
    world.file("alien.py").write_text(json.dumps(alien))


async def test_what_was_changed_behind_our_back_is_found_and_repaired(world: ProjectionWorld) -> None:
    await world.publish(rows(8))
    await world.rebuild()
    assert (await world.verify()).drift == 0
    await damage(world)
    found = await world.verify()
    assert (found.missing, found.stale, found.extra, found.notes, found.compared) == (1, 1, 1, 0, 8)
    assert found.named == (f"missing file:{GONE}", f"stale file:{CHANGED}", "extra file:alien.py")
    assert (await world.verify()).drift == 3  # looking changes nothing
    repaired = await world.verify(repair=True)
    assert (repaired.drift, repaired.repaired, repaired.failed) == (0, 3, ())
    assert world.shown() == await world.truth()
    assert (await world.verify()).counts == {"files": 8}


async def test_a_store_that_believes_its_own_notes_is_repaired_too(world: ProjectionWorld) -> None:
    await world.publish(rows(4))
    await world.rebuild()
    world.target.arrange("lazy")
    changed = world.file(CHANGED)
    changed.write_text(changed.read_text().replace('"def f()"', '"def g()"'))
    repaired = await world.verify(repair=True)
    assert (repaired.drift, repaired.repaired) == (0, 1)


async def test_notes_that_say_something_else_than_the_truth_are_drift(world: ProjectionWorld) -> None:
    await world.publish(rows(5))
    await world.rebuild()
    await world.rows(
        r"UPDATE storage_sync SET synced_hash = '\x00', wanted_hash = '\x00' WHERE key = :key RETURNING 1", key=GONE
    )
    await world.rows("DELETE FROM storage_sync WHERE key = :key RETURNING 1", key=CHANGED)
    found = await world.verify()
    assert (found.missing, found.stale, found.extra, found.notes) == (0, 0, 0, 2)
    assert found.named == (f"note file:{GONE}", f"note file:{CHANGED}")
    assert (await world.verify(repair=True)).drift == 0
    assert await world.rows("SELECT count(*) FROM storage_sync WHERE state = 'synced'") == [(5,)]


async def test_what_is_on_its_way_is_not_drift(world: ProjectionWorld) -> None:
    await world.publish(rows(5))
    await world.rebuild()
    await world.publish(rows(6, body={2: "v2"}))
    found = await world.verify()
    assert (found.drift, found.waiting) == (0, 3)  # file 4 calls the new one


async def test_a_repair_that_fails_is_named(world: ProjectionWorld) -> None:
    await world.publish(rows(3))
    await world.rebuild()
    world.file(GONE).unlink()
    world.target.refuse(GONE)
    found = await world.verify(repair=True)
    assert (found.missing, found.repaired) == (1, 0)
    assert found.failed == (f"file:{GONE}: this entity is refused",)


async def test_a_sample_looks_at_some_and_calls_nothing_extra(world: ProjectionWorld) -> None:
    await world.publish(rows(20))
    await world.rebuild()
    await damage(world)
    found = await world.verify(sample=5, seed=1)
    assert found.compared == 5
    assert found.extra == 0


async def test_a_ref_that_was_never_projected_is_told(world: ProjectionWorld) -> None:
    await world.publish(rows(3))
    await world.rows("INSERT INTO sync_cursors SELECT 'files', :owner, :ref, max(id) FROM sync_events RETURNING 1",
                     owner=world.owner.id, ref=world.ref_id)  # fmt: skip
    found = await world.verify()
    assert (found.built, found.missing) == (False, 3)


async def test_findings_belong_to_no_ref(world: ProjectionWorld) -> None:
    from db.publishing.outbox import Entry, Target, enqueue_entries
    from docrunch.storage.model import Action

    async with world.database.transaction() as connection:
        entry = Entry(EntityType.FINDING, "f1", Action.UPSERT, b"h" * 32, '{"title": "a"}')
        await enqueue_entries(connection, Target("local", world.owner.id, 0, 0), [entry])
    assert world.ref_id == 0
    result = await world.rebuild()
    assert result.entities == {"finding": 1}
    assert world.shown() == {(EntityType.FINDING, "f1"): b"h" * 32}
    assert (await world.verify()).drift == 0
