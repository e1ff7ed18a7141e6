"""A `Plan` becomes rows of LightRAG's storages. Runs on the thread of the library (`db.knowledge.loop`).

Queries skip a vector without its node and a node without its texts, so the order does not matter to them. Each step
may be repeated; a plan that was written in part is written again as a whole, forwards or backwards.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from db.knowledge.instances import Instance
from db.knowledge.vectors import Vector, composed
from docrunch.knowledge.names import MAX_KEY, SEPARATOR, bounded
from docrunch.knowledge.plan import (
    UNRESOLVED,
    Pair,
    Plan,
    entity_content,
    has_vector,
    node_row,
    pair_content,
    pair_row,
)


class Written(msgspec.Struct, frozen=True):
    vectors: int = 0
    graph: int = 0
    rows: int = 0


async def write(instance: Instance, plan: Plan, vectors: Mapping[str, Vector]) -> Written:
    """Bring the store from one side of a plan to the other.

    Args:
        vectors: by key, of all nodes and pieces of the plan.
    """
    async with instance.writing:
        try:
            return await _Writer(instance, plan, vectors).write()
        except BaseException:
            for storage in _vector_storages(instance.rag):
                await storage.drop_pending_index_ops()
            raise
        finally:
            instance.book.clear()


def _vector_storages(rag: Any) -> tuple[Any, Any, Any]:
    return rag.chunks_vdb, rag.entities_vdb, rag.relationships_vdb


class _Writer:
    def __init__(self, instance: Instance, plan: Plan, vectors: Mapping[str, Vector]) -> None:
        from lightrag.utils import compute_mdhash_id

        self._rag = instance.rag
        self._graph = instance.rag.chunk_entity_relation_graph
        self._book = instance.book
        self._plan = plan
        self._vectors = vectors
        self._id = compute_mdhash_id
        self._edges = {pair: pair_row(links) for pair, links in plan.pairs.items()}

    async def write(self) -> Written:
        """Three strands that do not read what another writes; all have ended when this returns or raises."""
        try:
            async with asyncio.TaskGroup() as group:
                texts = group.create_task(self._texts())
                vectors = group.create_task(self._entities_and_relations())
                graph = group.create_task(self._nodes_and_edges())
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return Written(texts.result() + vectors.result(), graph.result(), await self._chunks())

    async def _entities_and_relations(self) -> int:
        return await self._entities() + await self._relations()

    async def _texts(self) -> int:
        plan, rows = self._plan, {}
        for key, piece in plan.pieces.items():
            self._book[piece.text] = self._vectors[piece.vector]
            rows[key] = _text_row(plan, key)
        return await _flush(self._rag.chunks_vdb, rows, plan.gone_pieces)

    async def _entities(self) -> int:
        plan, rows = self._plan, {}
        gone = list(plan.gone_nodes)
        for name in sorted(plan.indexed):
            node = plan.nodes[name]
            if not node.vector:
                gone.append(name)
                continue
            content = entity_content(name, node)
            self._book[content] = self._vectors[node.vector]
            rows[self._entity_id(name)] = {
                "content": content,
                "entity_name": name,
                "source_id": SEPARATOR.join(node.pieces),
                "description": node.description,
                "entity_type": node.kind,
                "file_path": node.path,
            }
        return await _flush(self._rag.entities_vdb, rows, [self._entity_id(name) for name in gone])

    async def _relations(self) -> int:
        """Rows of the pairs of the plan, and of those whose other end has another vector now."""
        plan = self._plan
        rows = {**await self._incident(), **self._edges}
        wanted = {pair: row for pair, row in rows.items() if has_vector(str(row["keywords"]))}
        ends = await self._ends({name for pair in wanted for name in pair})
        upserts, gone = {}, [self._relation_id(pair) for pair in plan.gone_pairs]
        for pair, row in rows.items():
            first, second = ends.get(pair[0]), ends.get(pair[1])
            if pair not in wanted or first is None or second is None:
                gone.append(self._relation_id(pair))
                continue
            content = pair_content(pair, row)
            self._book[content] = composed(first, second)
            upserts[self._relation_id(pair)] = {**row, "src_id": pair[0], "tgt_id": pair[1], "content": content}
        return await _flush(self._rag.relationships_vdb, upserts, gone)

    async def _incident(self) -> dict[Pair, Mapping[str, Any]]:
        """Stored pairs of entities whose vector changes, apart from those that the plan rewrites or removes."""
        moved = list(self._plan.moved)
        if not moved:
            return {}
        near = await self._graph.get_nodes_edges_batch(moved)
        found = {_ordered(a, b) for pairs in near.values() for a, b in pairs}
        found -= self._edges.keys() | set(self._plan.gone_pairs)
        rows = await self._graph.get_edges_batch([{"src": a, "tgt": b} for a, b in sorted(found)])
        return {_ordered(*pair): row for pair, row in rows.items()}

    async def _ends(self, names: set[str]) -> dict[str, Vector]:
        """Vectors of entities: those just written, else the stored ones."""
        import numpy as np

        plan = self._plan
        here = {name: self._vectors[plan.nodes[name].vector] for name in names & plan.nodes.keys()
                if plan.nodes[name].vector}  # fmt: skip
        left = sorted(names - plan.nodes.keys() - set(plan.gone_nodes))
        ids = {self._entity_id(name): name for name in left}
        stored = await self._rag.entities_vdb.get_vectors_by_ids(list(ids))
        return {**here, **{ids[key]: np.asarray(vector, dtype=np.float32) for key, vector in stored.items()}}

    async def _nodes_and_edges(self) -> int:
        plan, graph = self._plan, self._graph
        ends = {name for pair in self._edges for name in pair} - plan.nodes.keys()
        missing = ends - await graph.has_nodes_batch(sorted(ends)) if ends else set()
        nodes = [(name, node_row(name, node)) for name, node in plan.nodes.items()]
        nodes += [(name, node_row(name, None)) for name in sorted(missing)]
        if nodes:
            await graph.upsert_nodes_batch(nodes)
        if self._edges:
            await graph.upsert_edges_batch([(a, b, dict(row)) for (a, b), row in self._edges.items()])
        if plan.gone_pairs:
            await graph.remove_edges(list(plan.gone_pairs))
        return len(nodes) + len(self._edges) + len(plan.gone_pairs) + await self._gone_nodes()

    async def _gone_nodes(self) -> int:
        """Remove what nothing defines and nothing refers to; what is still referred to stays, unresolved."""
        plan, graph = self._plan, self._graph
        gone = set(plan.gone_nodes)
        asked = sorted((gone | {name for pair in plan.gone_pairs for name in pair}) - plan.nodes.keys())
        if not asked:
            return 0
        stored = await graph.get_nodes_batch(asked)
        degrees = await graph.node_degrees_batch(asked)
        orphans = [name for name in asked if name in gone or stored.get(name, {}).get("entity_type") == UNRESOLVED]
        left = [name for name in orphans if degrees.get(name, 0) and name in gone]
        removed = [name for name in orphans if not degrees.get(name, 0)]
        if left:
            await graph.upsert_nodes_batch([(name, node_row(name, None)) for name in left])
        if removed:
            await graph.remove_nodes(removed)
        return len(left) + len(removed)

    async def _chunks(self) -> int:
        plan, chunks = self._plan, self._rag.text_chunks
        if plan.pieces:
            await chunks.upsert({key: _text_row(plan, key) for key in plan.pieces})
        if plan.gone_pieces:
            await chunks.delete(list(plan.gone_pieces))
        await chunks.index_done_callback()
        await self._graph.index_done_callback()
        return len(plan.pieces) + len(plan.gone_pieces)

    def _entity_id(self, name: str) -> str:
        return str(self._id(name, prefix="ent-"))

    def _relation_id(self, pair: Pair) -> str:
        return str(self._id(pair[0] + pair[1], prefix="rel-"))


def _text_row(plan: Plan, key: str) -> dict[str, Any]:
    piece = plan.pieces[key]
    return {
        "content": piece.text,
        "tokens": len(piece.text.encode()) // 4 + 1,
        "chunk_order_index": piece.order,
        "full_doc_id": bounded(plan.homes[key].replace("\0", ":"), MAX_KEY),
        "file_path": piece.path,
        "sidecar": {"entity": piece.entity},
    }


async def _flush(storage: Any, rows: dict[str, dict[str, Any]], gone: Iterable[str]) -> int:
    ids = [key for key in gone if key not in rows]
    if rows:
        await storage.upsert(rows)
    if ids:
        await storage.delete(ids)
    if rows or ids:
        await storage.index_done_callback()
    return len(rows) + len(ids)


def _ordered(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)
