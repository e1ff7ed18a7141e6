"""The graph to ask: that of a ref or commit, of a file, each kept in arrays once it was asked for.

A view is kept below ``DOCRUNCH_HOME/cache`` under the hash of what it was made from, so that it is never out of date;
it can be deleted at any time.
"""

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from api.operations.export_graph import find_graph, load_graph
from api.operations.repositories import list_repositories
from db.objects import ObjectKind, ObjectStore
from db.session import Database
from docrunch.assembly.codec import decode_assembly
from docrunch.canonical import sha256_hex
from docrunch.errors import DocrunchError, Failed, InvalidArchive, NotFound, ObjectMissing, UsageError
from docrunch.files import atomic_file
from docrunch.graph.model import Graph, GraphMetrics
from docrunch.graph.queries.index import build
from docrunch.graph.queries.sources import MADE_BY, read_file
from docrunch.graph.queries.stored import VERSION, open_view, write_view
from docrunch.graph.queries.view import GraphView
from docrunch.source.identity import repository_name
from docrunch.source.layout import locate
from docrunch.source.spec import parse_spec

KEPT = 24  # views; the oldest go first


class Views:
    """Args: ``folder`` may be missing or read-only; then nothing is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> GraphView | None:
        path = self._path(key)
        try:
            view = open_view(path)
        except (OSError, InvalidArchive):
            return None
        with suppress(OSError):
            path.touch()
        return view

    def keep(self, key: str, view: GraphView) -> None:
        path = self._path(key)
        with suppress(OSError, DocrunchError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with atomic_file(path, mode=0o600) as out:
                write_view(view, out)
            kept = sorted(self._folder.glob("*.view"), key=lambda each: each.stat().st_mtime, reverse=True)
            for old in kept[KEPT:]:
                old.unlink(missing_ok=True)

    def get(self, key: str, read: Callable[[], tuple[Graph, GraphMetrics | None]]) -> GraphView:
        found = self.find(key)
        if found is None:
            found = build(*read())
            self.keep(key, found)
        return found

    def _path(self, key: str) -> Path:
        return self._folder / f"{sha256_hex(f'{VERSION} {key}'.encode())}.view"


def file_view(views: Views, path: Path) -> GraphView:
    """The graph of an exported ``graph.jsonl`` or a docpack.

    Raises:
        NotFound: there is no such file.
        InvalidArchive: it holds no graph, or a damaged one.
    """
    try:
        with path.open("rb") as file:
            key = hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"there is no file {path}", hint=MADE_BY) from error
    except OSError as error:
        raise Failed(f"cannot read {path}: {error.strerror}") from error
    return views.get(f"file {key}", lambda: read_file(path))


async def stored_view(
    views: Views, database: Database, objects: ObjectStore, repository: str | None, ref: str | None, here: Path
) -> GraphView:
    """The graph of a scan, as `export_graph.find_graph` finds it.

    Args:
        repository: None for the one that ``here`` is a working tree of, else the only one that was scanned.

    Raises:
        NotFound: the repository or the ref was never scanned.
        UsageError: several were, and none is named.
        Gone: its graph has expired.
    """
    name = repository or await _only_one(database, here)
    found = await find_graph(database, name, ref)
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
