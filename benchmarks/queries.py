"""Questions to a graph of 100,000 symbols: in memory, from a mapped view, and through the database of a scan.

    python -m benchmarks.queries [FILES]

Each kind of question is asked of random symbols; printed are the median and the 95th percentile in milliseconds. Bar:
p95 ≤ 30 ms. The view is built once for a graph and then kept.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from api.operations.graph_view import Views
from api.operations.stored_view import stored_view
from benchmarks.graph import module_text
from db.embedded import EmbeddedPostgres
from db.migrations import migrate
from db.objects import ObjectKind, ObjectStore, reference
from db.repositories.projects import upsert_repository
from db.repositories.scans import ScanRequest, close_scan, open_scan, record
from db.session import Database
from docrunch.graph.link import link
from docrunch.graph.model import Graph
from docrunch.graph.queries.cycles import cycles
from docrunch.graph.queries.entrypoints import KINDS, entrypoints
from docrunch.graph.queries.hierarchy import callees, callers
from docrunch.graph.queries.impact import impact
from docrunch.graph.queries.index import build
from docrunch.graph.queries.outline import outline
from docrunch.graph.queries.paths import shortest_path
from docrunch.graph.queries.rank import rank
from docrunch.graph.queries.select import select
from docrunch.graph.queries.stored import open_view
from docrunch.graph.queries.unused import unused
from docrunch.graph.queries.view import GraphView
from docrunch.graph.queries.who_tests import who_tests
from docrunch.graph.shards import split
from docrunch.options import Limits
from docrunch.parsing.extract import extract
from docrunch.source.model import FileEntry, SourceKind, SourceRef
from tests.support.postgres import free_port

FILES = 5_000  # 20 symbols each
ASKED = 60
BAR_MS = 30.0


def graph_of(files: int) -> Graph:
    paths = ["pkg/__init__.py", *(f"pkg/m{number}.py" for number in range(files))]
    texts = [b"", *(module_text(number, files).encode() for number in range(files))]
    entries = [FileEntry(path, len(text), language="python") for path, text in zip(paths, texts, strict=True)]
    facts = {path: extract(text, "python", Limits()) for path, text in zip(paths, texts, strict=True)}
    return link(SourceRef("bench", "c" * 40, "main", SourceKind.GIT), entries, facts)


def questions(view: GraphView, names: list[str]) -> dict[str, Callable[[int], object]]:
    def node(number: int) -> list[int]:
        return select(view, names[number % len(names)])

    return {
        "select": node,
        "callers": lambda n: callers(view, node(n), limit=50),
        "callers, 3 steps": lambda n: callers(view, node(n), depth=3, limit=50),
        "callees": lambda n: callees(view, node(n), limit=50),
        "path": lambda n: shortest_path(view, node(n), node(n + 1)),
        "impact": lambda n: impact(view, node(n)),
        "who-tests": lambda n: who_tests(view, node(n), limit=50),
        "outline": lambda n: outline(view, select(view, view.path(node(n)[0]))[0]),
        "rank": lambda n: rank(view),
        "cycles": lambda n: cycles(view),
        "entrypoints": lambda n: entrypoints(view, KINDS[:5]),
        "unused": lambda n: unused(view, limit=50),
    }


def timed(ask: Callable[[int], object], times: int = ASKED) -> list[float]:
    """Milliseconds of processor time, so that a busy machine does not count."""
    found = []
    for number in range(times):
        started = time.process_time()
        ask(number)
        found.append((time.process_time() - started) * 1000)
    return found


def percentile(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


async def through_database(url: str, graph: Graph, folder: Path) -> tuple[float, list[float]]:
    """Milliseconds until callers of a symbol are known: the first time, and the later ones, all of it each time."""
    await migrate(url)
    database, objects = Database(url), ObjectStore(folder / "objects")
    parts = split(graph)
    await objects.put_many(ObjectKind.SHARD, parts.shards.values())
    sha = await objects.put(ObjectKind.GRAPH, parts.index)
    async with database.transaction() as connection:
        owner = await upsert_repository(connection, name="bench", kind="git", scope="public")
        request = ScanRequest(
            workflow_id="w",
            run_id="r",
            repository_id=owner.id,
            ref="main",
            declared_ref=True,
            commit="c" * 40,
            kind="git",
        )
        scan = await open_scan(connection, request)
        await record(
            connection,
            scan.id,
            objects={"graph": reference(ObjectKind.GRAPH, sha), "tree": reference(ObjectKind.TREE, sha)},
        )
        await close_scan(connection, scan.id, "completed")
    found = []
    for number in range(ASKED + 1):
        started = time.perf_counter()
        view = await stored_view(Views(folder / "views"), database, objects, "bench", "c" * 40, folder)
        callers(view, [(number * 7919) % view.size])
        found.append((time.perf_counter() - started) * 1000)
    await database.close()
    return found[0], found[1:]


def measure(files: int, say: Callable[[str], None]) -> dict[str, tuple[float, float]]:
    """Kind of question → (median, p95) in milliseconds; ``open`` is a mapped view, ``database`` a whole look-up."""
    graph = graph_of(files)
    with tempfile.TemporaryDirectory(prefix="docrunch-bench-") as work:
        views = Views(Path(work) / "own")
        started = time.process_time()
        views.keep("x", build(graph, None))
        path = next((Path(work) / "own").glob("*.view"))
        say(
            f"{len(graph.nodes):,} nodes, {len(graph.edges):,} edges; view built in "
            f"{time.process_time() - started:.1f} s, {path.stat().st_size / 1e6:.0f} MB"
        )
        view = open_view(path)
        symbols = [node.qualified_name for node in graph.nodes if node.symbol >= 0]
        names = random.Random(1).sample(symbols, ASKED + 1)
        found = {"open": timed(lambda _: open_view(path))}
        found |= {name: timed(ask) for name, ask in questions(view, names).items()}
        server = EmbeddedPostgres(Path(work) / "pg" / "data", free_port())
        server.start()
        try:
            first, found["database"] = asyncio.run(through_database(server.url(), graph, Path(work)))
        finally:
            server.stop()
        say(f"first look-up through the database {first / 1000:.1f} s, view included")
    return {name: (statistics.median(values), percentile(values)) for name, values in found.items()}


def main(files: int) -> None:
    for name, (median, high) in measure(files, print).items():
        print(f"{name:18} median {median:7.2f} ms   p95 {high:7.2f} ms{'' if high <= BAR_MS else '   ABOVE THE BAR'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else FILES)
