"""The graph of a scan, to be asked. `graph_view` has those of files, and needs no database for them."""

import asyncio
from pathlib import Path

from api.operations.export_graph import FoundGraph, find_graph, load_graph
from api.operations.graph_view import Views
from api.operations.repositories import list_repositories
from db.objects import ObjectKind, ObjectStore
from db.session import Database
from docrunch.assembly.codec import decode_assembly
from docrunch.errors import DocrunchError, NotFound, ObjectMissing, UsageError
from docrunch.graph.model import GraphMetrics
from docrunch.graph.queries.view import GraphView
from docrunch.source.identity import repository_name
from docrunch.source.layout import locate
from docrunch.source.spec import parse_spec


async def find_stored(database: Database, repository: str | None, ref: str | None, here: Path) -> FoundGraph:
    """As `export_graph.find_graph`.

    Args:
        repository: None for the one that ``here`` is a working tree of, else the only one that was scanned.

    Raises:
        NotFound: the repository or the ref was never scanned.
        UsageError: several were, and none is named.
        Gone: its graph has expired.
    """
    return await find_graph(database, repository or await _only_one(database, here), ref)


async def stored_view(
    views: Views, database: Database, objects: ObjectStore, repository: str | None, ref: str | None, here: Path
) -> GraphView:
    """The graph of the scan that `find_stored` finds."""
    return await view_of(views, objects, await find_stored(database, repository, ref, here))


async def view_of(views: Views, objects: ObjectStore, found: FoundGraph) -> GraphView:
    """The graph of a scan, to be asked."""
    kept = await asyncio.to_thread(views.find, found.graph)
    if kept is not None:
        return kept
    graph, metrics = await load_graph(objects, found.graph), await _metrics(objects, found.assembly)
    return await asyncio.to_thread(views.get, found.graph, lambda: (graph, metrics))


async def _metrics(objects: ObjectStore, assembly: str | None) -> GraphMetrics | None:
    """Those that the scan computed; None where it did not, or their object is gone."""
    if assembly is None:
        return None
    try:
        data = await objects.get(ObjectKind.ASSEMBLY, assembly)
    except ObjectMissing:
        return None
    return (await asyncio.to_thread(decode_assembly, data)).metrics


async def _only_one(database: Database, here: Path) -> str:
    names = [each.repository.name for each in await list_repositories(database)]
    found = await asyncio.to_thread(_name_of, here)
    if found in names:
        return str(found)
    if not names:
        raise NotFound("no repository was scanned yet", hint="`docrunch scan .` scans this one.")
    if len(names) > 1:
        raise UsageError("which repository?", hint=f"Name one with --repo: {', '.join(names)}.")
    return names[0]


def _name_of(here: Path) -> str | None:
    """What a scan of the working tree around a directory is called."""
    root = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
    spec = parse_spec(str(root), cwd=here)
    try:
        return repository_name(spec, None, locate(root) if root is not here or (here / ".git").exists() else None)
    except DocrunchError:
        return None  # its data are not its own: a scan would refuse it
