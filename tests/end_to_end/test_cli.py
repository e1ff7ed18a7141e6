"""Commands against configured servers, as a person or a script runs them."""

from pathlib import Path

from db.cleanup import expire_scans
from db.session import Database
from tests.support.command import Ran, run_docrunch
from tests.support.repositories import Repository, python_files
from tests.support.stack import Stack, until


async def docrunch(stack: Stack, *arguments: str) -> Ran:
    return await run_docrunch(stack.environment, *arguments, cwd=stack.home)


async def test_a_graph_without_a_ref_is_that_of_the_default_branch(stack: Stack, tmp_path: Path) -> None:
    """Not of whatever was scanned last: a script that exports every night must not get somebody's topic branch."""
    repository = Repository(tmp_path / "exported", python_files(2, "exported"))
    main = repository.git("rev-parse", "HEAD")
    await stack.scan(repository.root, name="exported")
    repository.git("checkout", "-q", "-b", "topic")
    topic = repository.commit({"exported/topic.py": "def only_on_topic() -> None:\n    pass\n"})
    await stack.scan(repository.root, name="exported", ref="topic")

    plain = await docrunch(stack, "export", "graph", "exported")
    assert plain.code == 0, plain.err
    assert "only_on_topic" not in plain.out
    assert f"exported: main @ {main[:12]}" in plain.err
    named = await docrunch(stack, "export", "graph", "exported", "--ref", "topic")
    assert "only_on_topic" in named.out
    assert f"exported: topic @ {topic[:12]}" in named.err


async def test_without_a_known_default_branch_it_is_the_newest_scan(stack: Stack, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "pinned", python_files(2, "pinned"))
    sha = repository.git("rev-parse", "HEAD")
    await stack.scan(repository.root, name="pinned", ref=sha)
    found = await docrunch(stack, "export", "graph", "pinned")
    assert found.code == 0, found.err
    assert f"@ {sha[:12]}" in found.err


async def test_an_expired_scan_is_gone(stack: Stack, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "expired", python_files(2, "expired"))
    sha = repository.git("rev-parse", "HEAD")
    await stack.scan(repository.root, name="expired", ref=sha)
    database = Database(stack.url)
    async with database.transaction() as connection:
        await expire_scans(connection, keep=0)
    await database.close()

    found = await docrunch(stack, "export", "graph", "expired", "--ref", sha, "--out", "g.jsonl", "--json")
    assert found.code == 3
    assert found.json["error"]["code"] == "gone"
    assert "can it again" in found.json["error"]["hint"]
    assert not (stack.home / "g.jsonl").exists()


async def test_runs_that_have_ended_are_listed_and_not_cancelled(stack: Stack, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "ended", python_files(2, "ended"))
    run = (await stack.scan(repository.root, name="ended")).started
    listed = await docrunch(stack, "runs", "list", "--json")
    (mine,) = [each for each in listed.json["runs"] if each["workflow_id"] == run.workflow_id]
    assert (mine["status"], mine["repository"]) == ("completed", "ended")
    running = await docrunch(stack, "runs", "list", "--running", "--json")
    assert run.workflow_id not in {each["workflow_id"] for each in running.json["runs"]}
    table = await docrunch(stack, "runs", "list", "--limit", "1")
    assert run.workflow_id in table.out
    assert len(table.out.splitlines()) == 2

    refused = await docrunch(stack, "runs", "cancel", run.workflow_id, "--json")
    assert refused.code == 5
    assert refused.json["error"]["code"] == "conflict"
    assert "is completed already" in refused.json["error"]["message"]
    unknown = await docrunch(stack, "runs", "cancel", "docpack:nobody", "--json")
    assert (unknown.code, unknown.json["error"]["code"]) == (3, "not_found")


async def test_a_run_that_waits_says_what_for_and_goes_on_by_itself(stack: Stack, tmp_path: Path) -> None:
    """The object store is away, as in `tests.torture.outage` whole services are, and for longer."""
    repository = Repository(tmp_path / "waits", python_files(2, "waits"))
    objects, aside = stack.home / "objects", stack.home / "objects-aside"
    objects.mkdir(exist_ok=True)
    objects.rename(aside)
    objects.write_text("no directory")
    try:
        run = await stack.start(repository.root, name="waits")

        async def told() -> str | None:
            shown = await docrunch(stack, "runs", "show", run.workflow_id, "--json")
            return shown.json["waiting"] or None if shown.code == 0 else None

        assert "object store" in await until(told, "the run says what it waits for")
    finally:
        objects.unlink()
        aside.rename(objects)
    assert (await stack.finish(run)).outcome == "completed"
    shown = await docrunch(stack, "runs", "show", run.workflow_id, "--json")
    assert (shown.json["status"], shown.json["waiting"]) == ("completed", "")
