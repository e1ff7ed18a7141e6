"""What the ``graph`` commands do: find the graph, ask it, print the answer."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from api.cli import context, graph_text
from api.cli.output import emit, emit_json, say
from api.operations.graph_view import Views, file_view
from docrunch.errors import NotFound, Unreachable, UsageError
from docrunch.files import read_bounded
from docrunch.graph.queries import communities as communities_of
from docrunch.graph.queries import cycles as cycles_of
from docrunch.graph.queries import entrypoints as entrypoints_of
from docrunch.graph.queries import hierarchy, paths
from docrunch.graph.queries import impact as impact_of
from docrunch.graph.queries import markers as markers_of
from docrunch.graph.queries import outline as outline_of
from docrunch.graph.queries import rank as rank_of
from docrunch.graph.queries import unresolved as unresolved_of
from docrunch.graph.queries import unused as unused_of
from docrunch.graph.queries import who_tests as tests_of
from docrunch.graph.queries.changed import SIDES, touched
from docrunch.graph.queries.diff import MAX_DIFF_BYTES, read_diff
from docrunch.graph.queries.hotspots import BY as HISTORIC
from docrunch.graph.queries.risk import LEVELS
from docrunch.graph.queries.select import select, select_all
from docrunch.graph.queries.view import METRICS, GraphView

if TYPE_CHECKING:
    from db.session import Database
    from docrunch.config import Settings


class Where(msgspec.Struct, frozen=True):
    """Which graph is asked."""

    repository: str | None
    ref: str | None
    file: Path | None


def open_graph(where: Where) -> GraphView:
    """Raises:
    UsageError: a file and a repository are both named.
    """
    settings = context.settings()
    views = Views(settings.home / "cache" / "views")
    if where.file is not None:
        if where.repository or where.ref:
            raise UsageError("--from names a graph by itself", hint="Leave --repo and --ref out.")
        return file_view(views, where.file)
    return asyncio.run(_stored(context.connected(settings), views, where))


@asynccontextmanager
async def opened_database(settings: "Settings") -> AsyncIterator["Database"]:
    from db.session import Database

    if settings.database.url is None:
        raise Unreachable("no database is configured", hint="Run `docrunch up`.")
    database = Database(settings.database.url.get_secret_value(), "cli")
    try:
        yield database
    finally:
        await database.close()


async def _stored(settings: "Settings", views: Views, where: Where) -> GraphView:
    from api.operations.stored_view import stored_view
    from db.objects import ObjectStore

    async with opened_database(settings) as database:
        objects = ObjectStore(settings.objects_url)
        return await stored_view(views, database, objects, where.repository, where.ref, Path.cwd())


def answer(view: GraphView, found: msgspec.Struct | dict[str, Any]) -> dict[str, Any]:
    """The object that ``--json`` prints."""
    made: dict[str, Any] = msgspec.to_builtins(found)
    return {"repository": view.repository, "commit": view.commit, **made}


def print_answer(view: GraphView, found: msgspec.Struct | dict[str, Any], as_json: bool, text: str) -> None:
    if as_json:
        emit_json(answer(view, found))
    elif text:
        emit(text)


def callers(
    where: Where, symbol: str, depth: int, heuristic: bool, limit: int, as_json: bool, *, incoming: bool
) -> None:
    view = open_graph(where)
    ask = hierarchy.callers if incoming else hierarchy.callees
    found = ask(view, select(view, symbol), depth=depth, heuristic=heuristic, limit=limit)
    print_answer(view, found, as_json, graph_text.calls(found, incoming=incoming))


def path(where: Where, source: str, target: str, heuristic: bool, as_json: bool) -> bool:
    view = open_graph(where)
    found = paths.shortest_path(view, select(view, source), select(view, target), heuristic=heuristic)
    print_answer(view, found, as_json, graph_text.path(found))
    return found.links is not None


def impact(
    where: Where,
    symbols: Sequence[str],
    diff: str | None,
    side: str,
    depth: int,
    heuristic: bool,
    fail_on: str | None,
    limit: int,
    as_json: bool,
) -> int:
    """The exit code.

    Raises:
        UsageError: nothing is named, or an option has no such value.
    """
    from docrunch.documentation.affected import pages_of  # 0.1 s that no other question costs

    _known("--fail-on", fail_on, LEVELS)
    _known("--side", side, SIDES)
    if not symbols and diff is None:
        raise UsageError("the impact of what?", hint="Name symbols or paths, or pass a diff with --diff -.")
    files = read_diff(_diff(diff)) if diff is not None else ()
    view = open_graph(where)
    hit = touched(view, files, side)
    changed = [*select_all(view, symbols), *hit.whole]
    found = impact_of.impact(view, changed, parts=hit.nodes, max_depth=depth, heuristic=heuristic)
    reached = (view.number(each.symbol.id) for level in found.by_depth for each in level)
    nodes = [*view.within(changed).tolist(), *hit.nodes, *(node for node in reached if node is not None)]
    pages = pages_of(view, nodes)
    made = {**msgspec.to_builtins(found), "documentation": pages, "unknown_files": hit.unknown}
    print_answer(view, made, as_json, graph_text.impact(found, pages, hit.unknown, limit))
    if fail_on is not None and LEVELS.index(found.risk.level) >= LEVELS.index(fail_on):
        say(f"The risk is {found.risk.level} ({found.risk.score} points): --fail-on {fail_on}.")
        return 1
    return 0


def _diff(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(MAX_DIFF_BYTES + 1)
    try:
        return read_bounded(Path(name), MAX_DIFF_BYTES + 1)
    except OSError as error:
        raise NotFound(f"cannot read {name}: {error.strerror}", hint="--diff - reads from stdin.") from error


def _known(option: str, value: str | None, values: Sequence[str]) -> None:
    if value is not None and value not in values:
        raise UsageError(f"{option} {value} is not known", hint=f"One of: {', '.join(values)}.")


def who_tests(where: Where, symbols: Sequence[str], depth: int, heuristic: bool, limit: int, as_json: bool) -> None:
    view = open_graph(where)
    found = tests_of.who_tests(view, select_all(view, symbols), max_depth=depth, heuristic=heuristic, limit=limit)
    print_answer(view, found, as_json, graph_text.tests(found))


def cycles(where: Where, as_json: bool) -> bool:
    view = open_graph(where)
    found = cycles_of.cycles(view)
    print_answer(view, {"cycles": found}, as_json, graph_text.cycles(found))
    return bool(found)


def unused(where: Where, exported: bool, likely: bool, under: str, limit: int, as_json: bool) -> bool:
    view = open_graph(where)
    found = unused_of.unused(view, exported=exported, under=_path(under), likely=likely, limit=limit)
    print_answer(view, found, as_json, graph_text.unused(found))
    return bool(found.total)


def _path(under: str) -> str:
    return "" if under == "." else under.removeprefix("./").rstrip("/")


def markers(where: Where, kinds: Sequence[str], under: str, limit: int, as_json: bool) -> bool:
    kinds = [kind.upper() for kind in kinds]
    for kind in kinds:
        _known("--kind", kind, markers_of.KINDS)
    view = open_graph(where)
    found = markers_of.markers(view, kinds, under=_path(under), limit=limit)
    print_answer(view, found, as_json, graph_text.markers(found))
    return bool(found.total)


def unresolved(where: Where, under: str, limit: int, as_json: bool) -> None:
    view = open_graph(where)
    found = unresolved_of.unresolved(view, under=_path(under), limit=limit)
    print_answer(view, found, as_json, graph_text.unresolved(found))


def entrypoints(
    where: Where, kinds: Sequence[str], under: str, frameworks: Sequence[str], limit: int, as_json: bool
) -> None:
    for kind in kinds:
        _known("--kind", kind, (*entrypoints_of.KINDS, "all"))
    view = open_graph(where)
    wanted = entrypoints_of.KINDS if "all" in kinds else kinds or entrypoints_of.DEFAULT_KINDS
    found = entrypoints_of.entrypoints(view, wanted, _path(under), frameworks)
    shown = found[:limit] if limit else found
    print_answer(view, {"entry_points": shown, "total": len(found)}, as_json, graph_text.entrypoints(shown, len(found)))


def rank(where: Where, of: str, by: str, tests: bool, limit: int, as_json: bool) -> None:
    _known("--of", of, rank_of.OF)
    _known("--by", by, [*(name for name in METRICS if name != "community"), *HISTORIC])
    view = open_graph(where)
    found = rank_of.rank(view, of=of, by=by, tests=tests, limit=limit)
    print_answer(view, {"ranked": found}, as_json, graph_text.ranked(found, by))


def outline(where: Where, symbol: str, depth: int, as_json: bool) -> None:
    view = open_graph(where)
    found = tuple(item for node in select(view, symbol) for item in outline_of.outline(view, node, depth=depth))
    print_answer(view, {"items": found}, as_json, graph_text.outline(found))


def communities(where: Where, limit: int, as_json: bool) -> None:
    view = open_graph(where)
    found = communities_of.communities(view, limit=limit)
    print_answer(view, {"communities": found}, as_json, graph_text.communities(found))
