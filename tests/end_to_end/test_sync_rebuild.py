"""A backlog that is too large is built anew by itself, beside what is read until then."""

from pathlib import Path

import pytest
from temporalio.client import Client

from db.embedded import EmbeddedPostgres
from tests.support.directory_target import DirectoryTarget
from tests.support.repositories import Repository, python_files
from tests.support.stack import running_stack, until

pytest.importorskip("workflows.rebuild")


async def test_a_large_backlog_becomes_a_rebuild_and_what_follows_is_drained(
    postgres_server: EmbeddedPostgres, temporal_client: Client, tmp_path: Path
) -> None:
    settings = {
        "DOCRUNCH_STORAGE__SYNC__TARGETS": "directory",
        "DOCRUNCH_STORAGE__SYNC__REBUILD_BACKLOG": "20",
    }
    worker = "tests.support.sync_workers"
    async with running_stack(postgres_server, temporal_client, worker=worker, **settings) as stores:
        repository = Repository(tmp_path / "large", python_files(40, "large"))
        assert (await stores.scan(repository.root, embeddings=False)).outcome == "completed"
        rows = "SELECT key, encode(content_hash, 'hex') AS hash FROM sync_events WHERE entity_type = 'file'"
        wanted = {row["key"]: row["hash"] for row in await stores.rows(rows)}

        async def synced() -> bool:
            states = "SELECT count(*) FROM storage_sync WHERE target = 'directory' AND state = 'synced'"
            return await stores.value(states) == len(wanted)

        await until(synced, "everything is synced")
        told = await stores.rows("SELECT payload FROM events WHERE kind = 'sync.rebuild_started.v1'")
        assert len(told) == 1
        assert "more than 20" in str(told[0]["payload"])
        (generation,) = [row["generation"] for row in await stores.rows("SELECT * FROM workspaces WHERE ref_id > 0")]
        ref = await stores.value("SELECT id FROM refs")
        directory = DirectoryTarget(stores.home / "directory")
        assert directory.holds(f"r1_{ref}_g{generation}") == wanted
        repository.commit({"large/m3.py": "def changed_large():\n    return 1\n"})
        before = len(directory.lines("journal"))
        assert (await stores.scan(repository.root, embeddings=False)).outcome == "completed"

        async def again() -> bool:
            return any(line.startswith("large/m3.py ") for line in directory.lines("journal")[before:])

        await until(again, "the change arrives")
