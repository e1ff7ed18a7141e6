"""Each form of source by the workflow, and what is kept of it; the docpack equals that of the offline run."""

import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

from docrunch.docpack.read import read_docpack
from tests.support.repositories import Repository, python_files
from tests.support.stack import Scanned, Stack


@pytest.fixture
def repository(tmp_path: Path, request: pytest.FixtureRequest) -> Repository:
    salt = "s" + "".join(char for char in request.node.name if char.isalnum())[-20:].lower()
    return Repository(tmp_path / salt, python_files(3, salt))


async def equal_to_offline(stack: Stack, source: Path, **order: object) -> Scanned:
    found = await stack.scan(source, **order)
    _, offline = await stack.offline(source, **order)  # type: ignore[arg-type]
    assert found.outcome == "completed"
    assert found.docpack.read_bytes() == (offline / "run.docpack").read_bytes()
    assert await stack.leftovers() == {}
    return found


async def kept_as(stack: Stack, found: Scanned) -> tuple[str, int]:
    """Status of the scan, and how many files the tables hold for its repository."""
    assert found.end.result
    assert found.end.result.source
    name = found.end.result.source.repository
    status = await stack.value("SELECT s.status FROM scan_runs s JOIN jobs j ON j.scan_id = s.id WHERE j.run_id = $1",
                               found.started.run_id)  # fmt: skip
    files = await stack.value(
        "SELECT count(*) FROM files f JOIN refs r ON r.id = f.ref_id JOIN repositories p ON p.id = r.repository_id"
        " WHERE p.name = $1",
        name,
    )
    return status, files


async def test_without_embeddings(stack: Stack, repository: Repository) -> None:
    found = await equal_to_offline(stack, repository.root, embeddings=False)
    pack = read_docpack(found.docpack)
    assert pack.embeddings is None
    assert found.end.result
    assert found.end.result.counts.texts == 0
    assert await kept_as(stack, found) == ("published", 4)


async def test_the_working_tree(stack: Stack, repository: Repository) -> None:
    """Uncommitted changes count; the commit says that it is dirty, and the branch is not touched."""
    repository.write({"extra.py": "def extra() -> None:\n    pass\n"})
    found = await equal_to_offline(stack, repository.root, ref="@worktree")
    assert "+dirty:" in read_docpack(found.docpack).manifest.commit
    assert await kept_as(stack, found) == ("published", 5)


async def test_a_tag(stack: Stack, repository: Repository) -> None:
    repository.git("tag", "v1")
    repository.commit({"later.py": "x = 1\n"})
    found = await equal_to_offline(stack, repository.root, ref="v1")
    assert await kept_as(stack, found) == ("published", 4)


async def test_a_bare_sha_is_kept_as_an_object_only(stack: Stack, repository: Repository) -> None:
    sha = repository.git("rev-parse", "HEAD")
    found = await equal_to_offline(stack, repository.root, ref=sha)
    assert await kept_as(stack, found) == ("stored", 0)
    assert found.end.result
    assert found.end.result.scan
    assert not found.end.result.scan.publish.published


async def test_a_directory_and_its_archives_are_one_tree(stack: Stack, repository: Repository, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    shutil.copytree(repository.root, plain, ignore=shutil.ignore_patterns(".git"))
    zipped, tarred = tmp_path / "plain.zip", tmp_path / "plain.tar.gz"
    with zipfile.ZipFile(zipped, "w") as archive:
        for path in sorted(plain.rglob("*")):
            archive.write(path, path.relative_to(plain))
    with tarfile.open(tarred, "w:gz") as tar:
        tar.add(plain, ".")
    packs = [(await equal_to_offline(stack, source, name="plain")).docpack for source in (plain, zipped, tarred)]
    ids = {read_docpack(pack).manifest.id for pack in packs}
    assert len(ids) == 1


async def test_a_subdirectory(stack: Stack, repository: Repository) -> None:
    found = await equal_to_offline(stack, repository.root, path=repository.root.name)
    sources = read_docpack(found.docpack).source_map
    assert all("README" not in path for path in sources.files)


async def test_a_source_without_a_file_to_parse(stack: Stack, tmp_path: Path) -> None:
    """What was skipped is still listed, in the docpack and among the events."""
    source = tmp_path / "bare"
    source.mkdir()
    (source / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    found = await equal_to_offline(stack, source)
    assert [each.path for each in read_docpack(found.docpack).manifest.skipped_files] == ["logo.png"]
    assert await stack.rows(
        "SELECT payload ->> 'paths' AS paths FROM events WHERE job_id = $1 AND kind = 'ingest.file_skipped.v1'",
        found.started.workflow_id,
    ) == [{"paths": '["logo.png"]'}]


async def test_an_empty_repository_of_one_empty_file(stack: Stack, tmp_path: Path) -> None:
    await equal_to_offline(stack, Repository(tmp_path / "hollow", {"empty.py": ""}).root)
