"""A scan flows into derived stores by itself, and what breaks on the way loses nothing and doubles nothing."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from db.embedded import EmbeddedPostgres
from tests.support.directory_target import DirectoryTarget
from tests.support.repositories import Repository, python_files
from tests.support.stack import Stack, running_stack, until

FILES = 60
AWAY_SECONDS = 3.0


@pytest.fixture(scope="module")
async def stores(postgres_server: EmbeddedPostgres, temporal_client: Client) -> AsyncIterator[Stack]:
    """A stack with a store that works, and one that does not exist: nothing may come of that but a remark."""
    settings = {
        "DOCRUNCH_STORAGE__SYNC__TARGETS": "directory,no_such_store",
        "DOCRUNCH_STORAGE__SYNC__MAX_BACKOFF_SECONDS": "2",
    }
    worker = "tests.support.sync_workers"
    async with running_stack(postgres_server, temporal_client, worker=worker, **settings) as made:
        yield made


@pytest.fixture
def directory(stores: Stack) -> DirectoryTarget:
    found = DirectoryTarget(stores.home / "directory")
    for name in ("broken", "poison", "refused", "slow", "hangs", "journal"):
        found.unsay(name)
    return found


@pytest.fixture
def repository(tmp_path: Path, request: pytest.FixtureRequest) -> Repository:
    salt = "s" + "".join(char for char in request.node.name if char.isalnum())[5:25].lower()
    return Repository(tmp_path / salt, python_files(FILES, salt))


async def scanned(stores: Stack, repository: Repository) -> int:
    """Scan without embeddings; id of the repository."""
    found = await stores.scan(repository.root, embeddings=False)
    assert found.outcome == "completed"
    return int(await stores.value("SELECT max(repository_id) FROM scan_runs"))


async def settled(stores: Stack, number: int, seconds: float = 90.0) -> None:
    async def done() -> bool:
        waiting = "SELECT count(*) FROM storage_sync WHERE repository_id = $1 AND target = 'directory'"
        try:
            known = await stores.value(waiting, number)
            return bool(known) and not await stores.value(f"{waiting} AND state <> 'synced'", number)
        except OSError:  # Postgres is away
            return False

    await until(done, "everything is synced", seconds)


async def check(stores: Stack, directory: DirectoryTarget, number: int) -> None:
    """The store holds what is published, each entity was written once, and every event happened once."""
    rows = await stores.rows(
        "SELECT DISTINCT ON (key) key, action, encode(content_hash, 'hex') AS hash, ref_id FROM sync_events"
        " WHERE repository_id = $1 AND entity_type = 'file' ORDER BY key, id DESC",
        number,
    )
    wanted = {row["key"]: row["hash"] for row in rows if row["action"] == "upsert"}
    assert len(wanted) > FILES
    assert directory.holds(f"r{number}_{rows[0]['ref_id']}_g1") == wanted
    doubled = {line: count for line, count in Counter(directory.lines("journal")).items() if count > 1}
    assert doubled == {}
    told = await stores.rows(
        "SELECT entity, count(*) AS times FROM events, jsonb_array_elements_text(payload->'entities') AS entity"
        " WHERE kind = 'sync.applied.v1' AND repository_id = $1 AND payload->>'target' = 'directory' GROUP BY 1",
        number,
    )
    assert {row["times"] for row in told} == {1}
    assert len(told) == len(wanted)


async def journal(directory: DirectoryTarget, lines: int) -> None:
    async def long() -> bool:
        return len(directory.lines("journal")) >= lines

    await until(long, f"{lines} lines in the journal")


def docrunch(stores: Stack, *arguments: str) -> tuple[int, dict[str, Any]]:
    ran = subprocess.run(
        [sys.executable, "-m", "api.cli.main", *arguments, "--json"],
        env=stores.environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return ran.returncode, json.loads(ran.stdout)


async def test_a_scan_flows_into_the_store_and_the_next_writes_only_what_changed(
    stores: Stack, directory: DirectoryTarget, repository: Repository
) -> None:
    number = await scanned(stores, repository)
    await settled(stores, number)
    await check(stores, directory, number)
    before = len(directory.lines("journal"))
    await scanned(stores, repository)
    code, status = await asyncio.to_thread(
        docrunch, stores, "sync", "run", repository.root.name, "--target", "directory"
    )
    assert (code, len(directory.lines("journal"))) == (0, before)
    name = repository.root.name
    repository.commit({f"{name}/m3.py": f"def changed_{name}():\n    return 1\n"})
    await scanned(stores, repository)
    await asyncio.to_thread(docrunch, stores, "sync", "run", name, "--target", "directory")
    changed = directory.lines("journal")[before:]
    assert 1 <= len(changed) <= 4
    assert any(line.startswith(f"{name}/m3.py ") for line in changed)
    code, status = await asyncio.to_thread(docrunch, stores, "sync", "status", "--repository", name)
    found = {each["target"]: each for each in status["targets"]}
    assert found["directory"]["states"]["pending"] == 0
    assert found["directory"]["writes"] == {"files": len(directory.lines("journal"))}
    assert found["directory"]["lag"]["max"] < 60
    assert found["no_such_store"]["circuit"] == "open"
    assert "there is no target 'no_such_store'" in found["no_such_store"]["error"]


async def test_a_sync_worker_that_is_killed_in_the_middle_of_a_page(
    stores: Stack, directory: DirectoryTarget, repository: Repository
) -> None:
    directory.say("slow", "0.05")
    number = await scanned(stores, repository)
    await journal(directory, 10)
    stores.workers["sync"].kill()
    stores.workers["sync"].wait()
    assert len(directory.lines("journal")) < FILES
    directory.unsay("slow")
    stores.start_worker("sync")
    await settled(stores, number)
    await check(stores, directory, number)


async def test_a_database_that_is_restarted_in_the_middle_of_a_page(
    stores: Stack, directory: DirectoryTarget, repository: Repository
) -> None:
    directory.say("slow", "0.1")
    number = await scanned(stores, repository)
    await journal(directory, 10)
    await asyncio.to_thread(stores.postgres.stop)
    stopped_at = len(directory.lines("journal"))
    await asyncio.sleep(AWAY_SECONDS)
    assert len(directory.lines("journal")) <= stopped_at + 2  # it stopped at once
    await asyncio.to_thread(stores.postgres.start)
    directory.unsay("slow")
    await settled(stores, number)
    await check(stores, directory, number)


async def test_a_store_that_is_broken_and_mended_recovers_by_itself(
    stores: Stack, directory: DirectoryTarget, repository: Repository
) -> None:
    directory.say("broken")
    number = await scanned(stores, repository)

    async def away() -> bool:
        return bool(
            await stores.value(
                "SELECT circuit = 'open' AND failures > 1 FROM sync_targets WHERE repository_id = $1"
                " AND target = 'directory'",
                number,
            )
        )

    await until(away, "the circuit is open")
    code, status = await asyncio.to_thread(docrunch, stores, "sync", "status", "--target", "directory")
    mine = next(each for each in status["targets"] if each["repository_id"] == number)
    assert (mine["circuit"], mine["error"]) == ("open", "the directory does not answer")
    assert mine["waiting"] > FILES
    code, _ = await asyncio.to_thread(docrunch, stores, "sync", "run", repository.root.name, "--target", "directory")
    assert code == 8
    directory.unsay("broken")
    await settled(stores, number)
    await check(stores, directory, number)


async def test_a_poisoned_file_is_given_up_and_comes_in_when_it_is_retried(
    stores: Stack, directory: DirectoryTarget, repository: Repository
) -> None:
    name = repository.root.name
    directory.say("poison", f"{name}/m7.py")
    number = await scanned(stores, repository)

    async def dead() -> bool:
        state = "SELECT state = 'dead' FROM storage_sync WHERE repository_id = $1 AND key = $2"
        return bool(await stores.value(state, number, f"{name}/m7.py"))

    await until(dead, "it is dead")
    others = "SELECT count(*) FROM storage_sync WHERE repository_id = $1 AND state <> 'synced'"
    assert await stores.value(others, number) == 1
    directory.unsay("poison")
    code, retried = await asyncio.to_thread(docrunch, stores, "sync", "retry", "--failed", "--repository", name)
    assert (code, [each["entities"] for each in retried["retried"]]) == (0, [1])
    await settled(stores, number)
    await check(stores, directory, number)


async def test_a_lost_signal_costs_time_and_nothing_else(
    stores: Stack, directory: DirectoryTarget, repository: Repository
) -> None:
    """The outbox has rows that nobody was told of: the schedule finds them."""
    number = await scanned(stores, repository)
    await settled(stores, number)
    before = directory.lines("journal")
    await stores.rows("UPDATE storage_sync SET state = 'pending', synced_hash = '' WHERE repository_id = $1", number)
    await stores.client.get_schedule_handle("sync-sweep").trigger()
    await settled(stores, number, 30)
    assert directory.lines("journal") == before  # the store found that it had everything
