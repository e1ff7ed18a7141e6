"""Pages of real scans, published with their docpacks, and written elsewhere by hand."""

import asyncio
import subprocess
from pathlib import Path

from docrunch.documentation.tree.names import MANIFEST
from tests.end_to_end.test_cli import docrunch
from tests.support.repositories import Repository, python_files
from tests.support.stack import Stack


def held(root: Path) -> dict[str, str]:
    found = (path for path in root.rglob("*") if path.is_file() and not path.name.startswith(".docrunch"))
    return {path.relative_to(root).as_posix(): path.read_text() for path in found}


async def git(root: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    made = await asyncio.to_thread(subprocess.run, command, cwd=root, capture_output=True, text=True, check=True)
    return made.stdout.strip()


async def test_two_scans_written_to_a_directory_and_a_branch(stack: Stack, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "paged", python_files(4, "paged"))
    first = await stack.scan(repository.root, name="paged")
    wrote = await docrunch(stack, "docs", "write", "paged", "--to", str(tmp_path / "tree"), "--json")
    assert wrote.code == 0, wrote.err
    assert held(tmp_path / "tree") == held(first.docs)
    assert wrote.json["pages"] == len(held(first.docs)) == len(wrote.json["written"])

    before = await stack.value("SELECT max(id) FROM sync_events")
    text = (repository.root / "paged/m1.py").read_text()
    commit = repository.commit({"paged/m1.py": text.replace("Do step 1", "Perform step 1")})
    second = await stack.scan(repository.root, name="paged")
    expected = {path for path, body in held(second.docs).items() if held(first.docs).get(path) != body}
    rows = await stack.rows("SELECT key FROM sync_events WHERE entity_type = 'page' AND id > $1", before)
    assert {row["key"] for row in rows} == expected
    assert 0 < len(expected) < len(held(second.docs))

    (tmp_path / "tree/architecture.md").write_text("mine\n")
    again = await docrunch(stack, "docs", "write", "paged", "--to", str(tmp_path / "tree"))
    assert again.code == 0, again.err
    kept = {path: body for path, body in held(tmp_path / "tree").items() if path.split("/")[-1][:12] != "architecture"}
    assert kept == {path: body for path, body in held(second.docs).items() if path != "architecture.md"}
    assert (tmp_path / "tree/architecture.md").read_text() == "mine\n"

    made = await docrunch(stack, "docs", "write", "paged", "--commit", str(repository.root), "--branch", "d", "--json")
    assert made.code == 0, made.err
    assert await git(repository.root, "rev-parse", "d") == made.json["commit"]
    assert f"Document paged main at {commit}" in await git(repository.root, "log", "-1", "--format=%s", "d")
    assert MANIFEST in await git(repository.root, "ls-tree", "--name-only", "d")
    assert await git(repository.root, "status", "--porcelain") == ""
    same = await docrunch(stack, "docs", "write", "paged", "--commit", str(repository.root), "--branch", "d", "--json")
    assert (same.code, same.json["commit"], same.json["files"]) == (0, None, 0)


async def test_where_the_tree_is_and_what_is_wrong(stack: Stack, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "where", python_files(2, "where"))
    await stack.scan(repository.root, name="where")
    path = await docrunch(stack, "docs", "path", "where")
    assert (path.code, path.out.strip()) == (0, str(stack.home / "docs/where/main"))
    status = await docrunch(stack, "docs", "status", "where", "--json")
    assert status.code == 0, status.err
    (tree,) = status.json["trees"]
    assert (tree["ref"], tree["published"] > 3) == ("main", True)
    assert (await docrunch(stack, "docs", "status", "where")).code == 0
    unknown = await docrunch(stack, "docs", "path", "where", "--ref", "nope", "--json")
    assert (unknown.code, unknown.json["error"]["code"]) == (3, "ref_not_found")
    neither = await docrunch(stack, "docs", "write", "where", "--json")
    assert neither.code == 2
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "mine.md").write_text("precious\n")
    refused = await docrunch(stack, "docs", "write", "where", "--to", str(taken), "--json")
    assert (refused.code, held(taken)) == (5, {"mine.md": "precious\n"})
    checked_out = await docrunch(
        stack, "docs", "write", "where", "--commit", str(repository.root), "--branch", "main", "--json"
    )
    assert checked_out.code == 5
