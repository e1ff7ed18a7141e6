"""The graph of a scan in the database answers as the one that was linked, at every ref and commit that is kept."""

import subprocess
from pathlib import Path

import msgspec
import pytest

from api.operations.graph_view import Views
from api.operations.stored_view import stored_view
from db.objects import ObjectKind, ObjectStore, reference
from db.repositories import scans
from db.session import Database
from docrunch.errors import NotFound, RefNotFound, UsageError
from docrunch.graph.model import Graph
from docrunch.graph.queries.impact import impact
from docrunch.graph.queries.index import build
from docrunch.graph.queries.markers import markers
from docrunch.graph.queries.select import select
from docrunch.graph.queries.unresolved import unresolved
from docrunch.graph.queries.unused import unused
from docrunch.graph.queries.view import GraphView
from docrunch.graph.shards import split
from tests.support.publishing import opened, repository, rows
from tests.unit.docrunch.graph.conftest import make_world

pytestmark = pytest.mark.integration

OLD = {"m.py": "def low(): ...  # TODO: more\ndef top(): low()\n", "test_m.py": "import m\ndef test_top(): m.top()\n"}
NEW = {**OLD, "n.py": "import m\ndef _more(): m.low()\n"}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True)


async def keep(database: Database, objects: ObjectStore, graph: Graph, *, ref: str = "main") -> None:
    """A published scan of a ref whose graph is this one."""
    from db.publish import publish_scan

    scan = await opened(database, await repository(database, "a/shop"), ref=ref)
    parts = split(graph)
    await objects.put_many(ObjectKind.SHARD, parts.shards.values())
    sha = await objects.put(ObjectKind.GRAPH, parts.index)
    await publish_scan(database, scan.id, rows(2))
    async with database.transaction() as connection:
        await scans.record(
            connection,
            scan.id,
            objects={"graph": reference(ObjectKind.GRAPH, sha), "tree": reference(ObjectKind.TREE, sha)},
        )
        await scans.close_scan(connection, scan.id, "completed")


def answers(view: GraphView) -> bytes:
    return msgspec.json.encode([impact(view, select(view, "m.low")), unused(view), markers(view), unresolved(view)])


async def test_every_ref_is_asked_by_its_name(database: Database, tmp_path: Path) -> None:
    objects, views = ObjectStore(tmp_path / "objects"), Views(tmp_path / "views")
    old, new = make_world(OLD).graph, make_world(NEW).graph
    await keep(database, objects, old, ref="v1")
    await keep(database, objects, new, ref="main")
    for ref, graph in (("v1", old), ("main", new)):
        for _ in range(2):  # the second time from the kept view
            view = await stored_view(views, database, objects, "shop", ref, tmp_path)
            assert answers(view) == answers(build(graph, None))
    assert len(list((tmp_path / "views").glob("*.view"))) == 2


async def test_the_one_repository_need_not_be_named(database: Database, tmp_path: Path) -> None:
    objects, views = ObjectStore(tmp_path / "objects"), Views(tmp_path / "views")
    with pytest.raises(NotFound, match="no repository was scanned yet"):
        await stored_view(views, database, objects, None, None, tmp_path)
    await keep(database, objects, make_world(OLD).graph)
    assert (await stored_view(views, database, objects, None, None, tmp_path)).repository == "host/owner/world"
    with pytest.raises(RefNotFound):
        await stored_view(views, database, objects, None, "elsewhere", tmp_path)
    await repository(database, "a/other")
    with pytest.raises(UsageError, match="which repository"):
        await stored_view(views, database, objects, None, None, tmp_path)


async def test_the_repository_around_the_working_directory_is_meant(database: Database, tmp_path: Path) -> None:
    objects, views = ObjectStore(tmp_path / "objects"), Views(tmp_path / "views")
    await keep(database, objects, make_world(OLD).graph)
    await repository(database, "github.com/o/other")
    inside = tmp_path / "tree" / "src"
    inside.mkdir(parents=True)
    git(tmp_path / "tree", "init", "-q")
    git(tmp_path / "tree", "remote", "add", "origin", "https://github.com/o/other.git")
    with pytest.raises(RefNotFound, match="github.com/o/other"):
        await stored_view(views, database, objects, None, None, inside)
