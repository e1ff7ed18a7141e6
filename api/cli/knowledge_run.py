"""What the ``knowledge`` commands do: find the graph, ask it, print the answer."""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from api.cli import context
from api.cli.graph_run import opened_database
from api.cli.output import emit, emit_json, table
from api.operations.knowledge import Knowledge, Status, open_knowledge, statuses
from docrunch.errors import UsageError
from docrunch.storage.ports import Found

T = TypeVar("T")
SHOWN_LINES = 3
FORMATS = ("json", "graphml")


def search(
    repository: str, ref: str | None, query: str, mode: str, limit: int, keywords: Sequence[str], as_json: bool
) -> None:
    graph, found = _ask(repository, ref, lambda graph: graph.search(query, mode, limit, keywords))
    if as_json:
        emit_json({"repository": graph.repository, "ref": graph.ref, "results": msgspec.to_builtins(found)})
    else:
        emit("\n".join(map(_result, found)) if found else "Nothing in the knowledge graph is near that.")


def related(repository: str, ref: str | None, symbol: str, depth: int, limit: int, as_json: bool) -> None:
    graph, found = _ask(repository, ref, lambda graph: graph.related(symbol, depth, limit))
    if as_json:
        emit_json({"repository": graph.repository, "ref": graph.ref, "related": msgspec.to_builtins(found)})
    elif found:
        emit(table([(each.distance, ", ".join(each.types), each.title) for each in found], ("STEPS", "BY", "NAME")))
    else:
        emit("Nothing is joined to it.")


def export(repository: str, ref: str | None, form: str) -> None:
    if form not in FORMATS:
        raise UsageError(f"there is no format {form!r}", hint=f"Formats: {', '.join(FORMATS)}.")
    _, data = _ask(repository, ref, lambda graph: graph.export())
    if form == "json":
        emit_json(data)
    else:
        sys.stdout.write(graphml(data))


def graphml(data: Mapping[str, Any]) -> str:
    """Node-link data as GraphML."""
    import networkx

    graph = networkx.node_link_graph(dict(data), edges="edges")
    out = io.BytesIO()
    networkx.write_graphml_xml(graph, out)
    return out.getvalue().decode() + "\n"


def status(repository: str | None, as_json: bool) -> None:
    settings = context.connected(context.settings())

    async def look() -> Any:
        async with opened_database(settings) as database:
            return await statuses(settings, database, repository)

    found = asyncio.run(look())
    if as_json:
        emit_json({"graphs": msgspec.to_builtins(found)})
        return
    rows = [
        (each.repository, each.ref, each.health["status"], f"{each.waiting:,}", _counts(each.health)) for each in found
    ]
    header = ("REPOSITORY", "REF", "STATUS", "WAITING", "HOLDS")
    emit(table(rows, header) if rows else "Nothing was scanned yet.")
    for each in found:
        for line in _remarks(each):
            emit(line)


def _remarks(status: Status) -> list[str]:
    where, lines = f"{status.repository} {status.ref}", []
    if status.health["status"] == "gone":
        lines.append(
            f"{where}: its rows are gone; bring them back, or:"
            f" docrunch sync rebuild --repository {status.repository} --target lightrag"
        )
    elif status.health.get("unfinished"):
        lines.append(
            f"{where}: {status.health['unfinished']:,} entities are half written;"
            " whoever writes them now, or the next sync, finishes or takes them back"
        )
    if status.away:
        lines.append(f"{where}: takes no changes now: {status.away}")
    elif status.waiting:
        lines.append(f"{where}: {status.waiting:,} changes are on their way; answers are of what it holds")
    return lines


def _ask(repository: str, ref: str | None, question: Callable[[Knowledge], Awaitable[T]]) -> tuple[Knowledge, T]:
    settings = context.connected(context.settings())

    async def once() -> tuple[Knowledge, T]:
        async with opened_database(settings) as database, open_knowledge(settings, database, repository, ref) as graph:
            return graph, await question(graph)

    return asyncio.run(once())


def _result(found: Found) -> str:
    path, line = found.metadata.get("path", ""), found.metadata.get("line", "0")
    place = f"  {path}:{line}" if path and line != "0" else f"  {path}" if path else ""
    kind = found.metadata.get("kind") or found.kind
    shown = "\n".join(f"      {each[:110]}" for each in found.content.splitlines()[:SHOWN_LINES])
    return f"{found.rank:>3}. {found.title} ({kind}){place}\n{shown}"


def _counts(health: Mapping[str, Any]) -> str:
    counts = health.get("counts") or {}
    return ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items())) or "-"
