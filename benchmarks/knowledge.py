"""The knowledge graph of a real package: first projection, one changed file, nothing changed, rebuild, questions.

    python -m benchmarks.knowledge DIR [--files 1000]

Vectors come from the cache, as after a scan; making them is measured by `benchmarks.embedding`. Prints seconds, and
beside the first projection that of LightRAG's own storages alone, fed with the same number of rows in one call each.
"""

import argparse
import asyncio
import cProfile
import pstats
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from activities.projections.target import Workspace
from db.embedded import EmbeddedPostgres
from db.knowledge.instances import Space
from db.knowledge.loop import run
from db.migrations import migrate
from db.session import Database
from tests.support.knowledge import DIMENSIONS, KnowledgeWorld, knowledge_world
from tests.support.postgres import free_port

SOURCES = (".py", ".ts", ".tsx", ".js", ".go", ".java", ".rs", ".rb", ".php", ".cs", ".kt", ".c", ".h", ".cpp")


def take(source: Path, files: int) -> dict[str, str]:
    """The first files of a tree, by path."""
    paths = sorted(path for path in source.rglob("*") if path.suffix in SOURCES and path.is_file())
    return {
        path.relative_to(source).as_posix(): path.read_text(errors="replace")
        for path in paths[:files]
        if path.stat().st_size < 200_000
    }


async def measure(database: Database, folder: Path, files: dict[str, str]) -> None:
    async with knowledge_world(database, folder, files) as world:
        changes = await world.scan()
        # tables are made once per database, not per projection
        await world.project(changes[:1], generation=9)
        seconds, outcome = await timed(world.project(changes))
        written = outcome.writes
        counts = (await world.target.verify(await world.truth())).counts
        say(f"first projection of {len(changes)} files", seconds, f"{counts}")
        say("the same storages alone", await floor(world, counts), "in one call each")
        seconds, again = await timed(world.project(changes))
        say("nothing changed", seconds, f"{again.writes.total} writes")
        say("one changed file", *await changed(world, sorted(files)[len(files) // 2]))
        await world.target.rebuild(await world.workspace(2))
        seconds, _ = await timed(world.project(changes, generation=2))
        say("rebuild", seconds, f"{written.total} rows")
        seconds, drift = await timed(world.target.verify(await world.truth()))
        say("verify", seconds, f"drift {drift.total}")


def say(name: str, seconds: float, note: str) -> None:
    """As it is measured: a long run that is cut short has said what it knows."""
    print(f"{name:36} {seconds:8.3f} s   {note}", flush=True)


async def changed(world: KnowledgeWorld, path: str) -> tuple[float, str]:
    times = []
    text = (world.world.root / path).read_text()
    for number in range(5):
        changes = await world.scan({path: f"{text}\n\ndef added_{number}():\n    return {number}\n"})
        seconds, _ = await timed(world.project([each for each in changes if each.key == path]))
        times.append(seconds)
    return statistics.median(times), "median of 5"


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="a directory of source files")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--profile", action="store_true", help="where the calling thread spends its time")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="docrunch-bench-"))
    server = EmbeddedPostgres(folder / "pg" / "data", free_port())
    server.start()
    profile = cProfile.Profile() if given.profile else None
    try:
        if profile:
            profile.enable()
        asyncio.run(_run(server.url(), folder, take(given.source, given.files)))
        if profile:
            profile.disable()
            pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _run(url: str, folder: Path, files: dict[str, str]) -> None:
    await migrate(url)
    database = Database(url, "sync")
    try:
        await measure(database, folder, files)
    finally:
        await database.close()


if __name__ == "__main__":
    main()
