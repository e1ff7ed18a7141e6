"""What the steps of one scan read again and again: its tree, its facts, its graph, its assembly.

Objects are immutable, so a small cache per process needs no invalidation. It only saves time: every entry can be
read again by any process on any host.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar
from uuid import uuid4
from weakref import WeakValueDictionary

import msgspec

from db.objects import ObjectKind, ObjectStore
from docrunch.assembly.codec import decode_assembly
from docrunch.assembly.model import Assembly
from docrunch.collector import give_back
from docrunch.documentation.bundle import decode_pages
from docrunch.documentation.model import Page
from docrunch.embedding.matrix import Matrix, read_matrix
from docrunch.errors import InvalidArchive, ObjectMissing
from docrunch.graph.metrics import compute_metrics
from docrunch.graph.model import Graph, GraphMetrics
from docrunch.graph.readings import number
from docrunch.graph.relink import Linked
from docrunch.graph.shards import Shard, assemble, read_index, read_shard
from docrunch.graph.trace import Trace, decode_trace, encode_trace
from docrunch.scip.files import open_index
from docrunch.source.model import FileEntry, TreeReader
from docrunch.source.tree import StoredTree, open_tree

TREES = 2  # open trees per process: a few file handles and inventories
LARGE_LINK_BYTES = 8_000_000  # of shards that a link made, of ≈ 2,000 files; it took 50 times as much memory
SHARD_BYTES = 8_000_000  # stored bytes of decoded shards (≈ 14 times as much in memory, mostly shared with the graph)
TRACES = 1  # of links, decoded: ≈ 10 MB for 1,000 files
TRACE_FILES = 10_000  # traces of larger trees are read again rather than kept
GRAPHS = 1  # the scan being finished; one that runs beside it reads its own again, which costs time and not memory
FACTS_CACHE_FILES = 6_000  # facts (encoded, ≈ 4 KB a file) and texts of larger scans are read again and not kept

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The last few values by key; concurrent callers of one key share one computation."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[Key, asyncio.Future[Value]] = OrderedDict()

    async def get(self, key: Key, make: Callable[[], Awaitable[Value]]) -> Value:
        """The value of ``key``. A caller that only waited does not fail with another: it makes its own."""
        while True:
            found = self._entries.get(key)
            mine = found is None
            if found is None:
                self._evict(self._size - 1)  # before, so that the old value and the new one are not held together
                found = self._entries[key] = asyncio.ensure_future(make())
                found.add_done_callback(lambda done: self._forget_failed(key, done))
            self._entries.move_to_end(key)
            try:
                value = await asyncio.shield(found)
            except asyncio.CancelledError:
                if mine or not found.cancelled():
                    raise  # this caller is cancelled; what it began may serve the next one
                self._forget_failed(key, found)
            except Exception:
                if mine:
                    raise
                self._forget_failed(key, found)
            else:
                self._evict()
                return value

    def _forget_failed(self, key: Key, done: asyncio.Future[Value]) -> None:
        failed = done.cancelled() or done.exception() is not None
        if failed and self._entries.get(key) is done:
            del self._entries[key]

    def put(self, key: Key, value: Value) -> None:
        future: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        future.set_result(value)
        self._entries[key] = future
        self._entries.move_to_end(key)
        self._evict()

    def _evict(self, size: int | None = None) -> None:
        size = self._size if size is None else size
        for key in list(self._entries)[: max(0, len(self._entries) - size)]:
            if self._entries[key].done():
                del self._entries[key]


def is_large(linked: Linked) -> bool:
    """Whether a link made so much that its memory should go back to the system."""
    return sum(map(len, linked.shards.values())) > LARGE_LINK_BYTES


class Tree(msgspec.Struct, frozen=True):
    """An opened tree object, and the entries that pages and shards count."""

    reader: TreeReader
    parsed: tuple[FileEntry, ...]

    def slice(self, low: int, high: int) -> tuple[FileEntry, ...]:
        return self.parsed[low:high]


class Shards:
    """Decoded shards by hash; the least recently used ones go when their stored bytes exceed the limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._entries: OrderedDict[str, tuple[Shard, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, sha: str) -> Shard | None:
        with self._lock:
            found = self._entries.get(sha)
            if found is None:
                return None
            self._entries.move_to_end(sha)
            return found[0]

    def put(self, sha: str, shard: Shard, size: int) -> None:
        with self._lock:
            _, before = self._entries.pop(sha, (None, 0))
            self._entries[sha] = (shard, size)
            self._held += size - before
            while self._held > self._limit:
                _, (_, freed) = self._entries.popitem(last=False)
                self._held -= freed


class Worlds:
    """Reads objects through the store; ``spool`` receives trees that are not on this host.

    ``graphs``: whose graph, metrics, assembly and matrix are kept; 0 where what is made of them is kept instead.
    """

    def __init__(self, objects: ObjectStore, spool: Path, *, graphs: int = GRAPHS) -> None:
        self.objects = objects
        self._spool = spool
        # A reader may still be in use when it is evicted: its file is closed when the last user lets go of it.
        self._trees: Recent[str, Tree] = Recent(TREES)
        self._open: WeakValueDictionary[str, StoredTree] = WeakValueDictionary()
        self._graphs: Recent[str, Graph] = Recent(graphs)
        self._shards = Shards(SHARD_BYTES if graphs else 0)
        self._traces: Recent[str, Trace] = Recent(TRACES)
        self._assemblies: Recent[str, Assembly] = Recent(graphs)
        self._metrics: Recent[str, GraphMetrics] = Recent(graphs)
        self._matrices: Recent[str, Matrix] = Recent(graphs)

    async def tree(self, sha: str) -> Tree:
        return await self._trees.get(sha, lambda: self._open_tree(sha))

    async def _open_tree(self, sha: str) -> Tree:
        reader = self._open.get(sha)  # of a tree that was evicted and is in use
        if reader is None:
            async with self._spooled(ObjectKind.TREE, sha) as path:
                reader = self._open[sha] = await asyncio.to_thread(open_tree, path)
        return Tree(reader, tuple(reader.parsed_entries()))

    @asynccontextmanager
    async def _spooled(self, kind: ObjectKind, sha: str) -> AsyncIterator[Path]:
        """An object as a file, to be opened within the block."""
        self._spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._spool / f"{sha}.{uuid4().hex}"
        try:
            await self.objects.get_to_file(kind, sha, path)
            yield path
        finally:
            path.unlink(missing_ok=True)  # the open file stays readable, and nothing is left when this process dies

    async def index(self, sha: str) -> memoryview:
        """The bytes of a SCIP index, paged in as they are read.

        Raises:
            ObjectMissing: it was cleaned up.
            InvalidArchive: it is damaged.
        """
        async with self._spooled(ObjectKind.INDEX, sha) as path:
            return await asyncio.to_thread(open_index, path)

    async def graph(self, sha: str) -> Graph:
        return await self._graphs.get(sha, lambda: self._load_graph(sha))

    async def keep_linked(self, linked: Linked, *, repair: bool = False) -> tuple[str, str]:
        """Store what a link made, and keep it: the process that linked need not read it again.

        What a large link made lies all over the memory that it took, and would keep that from going back to the
        system: it is read again in one piece (`let_go_of_link`).

        ``repair``: stored bytes of the same names are damaged, and written again.

        Returns:
            The hashes of the graph object and of the trace.
        """
        large = is_large(linked)
        names = await self.objects.put_many(ObjectKind.SHARD, linked.shards.values(), repair=repair)
        size = dict(zip(names, map(len, linked.shards.values()), strict=True))
        for path, shard in () if large else linked.made.items():
            self._shards.put(linked.paths[path], shard, size[linked.paths[path]])
        trace = await self.objects.put(ObjectKind.TRACE, await asyncio.to_thread(encode_trace, linked.trace))
        if len(linked.trace.files) <= TRACE_FILES and not large:
            self._traces.put(trace, linked.trace)
        return await self.objects.put(ObjectKind.GRAPH, linked.index, repair=repair), trace

    async def let_go_of_link(self, trace: str) -> None:
        """After a large link, when nothing holds any of it: its memory goes back, and its trace is read again."""
        self._traces = Recent(TRACES)
        await asyncio.to_thread(give_back)
        try:
            read = await self.trace(trace)
        except (ObjectMissing, InvalidArchive):
            return  # the next link finds that out, and links everything
        if len(read.files) > TRACE_FILES:
            self._traces = Recent(TRACES)
        else:
            await asyncio.to_thread(number, read.keys)

    async def trace(self, sha: str) -> Trace:
        """What an earlier link left.

        Raises:
            ObjectMissing: it was cleaned up.
            InvalidArchive: it is damaged, or another version of the linker wrote it.
        """

        async def load() -> Trace:
            return await asyncio.to_thread(decode_trace, await self.objects.get(ObjectKind.TRACE, sha))

        return await self._traces.get(sha, load)

    async def _load_graph(self, sha: str) -> Graph:
        index = await asyncio.to_thread(read_index, await self.objects.get(ObjectKind.GRAPH, sha))
        known = {each: shard for _, each in index.shards if (shard := self._shards.get(each)) is not None}
        stored = await self.objects.get_many(ObjectKind.SHARD, [each for _, each in index.shards if each not in known])

        def read() -> Graph:
            for each, data in stored.items():
                known[each] = read_shard(each, data)
                self._shards.put(each, known[each], len(data))
            return assemble(index.repository, index.commit, [known[each] for _, each in index.shards])

        return await asyncio.to_thread(read)

    async def metrics(self, sha: str) -> GraphMetrics:
        """Metrics of a graph, by the name of its object."""

        async def compute() -> GraphMetrics:
            graph = await self.graph(sha)
            return await asyncio.to_thread(compute_metrics, graph)

        return await self._metrics.get(sha, compute)

    async def assembly(self, sha: str) -> Assembly:
        async def load() -> Assembly:
            return await asyncio.to_thread(decode_assembly, await self.objects.get(ObjectKind.ASSEMBLY, sha))

        return await self._assemblies.get(sha, load)

    def let_go_of_assemblies(self) -> None:
        """Before another one is made: the old one and the new one need not be held together."""
        self._assemblies = Recent(GRAPHS)

    def keep_assembly(self, sha: str, assembly: Assembly) -> None:
        self._assemblies.put(sha, assembly)

    async def matrix(self, sha: str) -> Matrix:
        async def load() -> Matrix:
            return read_matrix(await self.objects.get(ObjectKind.MATRIX, sha))

        return await self._matrices.get(sha, load)

    def keep_matrix(self, sha: str, matrix: Matrix) -> None:
        """The process that made a matrix need not hold it twice."""
        self._matrices.put(sha, matrix)

    async def pages(self, parts: tuple[str, ...]) -> list[Page]:
        loaded = [decode_pages(await self.objects.get(ObjectKind.DOCS, part)) for part in parts]
        return sorted((page for part in loaded for page in part), key=lambda page: page.path)
