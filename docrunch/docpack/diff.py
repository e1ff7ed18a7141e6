"""What changed between two docpacks, by identity: nodes, edges, files, pages, clusters, encoder, counts."""

from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

import msgspec

from docrunch.docpack.read import Docpack
from docrunch.docpack.schema import Counts, NodeRow
from docrunch.graph.model import Edge

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Change(msgspec.Struct, frozen=True):
    """Names of what was added, removed and changed, each sorted."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


class DocpackDiff(msgspec.Struct, frozen=True):
    """``same`` means equal ids, and then everything else is empty."""

    same: bool
    id_before: str
    id_after: str
    commits: tuple[str, str]
    versions: Change  # tool, extractor, encoder, options, repository: "name: before → after" under ``changed``
    files: Change
    nodes: Change
    edges: Change
    pages: Change
    clusters: Change
    embeddings: Change
    issues: Change
    counts: dict[str, tuple[int, int]]  # flattened name → (before, after), where they differ


def diff(a: Docpack, b: Docpack) -> DocpackDiff:
    """Differences from ``a`` to ``b``. Positions are facts: a symbol that moved to other lines is changed.

    Raises:
        InvalidArchive: a member of either is not what it should be.
    """
    before, after = a.manifest, b.manifest
    names: dict[str, str] = {row.id: _node_name(row) for pack in (a, b) for row in pack.nodes.nodes}
    return DocpackDiff(
        same=before.id == after.id,
        id_before=before.id,
        id_after=after.id,
        commits=(before.commit, after.commit),
        versions=_versions(a, b),
        files=_compare(a.source_map.files, b.source_map.files),
        nodes=_compare(
            {row.id: row for row in a.nodes.nodes},
            {row.id: row for row in b.nodes.nodes},
            lambda node: names[node],
        ),
        edges=_compare(_edges(a), _edges(b), lambda key: _edge_name(key, names)),
        pages=_compare({p.path: p.text for p in a.pages}, {p.path: p.text for p in b.pages}),
        clusters=_compare(
            {row.label: row.members for row in a.clusters.clusters},
            {row.label: row.members for row in b.clusters.clusters},
        ),
        embeddings=_compare(_texts(a), _texts(b)),
        issues=_compare(
            {f"{i.path}:{i.line} {i.reason}": i for i in before.issues},
            {f"{i.path}:{i.line} {i.reason}": i for i in after.issues},
        ),
        counts=_counts(before.counts, after.counts),
    )


def _compare(a: Mapping[K, V], b: Mapping[K, V], name: Callable[[K], str] = str) -> Change:
    return Change(
        added=tuple(sorted(name(key) for key in b.keys() - a.keys())),
        removed=tuple(sorted(name(key) for key in a.keys() - b.keys())),
        changed=tuple(sorted(name(key) for key in a.keys() & b.keys() if a[key] != b[key])),
    )


def _edges(pack: Docpack) -> dict[tuple[str, str, str], Edge]:
    return {(e.source, e.target, str(e.kind)): e for e in pack.graph.edges}


def _edge_name(key: tuple[str, str, str], names: Mapping[str, str]) -> str:
    source, target, kind = key
    return f"{names.get(source, source)} {kind} {names.get(target, target)}"


def _node_name(row: NodeRow) -> str:
    where = f" ({row.path})" if row.path else ""
    return f"{row.kind} {row.qualified_name or row.name}{where}"


def _texts(pack: Docpack) -> dict[str, str]:
    index = pack.embeddings
    return dict(zip(index.ids, index.text_sha256, strict=False)) if index else {}


def _versions(a: Docpack, b: Docpack) -> Change:
    before, after = a.manifest, b.manifest
    pairs = {
        "repository": (before.repository, after.repository),
        "commit": (before.commit, after.commit),
        "tool": (before.tool.version, after.tool.version),
        "extractor": (before.extractor_id, after.extractor_id),
        "encoder": (before.encoder_id or "none", after.encoder_id or "none"),
        "clustering": (before.clustering.method, after.clustering.method),
    }
    for key in sorted(before.options.keys() | after.options.keys()):
        pairs[f"option {key}"] = (before.options.get(key, "unset"), after.options.get(key, "unset"))
    return Change(changed=tuple(f"{name}: {old} → {new}" for name, (old, new) in pairs.items() if old != new))


def _counts(a: Counts, b: Counts) -> dict[str, tuple[int, int]]:
    before, after = _flat(a), _flat(b)
    return {
        name: (before.get(name, 0), after.get(name, 0))
        for name in sorted(before.keys() | after.keys())
        if before.get(name, 0) != after.get(name, 0)
    }


def _flat(counts: Counts) -> dict[str, int]:
    made: dict[str, int] = {}
    for name, value in msgspec.structs.asdict(counts).items():
        if isinstance(value, dict):
            made.update({f"{name}.{key}": number for key, number in value.items()})
        else:
            made[name] = value
    return made
