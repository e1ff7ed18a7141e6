"""What the store holds, row by row, against what it should: nothing is believed that the rows do not show."""

import hashlib
from collections.abc import Iterable, Mapping

from activities.projections.target import Drift, Sample
from db.knowledge import entries, stored
from db.knowledge.entries import EntryRow
from db.knowledge.instances import Space
from db.knowledge.stored import VectorRow
from db.session import Database
from docrunch.knowledge.manifest import Link, Manifest, decode
from docrunch.knowledge.plan import Pair, by_pair, entity_content, has_vector, node_row, pair_content, pair_row
from docrunch.storage.model import EntityType


class Held:
    """All rows of a workspace."""

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
        rows = await entries.read_all(connection, target, key)
        counts = await stored.counts(connection, key)
    held = await _held(database, rows, key) if counts else Held({}, {}, {}, {}, ())
    return compare(sample, rows, held, counts)


async def _held(database: Database, rows: list[EntryRow], key: str) -> Held:
    space = Space.noted(key, (row.facts for row in rows))
    async with database.transaction() as connection:
        nodes = await stored.nodes(connection, key, None)
        edges = await stored.edges(connection, key, None)
        texts = await stored.texts(connection, key)
        if space is None:
            return Held(nodes, edges, texts, {}, ())
        suffix = f"{space.table_name}_{space.dimensions}d"
        names = {kind: f"lightrag_vdb_{table}_{suffix}" for kind, table in _VECTORS.items()}
        vectors = {kind: await stored.vectors(connection, table, key) for kind, table in names.items()}
        return Held(nodes, edges, texts, vectors, await stored.askew(connection, names, key))


_VECTORS = {"texts": "chunks", "entities": "entity", "relations": "relation"}


def compare(sample: Sample, rows: list[EntryRow], held: Held, counts: dict[str, int]) -> Drift:
    """Entries against the truth by hash, then the rows of every entry against its manifest."""
    noted = {(EntityType(row.at.entity_type), row.at.key): row for row in rows}
    missing = [_name(*at) for at in sample.expected if at not in noted]
    extra = [_name(*at) for at in noted if at not in sample.expected] if sample.complete else []
    stale = {
        _name(*at)
        for at, row in noted.items()
        if at in sample.expected and (row.state != "ready" or row.content_hash != sample.expected[at])
    }
    manifests = {at: decode(row.manifest) for at, row in noted.items()}
    links = by_pair(link for manifest in manifests.values() for link in manifest.links)
    for at, manifest in manifests.items():
        if at in sample.expected and not _whole(manifest, links, held):
            stale.add(_name(*at))
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
        if _vector(held, "entities", f"ent-{_md5(name)}") != expected:
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
    found = _vector(held, "relations", f"rel-{_md5(pair[0] + pair[1])}")
    both = all(_vector(held, "entities", f"ent-{_md5(name)}") is not None for name in pair)
    if both and has_vector(str(row["keywords"])):
        return found is not None and found[0] == pair_content(pair, row)
    return found is None


def _strays(manifests: Iterable[Manifest], links: Mapping[Pair, list[Link]], held: Held) -> list[str]:
    """Rows that no entry has put there. Entities that something refers to and nothing defines are no strays."""
    listed = list(manifests)
    names = {name for manifest in listed for name in manifest.nodes} | {name for pair in links for name in pair}
    pieces = {key for manifest in listed for key in manifest.pieces}
    entities = {f"ent-{_md5(name)}" for name in names}
    relations = {f"rel-{_md5(a + b)}" for a, b in links}
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


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - how the library names rows


def _name(entity_type: EntityType, key: str) -> str:
    return f"{entity_type}:{key}"
