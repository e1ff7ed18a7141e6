"""What must be written so that a store which holds some manifests comes to hold others: a pure difference.

The store joins a pair of entities by one undirected row. A pair's row is therefore made from the links of both of its
ends, whichever entry they are in.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from docrunch.knowledge.manifest import Link, Manifest, Node, Piece
from docrunch.knowledge.names import SEPARATOR

Pair = tuple[str, str]  # entity names in the order of their code points
STRUCTURE = frozenset({"contains"})  # joins that the graph has and vectors do not: they say nothing to search for
UNRESOLVED = "unresolved"
PAIR_LINES = 40  # of the description of one pair


class Step(msgspec.Struct, frozen=True):
    """One entry on its way from ``before`` to ``after``."""

    home: str
    before: Manifest
    after: Manifest


class Plan(msgspec.Struct, frozen=True):
    """``pairs``: links of both directions, from all entries. ``moved``: entities whose vector changes, or goes.
    ``indexed``: those of ``nodes`` whose searchable row changes; a symbol that only moved down keeps it."""

    nodes: dict[str, Node]
    gone_nodes: tuple[str, ...]
    pieces: dict[str, Piece]
    gone_pieces: tuple[str, ...]
    pairs: dict[Pair, tuple[Link, ...]]
    gone_pairs: tuple[Pair, ...]
    moved: tuple[str, ...]
    indexed: frozenset[str]
    homes: dict[str, str]  # piece → full document id

    @property
    def is_empty(self) -> bool:
        return not (self.nodes or self.gone_nodes or self.pieces or self.gone_pieces or self.pairs or self.gone_pairs)


def pair_of(link: Link) -> Pair:
    return (link.source, link.target) if link.source < link.target else (link.target, link.source)


def by_pair(links: Iterable[Link]) -> dict[Pair, list[Link]]:
    found: dict[Pair, list[Link]] = {}
    for link in links:
        found.setdefault(pair_of(link), []).append(link)
    return found


def touched(steps: Sequence[Step], *, force: bool) -> dict[Pair, set[str]]:
    """Pairs whose own links change, and the other entries that may have links of them too."""
    found: dict[Pair, set[str]] = {}
    for step in steps:
        before, after = by_pair(step.before.links), by_pair(step.after.links)
        for pair in before.keys() | after.keys():
            old, new = before.get(pair, []), after.get(pair, [])
            if force or old != new:
                found.setdefault(pair, set()).update(link.home for link in (*old, *new) if link.home)
    return found


def plan(steps: Sequence[Step], others: Mapping[str, Manifest], *, force: bool = False) -> Plan:
    """The difference.

    Args:
        others: manifests of the entries that `touched` names and that are not among the steps.
        force: the store may hold anything of both manifests of each step: all of it is written again.
    """
    nodes: dict[str, Node] = {}
    pieces: dict[str, Piece] = {}
    homes: dict[str, str] = {}
    gone_nodes: set[str] = set()
    gone_pieces: set[str] = set()
    moved: set[str] = set()
    indexed: set[str] = set()
    for step in steps:
        before, after = step.before, step.after
        changed = {name: row for name, row in after.nodes.items() if force or before.nodes.get(name) != row}
        nodes.update(changed)
        indexed.update(
            name for name, row in changed.items() if force or _searchable(before.nodes.get(name)) != _searchable(row)
        )
        gone_nodes.update(before.nodes.keys() - after.nodes.keys())
        written = {key: row for key, row in after.pieces.items() if force or before.pieces.get(key) != row}
        pieces.update(written)
        homes.update(dict.fromkeys(written, step.home))
        gone_pieces.update(before.pieces.keys() - after.pieces.keys())
        moved.update(_moved(before, after, force=force))
    pairs, gone_pairs = _pairs(steps, others, force=force)
    kept = {name for step in steps for name in step.after.nodes}
    return Plan(
        nodes,
        tuple(sorted(gone_nodes - kept)),
        pieces,
        tuple(sorted(gone_pieces - {key for step in steps for key in step.after.pieces})),
        pairs,
        gone_pairs,
        tuple(sorted(moved)),
        frozenset(indexed),
        homes,
    )


def _searchable(node: Node | None) -> object:
    return node and (node.description, node.path, node.pieces, node.vector)


def _moved(before: Manifest, after: Manifest, *, force: bool) -> set[str]:
    keys = {name: node.vector for name, node in before.nodes.items()}
    now = {name: node.vector for name, node in after.nodes.items()}
    return {name for name in keys.keys() | now.keys() if force or keys.get(name, "") != now.get(name, "")}


def _pairs(
    steps: Sequence[Step], others: Mapping[str, Manifest], *, force: bool
) -> tuple[dict[Pair, tuple[Link, ...]], tuple[Pair, ...]]:
    wanted = touched(steps, force=force)
    links: dict[Pair, list[Link]] = {pair: [] for pair in wanted}
    for manifest in (*(step.after for step in steps), *others.values()):
        for link in manifest.links:
            if (pair := pair_of(link)) in links:
                links[pair].append(link)
    made = {pair: tuple(sorted(found)) for pair, found in links.items() if found}
    return made, tuple(sorted(wanted.keys() - made.keys()))


def node_row(name: str, node: Node | None) -> dict[str, str]:
    """Properties of an entity; None: something refers to it and nothing defines it. Always the same keys: the store
    merges them into what is there."""
    shown = node or Node(UNRESOLVED, name, name, "", "", 0, 0, ())
    return {
        "entity_id": name,
        "entity_type": shown.kind,
        "title": shown.title,
        "description": shown.description,
        "source_id": SEPARATOR.join(shown.pieces),
        "file_path": shown.path,
        "document_id": shown.document,
        "line": str(shown.line),
        "end_line": str(shown.end_line),
    }


def pair_row(links: Sequence[Link]) -> dict[str, object]:
    """Properties of a pair: typed keywords, one directed line per link, and the sum of their weights."""
    types = sorted({link.type for link in links})
    lines = [f"{link.source} -{link.type}-> {link.target}" for link in links[:PAIR_LINES]]
    return {
        "keywords": ",".join(types),
        "description": "\n".join(lines),
        "weight": sum(link.weight for link in links),
        "source_id": "",
        "file_path": "",
    }


def has_vector(keywords: str) -> bool:
    """Whether a pair joined by these types can be found by its meaning."""
    return not frozenset(keywords.split(",")) <= STRUCTURE


def entity_content(name: str, node: Node) -> str:
    return f"{name}\n{node.description}"


def pair_content(pair: Pair, row: Mapping[str, object]) -> str:
    return f"{row['keywords']}\t{pair[0]}\n{pair[1]}\n{row['description']}"
