"""The knowledge graph and the documentation trees of one repository: synced, damaged, repaired, rebuilt, removed."""

from pathlib import Path

from temporalio.client import Client

from db.embedded import EmbeddedPostgres
from tests.end_to_end.test_cli import docrunch
from tests.support.repositories import Repository, python_files
from tests.support.stack import running_stack


async def test_a_repository_in_every_store(
    postgres_server: EmbeddedPostgres, temporal_client: Client, tmp_path: Path
) -> None:
    source = Repository(tmp_path / "demo", python_files(3, "demo"))
    async with running_stack(postgres_server, temporal_client) as stack:
        await stack.scan(source.root, name="demo")
        synced = await docrunch(stack, "sync", "run", "demo")
        assert synced.code == 0, synced.out + synced.err
        first = await docrunch(stack, "sync", "verify", "--json")
        assert (first.code, first.json["drift"]) == (0, 0), first.out

        next(path for path in (stack.home / "docs").rglob("*.md") if path.name == "index.md").unlink()
        found = await docrunch(stack, "sync", "verify", "--json")
        assert found.code == 1, found.out
        repaired = await docrunch(stack, "sync", "verify", "--repair", "--json")
        assert (repaired.code, repaired.json["drift"]) == (0, 0), repaired.out

        rebuilt = await docrunch(stack, "sync", "rebuild", "--json")
        assert rebuilt.code == 0, rebuilt.out
        assert [each["result"]["generation"] for each in rebuilt.json["rebuilds"]] == [2, 2]
        assert (await docrunch(stack, "sync", "verify")).code == 0

        removed = await docrunch(stack, "repo", "remove", "demo", "--json")
        assert removed.code == 0, removed.out
        assert removed.json["report"]["left"] == {}
        assert [path for path in (stack.home / "objects").rglob("*") if path.is_file()] == []
