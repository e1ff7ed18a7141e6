"""What users get while the index of a scan cannot be read: full text of a real Postgres, by the product's own code."""

import asyncio
import itertools
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from activities.full_text import FullText
from activities.publishing import file_rows, symbol_rows
from activities.worlds import Worlds
from benchmarks.retrieval.model import Group
from benchmarks.retrieval.worlds import World
from db.embedded import EmbeddedPostgres
from db.migrations import migrate
from db.objects import ObjectStore
from db.publish import PublishRows
from db.publishing.texts import publish_texts
from db.session import Database
from docrunch.search.build import build_shards
from docrunch.search.model import MAX_LIMIT
from docrunch.search.query import understand
from docrunch.search.search import SearchOptions
from docrunch.search.shards import FileShard, pack_shard
from tests.support.postgres import THROWAWAY, free_port
from tests.support.search_scans import store_scan

_NAMES = (f"world-{number}" for number in itertools.count(1))


class _Opened(NamedTuple):
    runner: asyncio.Runner
    database: Database
    search: FullText


class TextServer:
    """A Postgres of the run's own, started when first asked for. Use it as a context manager."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._opened: _Opened | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _open(self) -> _Opened:
        if self._opened is None:
            folder = Path(
                self._stack.enter_context(
                    tempfile.TemporaryDirectory(prefix="docrunch-pg-", ignore_cleanup_errors=True)
                )
            )
            server = EmbeddedPostgres(folder / "pg" / "data", free_port(), settings=THROWAWAY)
            self._stack.callback(server.stop)
            server.start()
            runner = self._stack.enter_context(asyncio.Runner())
            runner.run(migrate(server.url()))
            database = Database(server.url(), "query", "ingest")
            self._stack.callback(lambda: runner.run(database.close()))
            objects = ObjectStore("memory://")
            self._opened = _Opened(runner, database, FullText(database, Worlds(objects, folder / "spool")))
        return self._opened

    def publish(self, world: World) -> int:
        """Write the rows of a world as a scan does; the ref that they are of."""
        opened = self._open()
        return opened.runner.run(_publish(opened.database, world))

    def ranked(self, ref_id: int, text: str, options: SearchOptions) -> list[str]:
        """Ids of the hits, as `Queries` asks for them when it is degraded."""
        opened = self._open()
        found = opened.runner.run(opened.search.search("", ref_id, understand(text), options))
        return [hit.id for hit in found.result.hits]


async def _publish(database: Database, world: World) -> int:
    shards = build_shards(world.tree, world.graph)
    packed = {path: pack_shard(shard)[0] for path, shard in shards.items()}

    async def read(paths: Sequence[str]) -> Sequence[FileShard]:
        return [shards[path] for path in paths]

    graph = world.graph
    rows = PublishRows(file_rows(world.tree.entries), symbol_rows(graph.nodes), relationships=[], chunks=[])
    scan = await store_scan(database, {}, name=next(_NAMES), published=rows)
    await publish_texts(database, scan.id, packed, read)
    if scan.ref_id is None:
        raise ValueError(f"scan {scan.id} was published without a ref")
    return scan.ref_id


@dataclass(frozen=True)
class FullTextSystem:
    name: str
    server: TextServer

    def open(self, world: World) -> "FullTextRanker":
        return FullTextRanker(self.server, world, self.server.publish(world))


@dataclass(frozen=True)
class FullTextRanker:
    server: TextServer
    world: World
    ref_id: int

    def rank(self, query: str, group: Group, limit: int) -> list[str]:
        options = SearchOptions(group="file" if group == "file" else "", limit=MAX_LIMIT, snippets=False)
        known = self.world.answer_paths if group == "file" else self.world.answers
        return [id_ for id_ in self.server.ranked(self.ref_id, query, options) if id_ in known][:limit]
