"""Whether the argument of ``export graph`` is a scanned repository or a source."""

import asyncio
import os
from pathlib import Path

from api.cli import context
from api.cli.output import say
from api.operations.export_graph import StoredGraph, source_graph, stored_graph
from db.objects import ObjectStore
from db.session import Database
from docrunch.config import Settings
from docrunch.errors import Unreachable
from docrunch.graph.model import Graph
from docrunch.options import ScanOptions
from docrunch.source.spec import parse_spec


def load_graph(what: str, ref: str | None) -> Graph:
    """A path or an https address is a source; anything else names a scanned repository."""
    settings = context.settings()
    if what.startswith("https://") or (os.sep in what and Path(what).expanduser().exists()) or what in {".", ".."}:
        options = ScanOptions(limits=settings.limits.to_limits())
        processes = settings.workers.parse_processes or os.cpu_count() or 1
        spec = parse_spec(what, cwd=Path.cwd())
        return source_graph(spec, ref, None, options, settings.source.to_policy(), processes)
    found = asyncio.run(_stored(context.connected(settings), what, ref))
    say(f"{found.repository}: {found.ref} @ {found.commit[:12]}")
    return found.graph


async def _stored(settings: Settings, what: str, ref: str | None) -> StoredGraph:
    if settings.database.url is None:
        raise Unreachable("no database is configured", hint="Run `docrunch up`.")
    database = Database(settings.database.url.get_secret_value(), "cli")
    try:
        return await stored_graph(database, ObjectStore(settings.objects_url), what, ref)
    finally:
        await database.close()
