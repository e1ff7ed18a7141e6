"""Publish of a large scan against a plain COPY of the same rows, on a durable embedded Postgres.

    python benchmarks/publish.py [--files 5000] [--runs 3]

Prints medians in seconds and the ratio to the plain COPY of the same rows in the same run. Targets: 750 k rows in
at most 15 s; a delta costs what its files cost, and the metrics where any edge changed. ``all rows`` compares whole
tables, as a publish does that knows nothing of the published scan.
"""

import argparse
import asyncio
import socket
import statistics
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from db.bulk import copy_rows
from db.embedded import EmbeddedPostgres
from db.migrations import migrate
from db.publish import (
    ChunkRow,
    FileRow,
    MetricsRow,
    PublishRows,
    RelationshipRow,
    SymbolRow,
    publish_metrics,
    publish_scan,
)
from db.publishing.rows import CHUNKS, FILES, METRICS, RELATIONSHIPS, SYMBOLS, binary
from db.repositories.projects import upsert_repository
from db.repositories.scans import ScanRequest, close_scan, current_scan, open_scan
from db.session import Database
from docrunch.canonical import sha256_hex
from tests.support.publishing import part

SYMBOLS_PER_FILE = 30
EDGES_PER_SYMBOL = 7 / 3  # with symbols, chunks for two of three and metrics: 150 rows and one file row per file


def world(files: int, changed: frozenset[int] = frozenset()) -> PublishRows:
    ids = [(n, f"n_{n:08d}{part:018d}") for n in range(files) for part in range(SYMBOLS_PER_FILE)]
    path = [f"src/package_{n % 97}/module_{n}.py" for n in range(files)]
    body = [f"v{int(n in changed)}" for n in range(files)]
    sha = [sha256_hex(f"{n}{body[n]}".encode()) for n in range(files)]
    edges = int(len(ids) * EDGES_PER_SYMBOL)
    doc = "Return the thing that was asked for, or raise when there is none. "
    return PublishRows(
        files=[FileRow(path[n], "python", 4000, 120, None, sha[n], sha[n]) for n in range(files)],
        symbols=[
            SymbolRow(
                i, path[n], "function", f"function_{n}", f"package.module_{n}.{i}", "python", 3, 9, 40, 400,
                "def function(first: int, second: str = '') -> list[int]", doc + body[n], True
            )
            for n, i in ids
        ],
        relationships=[
            RelationshipRow(
                ids[e % len(ids)][1], ids[(e * 7919 + 1) % len(ids)][1], ("calls", "uses", "contains")[e // len(ids)],
                path[ids[e % len(ids)][0]], "exact", 1.0, 2, [4, 7]
            )
            for e in range(edges)
        ],
        chunks=[ChunkRow(f"c{i[1:]}", path[n], i, "card", 3, 9, 40, 400, sha[n]) for n, i in ids[::3] + ids[1::3]],
    )  # fmt: skip


def metrics(rows: PublishRows) -> list[MetricsRow]:
    return [MetricsRow(symbol.id, 0.5, 3, 4, 2, 0, 0, 0.0, 1) for symbol in rows.symbols]


def size(rows: PublishRows) -> int:
    return sum(map(len, (rows.files, rows.symbols, rows.relationships, rows.chunks, rows.symbols)))


async def plain_copy(database: Database, rows: PublishRows) -> float:
    """The same rows into equal tables with their primary keys, nothing else: what the disk and COPY allow."""
    started = time.perf_counter()
    given = ((FILES, rows.files), (SYMBOLS, rows.symbols), (RELATIONSHIPS, rows.relationships), (CHUNKS, rows.chunks))
    async with database.transaction() as connection:
        for table, found in (*given, (METRICS, metrics(rows))):
            await connection.execute(text(f"CREATE TABLE plain_{table.name} (LIKE {table.name} INCLUDING INDEXES)"))
            for name in ("row_hash", "last_scanned"):
                if table is not METRICS and (name == "row_hash" or table is FILES):
                    await connection.execute(text(f"ALTER TABLE plain_{table.name} DROP COLUMN {name}"))
            records = ((1, *binary(table, row)) for row in found)
            await copy_rows(connection, f"plain_{table.name}", ("ref_id", *table.columns), records)
    seconds = time.perf_counter() - started
    async with database.transaction() as connection:
        for table in (FILES, SYMBOLS, RELATIONSHIPS, CHUNKS, METRICS):
            await connection.execute(text(f"DROP TABLE plain_{table.name}"))
    return seconds


async def publish(
    database: Database, ref: str, workflow_id: str, rows: PublishRows, homes: frozenset[str] | None
) -> float:
    """Seconds of a publish of all rows, or (``homes``) of a delta to the last one."""
    async with database.transaction() as connection:
        owner = await upsert_repository(connection, name="bench", kind="git", scope="public")
        request = ScanRequest(
            workflow_id=workflow_id,
            run_id="r",
            repository_id=owner.id,
            ref=ref,
            declared_ref=True,
            commit="c",
            kind="git",
        )
        scan = await open_scan(connection, request)
        before = await current_scan(connection, owner.id, ref)
    measured = metrics(rows)
    if homes is not None and before is not None:
        rows = part(rows, before.id, *homes)
    started = time.perf_counter()
    done = await publish_scan(database, scan.id, rows)
    if done.metrics_due:
        await publish_metrics(database, scan.id, measured)
    seconds = time.perf_counter() - started
    async with database.transaction() as connection:
        await close_scan(connection, scan.id, "completed")
    return seconds


async def measure(url: str, files: int, runs: int) -> dict[str, list[float]]:
    await migrate(url)
    database = Database(url)
    found: dict[str, list[float]] = defaultdict(list)
    one, tenth = frozenset({files // 2}), frozenset(range(0, files, 10))
    paths = [row.path for row in world(files).files]
    steps: tuple[tuple[str, PublishRows, frozenset[str] | None], ...] = (
        ("first publish", world(files), None),
        ("all rows", world(files), None),
        ("unchanged", replace(world(files), same_graph=True), frozenset()),
        ("metrics only", world(files), frozenset()),
        ("one file", world(files, one), frozenset(paths[n] for n in one)),
        ("10 % of files", world(files, tenth), frozenset(paths[n] for n in one | tenth)),
    )
    for run in range(runs):
        found["plain COPY"].append(await plain_copy(database, steps[0][1]))
        for name, rows, homes in steps:
            found[name].append(await publish(database, f"ref{run}", f"{run}:{name}", rows, homes))
    await database.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    found = run(given.files, given.runs)
    print(f"{size(world(given.files)):,} rows, median of {given.runs}")
    baseline = statistics.median(found["plain COPY"])
    for name, seconds in found.items():
        median = statistics.median(seconds)
        print(f"{name:16} {median:7.2f} s   {median / baseline:5.2f} × plain COPY")


def run(files: int, runs: int) -> dict[str, list[float]]:
    """Seconds by step, on a server of its own."""
    with socket.socket() as probe, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        server = EmbeddedPostgres(Path(folder) / "pg" / "data", port)
        server.start()
        try:
            found = asyncio.run(measure(server.url(), files, runs))
        finally:
            server.stop()
    return found


if __name__ == "__main__":
    main()
