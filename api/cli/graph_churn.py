"""``graph rank --by churn``: the one question whose answer is in no graph."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli import context, graph_text
from api.cli.graph_run import Where, open_graph, opened_database, print_answer
from api.operations.churn import local_churn, stored_churn
from api.operations.graph_view import Views
from docrunch.errors import UsageError
from docrunch.graph.queries.hotspots import hotspots
from docrunch.graph.queries.view import GraphView
from docrunch.source.churn import Churn

if TYPE_CHECKING:
    from docrunch.config import Settings


def rank(where: Where, of: str, by: str, tests: bool, limit: int, history: Path | None, as_json: bool) -> None:
    if of != "file":
        raise UsageError(f"{by} is known of files only", hint="Write --of file, or leave it out.")
    view, churn = _open(where, history)
    found = hotspots(view, churn.files, by=by, tests=tests, limit=limit)
    window = {"since": churn.since.isoformat(), "commits": churn.commits, "complete": churn.complete}
    print_answer(view, {"window": window, "ranked": found}, as_json, graph_text.hotspots(found, by, churn))


def _open(where: Where, history: Path | None) -> tuple[GraphView, Churn]:
    if history is not None:
        view = open_graph(where)
        return view, local_churn(view, history)
    if where.file is not None:
        raise UsageError(
            "churn is in no export and no docpack, which are equal for clones with and without history",
            hint="Name a clone to read it from: --history DIR. Or ask the running stack: leave --from out.",
        )
    settings = context.settings()
    return asyncio.run(_stored(context.connected(settings), Views(settings.home / "cache" / "views"), where))


async def _stored(settings: "Settings", views: Views, where: Where) -> tuple[GraphView, Churn]:
    from api.operations.stored_view import find_stored, view_of
    from db.objects import ObjectStore

    async with opened_database(settings) as database:
        found = await find_stored(database, where.repository, where.ref, Path.cwd())
        churn = await stored_churn(database, found)
        return await view_of(views, ObjectStore(settings.objects_url), found), churn
