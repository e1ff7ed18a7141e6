"""A small world of rows to publish, and the steps that lead to a publish."""

import itertools
from dataclasses import replace

from db.publish import ChunkRow, Delta, FileRow, MetricsRow, PublishRows, RelationshipRow, SymbolRow
from db.repositories.projects import RepositoryRow, upsert_repository
from db.repositories.scans import ScanRequest, ScanRow, open_scan
from db.session import Database
from docrunch.canonical import sha256_hex

_runs = itertools.count(1)


def rows(files: int = 3, *, symbols: int = 2, body: dict[int, str] | None = None) -> PublishRows:
    """``files`` files of ``symbols`` functions each, which call each other in a ring; ``body`` changes file texts."""
    texts = {number: (body or {}).get(number, "v1") for number in range(files)}
    paths = {number: f"src/file_{number:05d}.py" for number in range(files)}
    ids = [(number, f"n_{number:05d}_{part:03d}") for number in range(files) for part in range(symbols)]
    return PublishRows(
        files=[
            FileRow(paths[n], "python", 100, 10, None, sha256_hex(texts[n].encode()), sha256_hex(texts[n].encode()))
            for n in range(files)
        ],
        symbols=[
            SymbolRow(
                node, paths[n], "function", f"f{n}", f"pkg.file_{n}.{node}", "python", 1, 9, 0, 90,
                "def f()", texts[n], True
            )
            for n, node in ids
        ],
        relationships=[
            RelationshipRow(node, ids[(at + 1) % len(ids)][1], "calls", paths[n], "exact", 1.0, 1, [3])
            for at, (n, node) in enumerate(ids)
        ],
        chunks=[
            ChunkRow(f"c_{node}", paths[n], node, "card", 1, 9, 0, 90, sha256_hex(f"{node}{texts[n]}".encode()))
            for n, node in ids
        ],
    )  # fmt: skip


def metrics(of: PublishRows, rank: float = 0.5) -> list[MetricsRow]:
    return [MetricsRow(symbol.id, rank, 1, 1, 1, 0, 0, 0.0, 0) for symbol in of.symbols]


def part(whole: PublishRows, base: int, *homes: str) -> PublishRows:
    """The rows of some files, as a delta of what the scan ``base`` published."""
    return replace(
        whole,
        files=[row for row in whole.files if row.path in homes],
        symbols=[row for row in whole.symbols if row.path in homes],
        relationships=[row for row in whole.relationships if row.path in homes],
        chunks=[row for row in whole.chunks if row.path in homes],
        delta=Delta(base, frozenset(homes)),
    )


async def repository(database: Database, name: str = "demo", scope: str = "public") -> RepositoryRow:
    async with database.transaction() as connection:
        return await upsert_repository(connection, name=name, kind="git", scope=scope)


async def opened(
    database: Database,
    owner: RepositoryRow,
    *,
    ref: str = "main",
    declared: bool = True,
    commit: str = "c1",
    run_id: str = "r1",
) -> ScanRow:
    async with database.transaction() as connection:
        return await open_scan(
            connection,
            ScanRequest(
                workflow_id=f"docpack:{next(_runs)}",
                run_id=run_id,
                repository_id=owner.id,
                ref=ref,
                declared_ref=declared,
                commit=commit,
                kind="git",
            ),
        )
