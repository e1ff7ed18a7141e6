"""``sync rebuild``, ``sync verify`` and ``repo remove`` as a person or a script runs them."""

import pytest

from tests.support.command import Ran, run_docrunch, run_until
from tests.support.projection_world import ProjectionWorld
from tests.support.publishing import opened, repository, rows

pytestmark = [pytest.mark.integration, pytest.mark.temporal]


async def docrunch(world: ProjectionWorld, *arguments: str) -> Ran:
    return await run_docrunch(world.environment, *arguments)


async def test_rebuild_and_verify(world: ProjectionWorld) -> None:
    await world.publish(rows(6))
    planned = await docrunch(world, "sync", "rebuild", "--dry-run", "--json")
    assert planned.code == 0, planned.err
    assert planned.json["rebuilds"][0]["result"]["entities"] == {"file": 6}
    assert await world.states() == []
    built = await docrunch(world, "sync", "rebuild", "--repository", "demo")
    assert built.code == 0, built.err
    assert "completed" in built.out
    assert "6 file" in built.out
    assert (await docrunch(world, "sync", "verify")).code == 0
    world.file("src/file_00001.py").unlink()
    found = await docrunch(world, "sync", "verify", "--target", "files")
    assert found.code == 1
    assert "demo → files: comparing 1 refs" in found.err
    assert "demo main → files: missing file:src/file_00001.py" in found.out
    assert "docrunch sync verify --repair --repository demo --target files" in found.out
    repaired = await docrunch(world, "sync", "verify", "--repair", "--json")
    assert repaired.code == 0
    assert (repaired.json["drift"], repaired.json["stores"][0]["refs"][0]["repaired"]) == (0, 1)


async def test_a_store_that_is_away_is_waited_for_and_named(world: ProjectionWorld) -> None:
    await world.publish(rows(4))
    await world.rebuild()
    for command in ("verify", "rebuild"):
        away = world.target.arrange("away")
        waiting = "→ files: waiting: the directory is away ("
        done = await run_until(world.environment, "sync", command, "--target", "files", said=waiting, then=away.unlink)
        assert done.code == 0, done.err
        assert waiting in done.err
        assert not away.exists()
        assert "demo" in done.err


async def test_what_does_not_exist_is_said(world: ProjectionWorld) -> None:
    await world.publish(rows(1))
    unknown = await docrunch(world, "sync", "rebuild", "--target", "elsewhere", "--json")
    assert (unknown.code, unknown.json["error"]["code"]) == (2, "invalid_config")
    nothing = await docrunch(world, "sync", "verify", "--ref", "nowhere")
    assert nothing.code == 3
    assert "no published ref is called 'nowhere'" in nothing.err
    assert (await docrunch(world, "repo", "remove", "nobody")).code == 3


async def test_a_repository_is_removed_with_a_proof(world: ProjectionWorld) -> None:
    await world.publish(rows(4))
    await world.rebuild()
    done = await docrunch(world, "repo", "remove", "demo")
    assert done.code == 0, done.err
    assert "Removed demo. Nothing is left (looked at " in done.out
    assert (await docrunch(world, "repo", "remove", "demo")).code == 3


async def test_one_that_cannot_be_reached_is_said_and_joined(world: ProjectionWorld) -> None:
    await world.publish(rows(4))
    await world.rebuild()
    away = world.target.arrange("away")
    waits = await docrunch(world, "repo", "remove", "demo", "--wait", "0", "--json")
    assert waits.code == 8
    assert (waits.json["complete"], waits.json["waiting"]) == (False, {"files": "the directory is away"})
    assert "waiting: files: the directory is away" in waits.err
    away.unlink()
    done = await docrunch(world, "repo", "remove", "demo", "--json")  # hurries it
    assert done.code == 0, done.err
    assert done.json["complete"] is True
    assert done.json["report"]["left"] == {}


async def test_what_is_left_is_an_error(world: ProjectionWorld) -> None:
    await world.publish(rows(4))
    stray = world.target.root / f"{world.owner.id}_77" / "stray.json"
    stray.parent.mkdir()
    stray.write_text("{}")
    found = await docrunch(world, "repo", "remove", "demo")
    assert found.code == 1
    assert "demo is removed, but something is LEFT: files files: 1." in found.out


async def test_a_running_scan_is_named(world: ProjectionWorld) -> None:
    busy = await repository(world.database, "busy")
    await opened(world.database, busy, run_id="busy")
    refused = await docrunch(world, "repo", "remove", "busy")
    assert refused.code == 5
    assert "docrunch runs cancel" in refused.err
