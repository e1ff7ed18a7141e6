"""Questions to the knowledge graph of one ref. Nothing here writes, and nothing asks a language model."""

from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from db.knowledge import entries, stored
from db.knowledge.instances import Instance, Instances, Space, meaning
from db.knowledge.loop import run
from db.session import Database
from docrunch.errors import AmbiguousName, NotFound
from docrunch.knowledge.answers import SHORTEST, checked, found, keywords_of, node_found, ranked
from docrunch.knowledge.names import bounded
from docrunch.storage.ports import Found, Neighbour

TARGET = "lightrag"
MAX_DEPTH = 5
MAX_NEIGHBOURS = 500
CANDIDATES = 10
Result = TypeVar("Result")


class Place(msgspec.Struct, frozen=True):
    """Whose graph it is, in words. ``key``: its workspace."""

    repository: str
    ref: str
    key: str


class GraphReader:
    """Reading half of `docrunch.storage.ports.LightRAGStorage`, over the tables of this database."""

    def __init__(self, database: Database, instances: Instances, place: Place) -> None:
        self._database = database
        self._instances = instances
        self._place = place

    async def search(
        self, query: str, *, mode: str = "mix", limit: int = 10, keywords: Sequence[str] = ()
    ) -> list[Found]:
        """Best first; nothing where nothing is near.

        Raises:
            UsageError: the query cannot be asked.
            NotFound: nothing was projected yet.
        """
        asked = checked(query, mode, limit)
        instance = await self._instance()
        if len(asked) < SHORTEST:
            return await self._on_thread(_labels(instance, asked, limit))
        return await self._on_thread(_query(instance, asked, mode, limit, keywords))

    async def get_related(self, document_id: str, *, depth: int = 1, limit: int = 50) -> list[Neighbour]:
        """Raises:
        NotFound, AmbiguousName: no or several documents have this id, name or path.
        """
        instance = await self._instance()
        name = await self._named(document_id)
        reach = min(max(depth, 1), MAX_DEPTH)
        return await self._on_thread(_around(instance, name, reach, min(max(limit, 1), MAX_NEIGHBOURS)))

    async def export_graph(self) -> Mapping[str, Any]:
        """All nodes and edges as networkx node-link data, in the order of their names."""
        await self._space()
        async with self._database.transaction() as connection:
            nodes = await stored.nodes(connection, self._place.key, None)
            edges = await stored.edges(connection, self._place.key, None)
        return {
            "directed": False,
            "multigraph": False,
            "graph": {"repository": self._place.repository, "ref": self._place.ref},
            "nodes": [{"id": name, **nodes[name]} for name in sorted(nodes)],
            "edges": [{"source": a, "target": b, **edges[a, b]} for a, b in sorted(edges)],
        }

    async def health(self) -> dict[str, Any]:
        """``status``: ok, empty (nothing was projected yet) or gone (its rows are lost); what it holds; how many
        entities are being written, or were when somebody was killed."""
        async with self._database.transaction() as connection:
            facts = await entries.all_facts(connection, TARGET, self._place.key)
            counts = await stored.counts(connection, self._place.key)
            noted = await entries.holds(connection, self._place.key)
            lost = noted and not await stored.holds(connection, self._place.key)
            unfinished = (await entries.unfinished(connection, TARGET)).get(self._place.key, [])
        return {
            "status": "gone" if lost else "ok" if facts else "empty",
            "workspace": self._place.key,
            "encoders": sorted({row["encoder"] for row in facts if "encoder" in row}),
            "unfinished": len(unfinished),
            "counts": stored.by_kind(counts),
        }

    async def _instance(self) -> Instance:
        return await self._instances.get(await self._space())

    async def _space(self) -> Space:
        async with self._database.transaction() as connection:
            facts = await entries.all_facts(connection, TARGET, self._place.key)
        found = Space.noted(self._place.key, facts)
        if found is None:
            raise NotFound(
                f"the knowledge graph of {self._place.repository}@{self._place.ref} holds nothing yet",
                hint="It follows a scan by itself; `docrunch sync status` says how far it is.",
            )
        return found

    async def _named(self, text: str) -> str:
        async with self._database.transaction() as connection:
            matches = await stored.matching(connection, self._place.key, bounded(text, 512), CANDIDATES)
        if not matches:
            raise NotFound(
                f"the knowledge graph has nothing that is called {text!r}", hint="Names are as `search` shows."
            )
        if len(matches) > 1:
            error = AmbiguousName(f"{text!r} may be any of {len(matches)}", hint=", ".join(matches))
            error.candidates = tuple({"entity": name} for name in matches)
            raise error
        return matches[0]

    async def _on_thread(self, work: Coroutine[Any, Any, Result]) -> Result:
        try:
            return await run(work)
        except Exception as error:
            raise meaning(error) from error


async def _labels(instance: Instance, query: str, limit: int) -> list[Found]:
    graph = instance.rag.chunk_entity_relation_graph
    names = await graph.search_labels(query, limit)
    rows = await graph.get_nodes_batch(names)
    return ranked((node_found(name, rows[name]) for name in names if name in rows), limit)


async def _query(instance: Instance, query: str, mode: str, limit: int, keywords: Sequence[str]) -> list[Found]:
    from lightrag import QueryParam
    from lightrag.query_validation import QueryValidationError

    entities, relations = keywords_of(query, keywords)
    wanted = QueryParam(
        mode=mode,
        hl_keywords=relations,
        ll_keywords=entities,
        top_k=max(20, 2 * limit),
        chunk_top_k=max(20, 2 * limit),
        enable_rerank=False,
    )
    try:
        answer = await instance.rag.aquery_data(query, wanted)
    except QueryValidationError:
        return await _labels(instance, query, limit)
    if answer.get("status") != "success":
        return []
    return await _located(instance, answer.get("data") or {}, mode, limit)


async def _located(instance: Instance, data: Mapping[str, Any], mode: str, limit: int) -> list[Found]:
    """Results with the places that the store itself does not carry through a query."""
    ids = [row["chunk_id"] for row in data.get("chunks", ()) if row.get("chunk_id")]
    rows = await instance.rag.text_chunks.get_by_ids(ids) if ids else []
    owners = {key: row["sidecar"]["entity"] for key, row in zip(ids, rows, strict=True) if row and row.get("sidecar")}
    names = {row["entity_name"] for row in data.get("entities", ())} | set(owners.values())
    names |= {row[end] for row in data.get("relationships", ()) for end in ("src_id", "tgt_id")}
    nodes = await instance.rag.chunk_entity_relation_graph.get_nodes_batch(sorted(names)) if names else {}
    return found(data, nodes, owners, mode=mode, limit=limit)


async def _around(instance: Instance, start: str, depth: int, limit: int) -> list[Neighbour]:
    """Breadth first; of one distance the heaviest joins first, then by name."""
    graph = instance.rag.chunk_entity_relation_graph
    seen, frontier, made = {start}, [start], list[Neighbour]()
    for distance in range(1, depth + 1):
        near = await graph.get_nodes_edges_batch(frontier)
        pairs = sorted({(min(a, b), max(a, b)) for edges in near.values() for a, b in edges})
        rows = await graph.get_edges_batch([{"src": a, "tgt": b} for a, b in pairs])
        reached: dict[str, tuple[float, set[str]]] = {}
        for (a, b), row in rows.items():
            for name in {a, b} - seen:
                weight, types = reached.setdefault(name, (0.0, set()))
                types.update(str(row.get("keywords", "")).split(","))
                reached[name] = (weight + float(row.get("weight", 0)), types)
        order = sorted(reached, key=lambda name: (-reached[name][0], name))[: limit - len(made)]
        nodes = await graph.get_nodes_batch(order) if order else {}
        for name in order:
            row = nodes.get(name, {})
            shown = str(row.get("title") or name)
            made.append(
                Neighbour(str(row.get("document_id") or name), shown, tuple(sorted(reached[name][1])), distance)
            )
        seen.update(reached)
        frontier = order
        if len(made) >= limit or not frontier:
            break
    return made
