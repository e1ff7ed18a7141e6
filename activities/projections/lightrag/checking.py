"""What the store holds, row by row, against what it should: nothing is believed that the rows do not show."""

import hashlib
from collections.abc import Collection, Iterable, Mapping

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.projections.target import Drift, Sample, entity_name
from db.knowledge import entries, stored
from db.knowledge.entries import EntryKey, EntryRow
from db.knowledge.instances import Space
from db.knowledge.stored import VectorRow
from db.session import Database
from docrunch.knowledge.manifest import Link, Manifest, decode
from docrunch.knowledge.plan import Pair, by_pair, entity_content, has_vector, node_row, pair_content, pair_row
from docrunch.storage.model import EntityType


class Wanted(msgspec.Struct, frozen=True):
    """Entities, texts and pairs of a sample."""

    nodes: frozenset[str]
    pieces: frozenset[str]
    pairs: frozenset[Pair]


class Held:
    """Rows of a workspace: all, or those that a sample needs."""

    def __init__(
        self,
        nodes: Mapping[str, Mapping[str, object]],
        edges: Mapping[Pair, Mapping[str, object]],
        texts: Mapping[str, str],
        vectors: Mapping[str, Mapping[str, VectorRow]],
        askew: Iterable[Pair],
    ) -> None:
        self.nodes, self.edges, self.texts, self.vectors = nodes, edges, texts, vectors
        self.askew = frozenset(askew)


async def check(database: Database, target: str, sample: Sample) -> Drift:
    key = sample.workspace.key
    async with database.transaction() as connection:
        rows, wanted = await _rows(connection, target, sample)
        counts = await stored.counts(connection, key)
    held = await _held(database, rows, key, wanted) if counts else Held({}, {}, {}, {}, ())
    return compare(sample, rows, held, counts)


async def _rows(connection: AsyncConnection, target: str, sample: Sample) -> tuple[list[EntryRow], Wanted | None]:
    """The entries of a sample, those that may have links of its pairs, and what it needs; None: everything."""
    key = sample.workspace.key
    if sample.complete:
        return await entries.read_all(connection, target, key), None
    mine = await entries.read(connection, target, key, [EntryKey(*at) for at in sample.expected])
    manifests = [decode(row.manifest) for row in mine.values()]
    links = [link for manifest in manifests for link in manifest.links]
    others = {EntryKey(*link.home.split("\0", 1)) for link in links if link.home} - mine.keys()
    wanted = Wanted(
        frozenset(name for manifest in manifests for name in manifest.nodes),
        frozenset(piece for manifest in manifests for piece in manifest.pieces),
        frozenset(by_pair(links)),
    )
    return [*mine.values(), *(await entries.read(connection, target, key, others)).values()], wanted


async def _held(database: Database, rows: list[EntryRow], key: str, wanted: Wanted | None) -> Held:
    space = Space.noted(key, (row.facts for row in rows))
    names, pieces, pairs = (wanted.nodes, wanted.pieces, wanted.pairs) if wanted else (None, None, None)
    async with database.transaction() as connection:
        nodes = await stored.nodes(connection, key, names)
        edges = await stored.edges(connection, key, pairs)
        texts = await stored.texts(connection, key, pieces)
        if space is None:
            return Held(nodes, edges, texts, {}, ())
        suffix = f"{space.table_name}_{space.dimensions}d"
        tables = {kind: f"lightrag_vdb_{table}_{suffix}" for kind, table in _VECTORS.items()}
        ids = _vector_ids(wanted)
        vectors = {kind: await stored.vectors(connection, table, key, ids[kind]) for kind, table in tables.items()}
        return Held(nodes, edges, texts, vectors, await stored.askew(connection, tables, key, pairs))


_VECTORS = {"texts": "chunks", "entities": "entity", "relations": "relation"}


def _vector_ids(wanted: Wanted | None) -> Mapping[str, Collection[str] | None]:
    if wanted is None:
        return dict.fromkeys(_VECTORS)
    names = wanted.nodes | {name for pair in wanted.pairs for name in pair}
    return {
        "texts": wanted.pieces,
        "entities": {_entity_id(name) for name in names},
        "relations": {_relation_id(pair) for pair in wanted.pairs},
    }


def compare(sample: Sample, rows: list[EntryRow], held: Held, counts: dict[str, int]) -> Drift:
    """Entries against the truth by hash, then the rows of every entry against its manifest."""
    noted = {(EntityType(row.at.entity_type), row.at.key): row for row in rows}
    missing = [entity_name(*at) for at in sample.expected if at not in noted]
    extra = [entity_name(*at) for at in noted if at not in sample.expected] if sample.complete else []
    stale = {
        entity_name(*at)
        for at, row in noted.items()
        if at in sample.expected and (row.state != "ready" or row.content_hash != sample.expected[at])
    }
    manifests = {at: decode(row.manifest) for at, row in noted.items()}
    links = by_pair(link for manifest in manifests.values() for link in manifest.links)
    for at, manifest in manifests.items():
        if at in sample.expected and not _whole(manifest, links, held):
            stale.add(entity_name(*at))
    if sample.complete:
        extra += _strays(manifests.values(), links, held)
    return Drift(
        tuple(sorted(missing)), tuple(sorted(stale - set(missing))), tuple(sorted(extra)), stored.by_kind(counts)
    )


def _whole(manifest: Manifest, links: Mapping[Pair, list[Link]], held: Held) -> bool:
    """Whether every row that an entry put there is there, as it was written."""
    for name, node in manifest.nodes.items():
        if held.nodes.get(name) != node_row(name, node):
            return False
        expected = (entity_content(name, node), manifest.marks.get(node.vector)) if node.vector else None
        if _vector(held, "entities", _entity_id(name)) != expected:
            return False
    for key, piece in manifest.pieces.items():
        expected = (piece.text, manifest.marks.get(piece.vector))
        if held.texts.get(key) != piece.text or _vector(held, "texts", key) != expected:
            return False
    return all(_pair_is_whole(pair, links[pair], held) for pair in by_pair(manifest.links))


def _pair_is_whole(pair: Pair, links: list[Link], held: Held) -> bool:
    row = pair_row(sorted(links))
    if held.edges.get(pair) != row or pair in held.askew:
        return False
    found = _vector(held, "relations", _relation_id(pair))
    both = all(_vector(held, "entities", _entity_id(name)) is not None for name in pair)
    if both and has_vector(str(row["keywords"])):
        return found is not None and found[0] == pair_content(pair, row)
    return found is None


def _strays(manifests: Iterable[Manifest], links: Mapping[Pair, list[Link]], held: Held) -> list[str]:
    """Rows that no entry has put there. Entities that something refers to and nothing defines are no strays."""
    listed = list(manifests)
    names = {name for manifest in listed for name in manifest.nodes} | {name for pair in links for name in pair}
    pieces = {key for manifest in listed for key in manifest.pieces}
    entities = set(map(_entity_id, names))
    relations = set(map(_relation_id, links))
    return [
        *(f"node {name}" for name in held.nodes.keys() - names),
        *(f"edge {a} -- {b}" for a, b in held.edges.keys() - links.keys()),
        *(f"text {key}" for key in held.texts.keys() - pieces),
        *(f"vector {key}" for key in held.vectors.get("texts", {}).keys() - pieces),
        *(f"vector {key}" for key in held.vectors.get("entities", {}).keys() - entities),
        *(f"vector {key}" for key in held.vectors.get("relations", {}).keys() - relations),
    ]


def _vector(held: Held, kind: str, key: str) -> tuple[str, str] | None:
    row = held.vectors.get(kind, {}).get(key)
    return (row.content, row.mark) if row else None


def _entity_id(name: str) -> str:
    return f"ent-{_md5(name)}"


def _relation_id(pair: Pair) -> str:
    return f"rel-{_md5(pair[0] + pair[1])}"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - how the library names rows
