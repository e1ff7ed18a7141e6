"""Pages of a registered docpack reach the table, the outbox and the tree: what changed, once, in one transaction."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from activities.projections.target import Sample, Target, TargetContext, Workspace, make_target
from db.bulk import fetch_one
from db.cleanup import live_objects
from db.events.store import event_id
from db.objects import ObjectKind, ObjectStore, reference
from db.page_texts import PageReader
from db.publishing.payload import decode_page
from db.repositories.pages import list_pages, page_objects
from db.repositories.removal import remove_repository
from db.session import Database
from docrunch.config import Settings
from docrunch.documentation.bundle import encode_pages
from docrunch.documentation.entity import page_entity
from docrunch.documentation.model import Page
from docrunch.documentation.tree.names import MANIFEST
from docrunch.errors import Failed
from docrunch.storage.model import Action, EntityType
from tests.support.page_world import outbox, project, register, render_pages, scan_and_register, told
from tests.support.publish_world import PublishWorld, publish_world

pytestmark = pytest.mark.integration


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[PublishWorld]:
    root = tmp_path / "src"
    for name in ("a", "b", "c"):
        write(
            root, f"pkg/{name}.py", f'"""Module {name}."""\n\n\ndef f{name}(x):\n    """Does {name}."""\n    return x\n'
        )
    write(root, "README.md", "# Demo\n\nWhat this is good for, in more than three words.\n")
    made = await publish_world(database, tmp_path, "demo", root, ObjectStore("memory://"))
    yield made
    made.facts.close()


def write(root: Path, path: str, content: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(content)


async def ref_of(world: PublishWorld) -> int:
    async with world.database.transaction() as connection:
        row = await fetch_one(connection, "SELECT id FROM refs WHERE repository_id = $1", world.owner.id)
    assert row is not None
    return int(row["id"])


async def workspace(world: PublishWorld, generation: int = 1) -> Workspace:
    return Workspace(world.owner.id, world.owner.slug, await ref_of(world), "main", generation)


def markdown(world: PublishWorld, tmp_path: Path, **settings: object) -> Target:
    changed = Settings().with_changes({"home": tmp_path / "home", **settings})
    return make_target("markdown", TargetContext(changed, world.database, world.objects))


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout


def path_of(page: str) -> str:
    """``modules/pkg.a-abcdefgh.md`` → ``a``."""
    return page.rpartition("-")[0].rpartition("/")[2].rpartition(".")[2].rpartition("-")[2]


def held(root: Path) -> dict[str, str]:
    found = {p.relative_to(root).as_posix(): p for p in root.rglob("*") if p.is_file() and p.name != MANIFEST}
    return {path: file.read_text() for path, file in sorted(found.items())}


async def test_every_page_is_a_row_an_outbox_row_and_part_of_one_event(world: PublishWorld) -> None:
    pages = await scan_and_register(world)
    rows = await outbox(world)
    assert [change.key for _, change, _ in rows] == [page.path for page in pages]
    assert [decode_page(change.payload) for _, change, _ in rows] == [page_entity(page) for page in pages]
    assert all(change.content_hash == decode_page(change.payload).content_hash for _, change, _ in rows)
    async with world.database.transaction() as connection:
        stored = await list_pages(connection, await ref_of(world))
    assert [(row.path, row.kind) for row in stored][:2] == [
        ("architecture.md", "architecture"),
        (stored[1].path, "function"),
    ]
    assert {row.kind for row in stored} == {"architecture", "function", "index", "module", "module_index"}
    assert next(row.title for row in stored if row.kind == "index") == "demo"
    (event,) = [event for event in await told(world, "sync.enqueued.v1") if event.payload["count"] == len(pages)]
    assert (event.payload["first"], event.payload["last"]) == (rows[0][0], rows[-1][0])
    scan_id = event.payload["scan_id"]
    assert event.parent_id == event_id(f"scan:{scan_id}:pack:completed")
    assert event.event_id == event_id(f"sync.enqueued:{scan_id}:pages")
    packed = await told(world, "pack.completed.v1")
    assert packed[0].event_id == event.parent_id


async def test_only_what_changed_is_told_again(world: PublishWorld) -> None:
    before = {page.path: page.text for page in await scan_and_register(world)}
    (last, _, _), *_ = (await outbox(world))[::-1]
    write(world.root, "pkg/a.py", '"""Module a, another."""\n\n\ndef fa(x):\n    """Does a."""\n    return x\n')
    (world.root / "pkg/c.py").unlink()
    now = {page.path: page.text for page in await scan_and_register(world)}
    expected = dict.fromkeys(before.keys() - now.keys(), Action.DELETE)
    expected |= {path: Action.UPSERT for path, body in now.items() if before.get(path) != body}
    assert {change.key: change.action for _, change, _ in await outbox(world, last)} == expected
    assert 0 < len(expected) < len(now)
    async with world.database.transaction() as connection:
        assert len(await page_objects(connection)) == 1
        stored = await list_pages(connection, await ref_of(world))
    assert [row.path for row in stored] == sorted(now)


async def test_registering_the_same_again_writes_nothing(world: PublishWorld) -> None:
    request = await world.scan()
    await world.publish(request)
    pages = await render_pages(world, request)
    await register(world, request, pages)
    rows, events = len(await outbox(world)), len(await told(world, "sync.enqueued.v1"))
    await register(world, request, pages)
    again = await world.scan()
    await world.publish(again)
    await register(world, again, pages)
    assert (len(await outbox(world)), len(await told(world, "sync.enqueued.v1"))) == (rows, events + 1)  # the publish


async def test_a_scan_that_its_ref_does_not_show_changes_no_page(world: PublishWorld) -> None:
    """An older one that packs late, one of a sha, and one whose docpack is not registered yet."""
    older = await world.scan()
    await world.publish(older)
    pages = await render_pages(world, older)
    newer = await world.scan()
    await world.publish(newer)
    await register(world, older, pages)
    loose = await world.scan(declared=False)
    await world.publish(loose)
    await register(world, loose, pages)
    assert await outbox(world) == []
    await register(world, newer, pages)
    assert len(await outbox(world)) == len(pages)


async def test_a_registration_that_fails_leaves_no_page(world: PublishWorld) -> None:
    request = await world.scan()
    await world.publish(request)
    pages = await render_pages(world, request)
    async with world.database.transaction() as connection:
        await connection.execute(text("ALTER TABLE docpacks ADD CONSTRAINT no CHECK (bytes < 0)"))
    with pytest.raises(Exception, match="violates check"):
        await register(world, request, pages)
    assert await outbox(world) == []
    async with world.database.transaction() as connection:
        assert await list_pages(connection, await ref_of(world)) == []


async def test_two_attempts_at_once_write_it_once(world: PublishWorld) -> None:
    request = await world.scan()
    await world.publish(request)
    pages = await render_pages(world, request)
    await asyncio.gather(*(register(world, request, pages) for _ in range(4)))
    assert len(await outbox(world)) == len(pages)


async def test_the_texts_live_as_long_as_the_pages(world: PublishWorld) -> None:
    pages = await scan_and_register(world)
    async with world.database.transaction() as connection:
        (docs,) = await page_objects(connection)
        await connection.execute(text("UPDATE scan_runs SET status = 'expired'"))
        await connection.execute(text("DELETE FROM docpacks"))
        assert reference(ObjectKind.DOCS, docs) in await live_objects(connection)
        report = await remove_repository(connection, world.owner.id, "demo")
        assert (report.removed["pages"], reference(ObjectKind.DOCS, docs) in report.objects) == (len(pages), True)
        assert reference(ObjectKind.DOCS, docs) not in await live_objects(connection)


async def test_the_truth_is_read_in_pages(world: PublishWorld) -> None:
    pages = await scan_and_register(world)
    reader, ref_id = PageReader(world.database, world.objects), await ref_of(world)
    found = []
    while part := await reader.read(ref_id, after=found[-1].path if found else "", limit=3):
        found += part
    assert found == [page_entity(page) for page in pages]
    other = await world.objects.put(ObjectKind.DOCS, encode_pages([Page("index.md", "else\n")]))
    async with world.database.transaction() as connection:
        await connection.execute(text("UPDATE pages SET object = :other"), {"other": other})
    with pytest.raises(Failed, match="does not hold"):
        await reader.read(ref_id)


async def test_the_tree_follows_two_scans(world: PublishWorld, tmp_path: Path) -> None:
    target = markdown(world, tmp_path)
    first = {page.path: page.text for page in await scan_and_register(world)}
    space = await workspace(world)
    done = await project(target, world, space)
    root = tmp_path / "home/docs/demo/main"
    assert done.failed == {}
    assert held(root) == first
    last = (await outbox(world))[-1][0]
    assert (await project(target, world, space)).writes.files == 0
    (edited,) = [path for path in first if path.startswith("modules/") and path_of(path) == "a"]
    (root / edited).write_text("mine\n")
    write(world.root, "pkg/a.py", '"""Module a, another."""\n\n\ndef fa(x):\n    """Does a."""\n    return x\n')
    (world.root / "pkg/c.py").unlink()
    second = {page.path: page.text for page in await scan_and_register(world)}
    done = await project(target, world, space, last)
    assert held(root) == {**second, edited: "mine\n", f"{edited}.new": second[edited]}
    assert done.writes.files >= len(await outbox(world, last))
    assert (await project(target, world, space, last)).writes.files == 0
    expected = {(EntityType.PAGE, path): page_entity(Page(path, body)).content_hash for path, body in second.items()}
    drift = await target.verify(Sample(space, expected))
    assert (drift.total, drift.counts["edited"], drift.counts["beside"]) == (0, 1, 1)
    (root / "architecture.md").unlink()
    drift = await target.verify(Sample(space, expected))
    assert drift.missing == ("architecture.md",)


async def test_the_tree_of_a_rebuild_is_that_of_the_outbox(world: PublishWorld, tmp_path: Path) -> None:
    target = markdown(world, tmp_path)
    pages = {page.path: page.text for page in await scan_and_register(world)}
    old, new = await workspace(world), await workspace(world, 2)
    await project(target, world, old)
    await target.rebuild(new)
    await project(target, world, new)
    await target.activate(new)
    assert await target.drop(old) == len(pages)
    root = tmp_path / "home/docs/demo/main"
    assert (held(root), root.readlink().name) == (pages, f".{new.key}")
    assert await target.recover() == 0
    assert await target.left(world.owner.id) == {"trees": 1, "links": 1}
    await target.drop(new)
    assert await target.left(world.owner.id) == {}


async def test_a_place_that_fails_is_no_fault_of_a_page(world: PublishWorld, tmp_path: Path) -> None:
    await scan_and_register(world)
    (tmp_path / "file").write_text("no directory\n")
    target = markdown(world, tmp_path, **{"storage.markdown.path": tmp_path / "file"})
    with pytest.raises(Exception, match="cannot be written") as caught:
        await project(target, world, await workspace(world))
    assert type(caught.value).__name__ == "TargetUnreachable"


async def test_pages_go_to_a_branch(world: PublishWorld, tmp_path: Path) -> None:
    (tmp_path / "git").mkdir()
    git(tmp_path / "git", "init", "-q")
    target = markdown(world, tmp_path, **{"storage.markdown.repository": tmp_path / "git"})
    pages = await scan_and_register(world)
    done = await project(target, world, await workspace(world), size=1_000)
    assert (done.failed, done.writes.files) == ({}, len(pages))
    log = git(tmp_path / "git", "log", "--format=%an %s", "docrunch-docs")
    assert log.startswith("Docrunch Document demo main at tree:")
    assert (await project(target, world, await workspace(world), size=1_000)).writes.files == 0
    shown = git(tmp_path / "git", "show", "docrunch-docs:demo/main/index.md")
    assert shown == next(page.text for page in pages if page.path == "index.md")
    assert (await target.health())["branch"] == "docrunch-docs"
