"""The knowledge graph of a real package: first projection, one changed file, nothing changed, rebuild, check.

    python -m benchmarks.knowledge [DIR] [--files 250]

Part of `make bench`. Vectors come from the cache, as after a scan; making them is measured by `benchmarks.embedding`.
The baseline of the first projection is LightRAG's own storages alone, fed with as many rows in one call each.
"""

import argparse
import asyncio
import cProfile
import pstats
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from activities.projections.target import Sample, Workspace
from benchmarks import corpus
from benchmarks.table import Row, as_markdown
from db.embedded import EmbeddedPostgres
from db.knowledge.instances import Space
from db.knowledge.loop import run
from db.migrations import migrate
from db.session import Database
from tests.support.knowledge import DIMENSIONS, KnowledgeWorld, knowledge_world
from tests.support.postgres import free_port

FILES = 250
FIRST_SECONDS = 30.0
CHANGED_MS = 200.0
REBUILD_SECONDS = 60.0
SOURCES = (".py", ".ts", ".tsx", ".js", ".go", ".java", ".rs", ".rb", ".php", ".cs", ".kt", ".c", ".h", ".cpp")


def take(source: Path, files: int) -> dict[str, str]:
    """Files of a tree, spread over it evenly: the first ones may be a folder of translations."""
    paths = sorted(path for path in source.rglob("*") if path.suffix in SOURCES and path.is_file())
    return {
        path.relative_to(source).as_posix(): path.read_text(errors="replace")
        for path in paths[:: max(1, len(paths) // files)][:files]
        if path.stat().st_size < 200_000
    }


@dataclass(frozen=True)
class Measured:
    """Seconds, and what was there."""

    files: int
    counts: dict[str, int]
    first: float
    alone: float
    again: float
    again_writes: int
    changed: float
    rebuild: float
    verify: float
    sample: float
    drift: int


async def measure(database: Database, folder: Path, files: dict[str, str], say: Callable[[str], None]) -> Measured:
    async with knowledge_world(database, folder, files) as world:
        say("scan")
        changes = await world.scan()
        # tables are made once per database, not per projection
        await world.project(changes[:1], generation=9)
        say("first projection, and the storages alone")
        first, _ = await timed(world.project(changes))
        truth = await world.truth()
        counts = (await world.target.verify(truth)).counts
        alone = await floor(world, counts)
        say("again, one changed file, rebuild, check")
        again, outcome = await timed(world.project(changes))
        edited = await changed(world, sorted(files)[len(files) // 2])
        await world.target.rebuild(await world.workspace(2))
        rebuild, _ = await timed(world.project(changes, generation=2))
        truth = await world.truth()
        verify, drift = await timed(world.target.verify(truth))
        few = dict(list(truth.expected.items())[: max(1, len(truth.expected) // 50)])
        sample, _ = await timed(world.target.verify(Sample(truth.workspace, few, complete=False)))
        return Measured(
            files=len(changes),
            counts=counts,
            first=first,
            alone=alone,
            again=again,
            again_writes=outcome.writes.total,
            changed=edited,
            rebuild=rebuild,
            verify=verify,
            sample=sample,
            drift=drift.total,
        )


def rows(source: Path, files: int, say: Callable[[str], None]) -> list[Row]:
    folder = Path(tempfile.mkdtemp(prefix="docrunch-bench-"))
    server = EmbeddedPostgres(folder / "pg" / "data", free_port())
    server.start()
    try:
        found = asyncio.run(_run(server.url(), folder, take(source, files), say))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return table(found)


def table(found: Measured) -> list[Row]:
    """Promises are for sizes; a smaller graph has its share of the time."""
    entities = found.counts["entities"]
    first, rebuild = FIRST_SECONDS * found.files / 1000, REBUILD_SECONDS * entities / 20_000
    size = f"{found.files:,} files, {entities:,} entities, {found.counts['vectors']:,} vectors"
    return [
        Row(
            "knowledge: first projection", f"{found.first:.1f} s", f"{found.alone:.1f} s, the storages alone",
            found.first / found.alone, f"≤ {FIRST_SECONDS:g} s for 1,000 files", found.first <= first, size,
        ),
        Row(
            "knowledge: nothing changed", f"{found.again:.2f} s", f"{found.first:.1f} s, first projection",
            found.again / found.first, "0 writes", found.again_writes == 0,
        ),
        Row(
            "knowledge: one changed file", f"{found.changed * 1e3:.0f} ms", bar=f"≤ {CHANGED_MS:g} ms",
            met=found.changed * 1e3 <= CHANGED_MS, note="median of 5",
        ),
        Row(
            "knowledge: rebuild", f"{found.rebuild:.1f} s", f"{found.first:.1f} s, first projection",
            found.rebuild / found.first, f"≤ {REBUILD_SECONDS:g} s for 20,000 symbols", found.rebuild <= rebuild,
        ),
        Row(
            "knowledge: verify, a sample of 2 %", f"{found.sample:.2f} s", f"{found.verify:.2f} s, all of it",
            found.sample / found.verify, "drift 0", found.drift == 0,
        ),
    ]  # fmt: skip


async def changed(world: KnowledgeWorld, path: str) -> float:
    times = []
    text = (world.world.root / path).read_text()
    for number in range(5):
        changes = await world.scan({path: f"{text}\n\ndef added_{number}():\n    return {number}\n"})
        seconds, _ = await timed(world.project([each for each in changes if each.key == path]))
        times.append(seconds)
    return statistics.median(times)


async def floor(world: KnowledgeWorld, counts: dict[str, int]) -> float:
    """As many rows as the graph has, of short texts, through the library's storages with nothing around them."""
    import numpy as np

    where = Workspace(world.world.owner.id, "", 0, "", 99)
    space = Space(where.key, world.encoder.spec.id, DIMENSIONS)
    instance = await world.target.instances.get(space)
    vector = np.ones(DIMENSIONS, dtype=np.float32) / 8.0
    vectors, nodes, edges, texts = (counts[name] for name in ("vectors", "entities", "edges", "texts"))

    async def write() -> None:
        rag = instance.rag
        names = [f"src/module_{n % 997}.py::Name.method_{n}" for n in range(nodes)]
        row = {"content": "", "source_id": "c", "description": "d" * 200, "file_path": "src/module.py"}
        rows = {f"ent-{n}": {**row, "content": f"{n}" + "x" * 250, "entity_name": f"{n}"} for n in range(vectors)}
        instance.book.update({each["content"]: vector for each in rows.values()})
        await rag.entities_vdb.upsert(rows)
        await rag.entities_vdb.index_done_callback()
        graph = rag.chunk_entity_relation_graph
        await graph.upsert_nodes_batch([(name, {**row, "entity_id": name}) for name in names])
        pairs = [(names[n % nodes], names[(n * 7919 + 1) % nodes], dict(row)) for n in range(edges)]
        await graph.upsert_edges_batch(pairs)
        text = {"content": "x" * 250, "tokens": 60, "chunk_order_index": 0, "full_doc_id": "d", "file_path": "f"}
        await rag.text_chunks.upsert({f"chunk-{n}": text for n in range(texts)})
        instance.book.clear()

    seconds, _ = await timed(run(write()))
    await world.target.drop(where)
    return seconds


async def timed(work):  # type: ignore[no-untyped-def]
    started = time.perf_counter()
    made = await work
    return time.perf_counter() - started, made


async def _run(url: str, folder: Path, files: dict[str, str], say: Callable[[str], None]) -> Measured:
    await migrate(url)
    database = Database(url, "sync")
    try:
        return await measure(database, folder, files, say)
    finally:
        await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, nargs="?", help="a directory of source files; without one: Django")
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--profile", action="store_true", help="where the calling thread spends its time")
    given = parser.parse_args()
    source = given.source or corpus.large()[-1]
    if not take(source, 1):
        parser.error(f"{source} has no source files")
    profile = cProfile.Profile() if given.profile else None
    if profile:
        profile.enable()
    found = rows(source, given.files, lambda line: print(line, file=sys.stderr))
    if profile:
        profile.disable()
        pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
    print(as_markdown(found))


if __name__ == "__main__":
    main()
