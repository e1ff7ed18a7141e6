"""Whether the argument of ``export graph`` is a scanned repository or a source, and its graph either way."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from api.cli import context
from api.cli.output import say
from api.operations.export_graph import SCIP, StoredGraph, source_graph, stored_graph, stored_tree
from db.objects import ObjectStore
from db.session import Database
from docrunch.config import Settings
from docrunch.errors import Unreachable, UsageError
from docrunch.graph.model import Graph
from docrunch.options import ScanOptions
from docrunch.source.model import TreeReader
from docrunch.source.spec import parse_spec


@contextmanager
def open_graph(
    what: str, ref: str | None, format_name: str, scip: Sequence[Path]
) -> Iterator[tuple[Graph, TreeReader | None]]:
    """A graph, and its tree where the format needs it.

    A path or an https address is a source; anything else names a scanned repository.
    """
    settings = context.settings()
    if what.startswith("https://") or (os.sep in what and Path(what).expanduser().exists()) or what in {".", ".."}:
        options = ScanOptions(limits=settings.limits.to_limits())
        processes = settings.workers.parse_processes or os.cpu_count() or 1
        spec = parse_spec(what, cwd=Path.cwd())
        with source_graph(spec, ref, options, settings.source.to_policy(), processes, scip) as found:
            yield found
        return
    if scip:
        raise UsageError("--scip needs a source: the graph of a scanned repository is made already")
    stored, tree = asyncio.run(_stored(context.connected(settings), what, ref, with_tree=format_name == SCIP))
    say(f"{stored.repository}: {stored.ref} @ {stored.commit[:12]}")
    yield stored.graph, tree


async def _stored(
    settings: Settings, what: str, ref: str | None, *, with_tree: bool
) -> tuple[StoredGraph, TreeReader | None]:
    if settings.database.url is None:
        raise Unreachable("no database is configured", hint="Run `docrunch up`.")
    database = Database(settings.database.url.get_secret_value(), "cli")
    objects = ObjectStore(settings.objects_url)
    try:
        found = await stored_graph(database, objects, what, ref)
        return found, await stored_tree(objects, found.tree) if with_tree else None
    finally:
        await database.close()
