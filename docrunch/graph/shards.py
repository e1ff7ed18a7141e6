"""A graph as an immutable object: one shard per file, one for what belongs to no file, and an index.

A shard holds the nodes of its file, their outgoing edges, candidates, misses, entry points and markers, and nothing of
the commit: where neither the file's facts nor the meaning of its names change, its shard is the same bytes in every
later scan.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

import msgspec

from docrunch.canonical import sha256_hex
from docrunch.errors import InvalidArchive
from docrunch.frames import pack, unpack
from docrunch.graph.model import Candidates, Edge, EntryPoint, Graph, Marker, Node, Unresolved
from docrunch.ids import NodeId

_T = TypeVar("_T")
SHARED = ""  # path of the shard for repository, packages and externals
SCHEMA = "docrunch.graph-object/1"
MAX_SHARD_BYTES = 256_000_000
MAX_INDEX_BYTES = 256_000_000
_WHOLE = "a stored graph"


class Shard(msgspec.Struct, frozen=True, array_like=True):
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    candidates: tuple[Candidates, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    entries: tuple[EntryPoint, ...] = ()
    markers: tuple[Marker, ...] = ()


_Part = tuple[list[Node], list[Edge], list[Candidates], list[Unresolved], list[EntryPoint], list[Marker]]


class GraphIndex(msgspec.Struct, frozen=True):
    """``shards`` are (path, sha256 of the stored bytes), sorted by path."""

    schema: str
    repository: str
    commit: str
    shards: tuple[tuple[str, str], ...]


class GraphObject(msgspec.Struct, frozen=True):
    index: bytes
    shards: dict[str, bytes]  # by sha256


_shard_decoder = msgspec.msgpack.Decoder(Shard)
_index_decoder = msgspec.msgpack.Decoder(GraphIndex)


def split(graph: Graph) -> GraphObject:
    """Deterministic: equal graphs give equal bytes."""
    parts: dict[str, _Part] = {}
    home = {}
    for node in graph.nodes:
        path = home[node.id] = home_of(node)
        parts.setdefault(path, ([], [], [], [], [], []))[0].append(node)
    for edge in graph.edges:
        parts[home[edge.source]][1].append(edge)
    for found in graph.candidates:
        parts[home[found.source]][2].append(found)
    for unresolved in graph.unresolved:
        parts[unresolved.path][3].append(unresolved)
    for entry in graph.entries:
        parts[home[entry.place]][4].append(entry)
    for marker in graph.markers:
        parts[home[marker.place]][5].append(marker)
    shards: dict[str, bytes] = {}
    listed: list[tuple[str, str]] = []
    for path in sorted(parts):
        nodes, edges, candidates, misses, entries, markers = parts[path]
        shard = Shard(tuple(nodes), tuple(edges), tuple(candidates), tuple(misses), tuple(entries), tuple(markers))
        sha, stored = pack_shard(shard)
        shards[sha] = stored
        listed.append((path, sha))
    return GraphObject(pack_index(graph.repository, graph.commit, listed), shards)


_PLACELESS = frozenset({"repository", "package", "external"})


def home_of(node: Node) -> str:
    """The file whose shard a node is in."""
    return node.path if node.kind not in _PLACELESS else SHARED


def pack_shard(shard: Shard) -> tuple[str, bytes]:
    """The sha256 that names a shard, and its bytes."""
    stored = pack(shard)
    return sha256_hex(stored), stored


def pack_index(repository: str, commit: str, shards: Iterable[tuple[str, str]]) -> bytes:
    """Args: (path, sha256) of the shards, sorted by path."""
    return pack(GraphIndex(SCHEMA, repository, commit, tuple(shards)))


def read_index(index: bytes) -> GraphIndex:
    """Raises: InvalidArchive for bytes that are no index."""
    try:
        found = _index_decoder.decode(unpack(index, MAX_INDEX_BYTES, _WHOLE))
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise InvalidArchive("The index of a stored graph is damaged.") from error
    paths = [path for path, _ in found.shards]
    if found.schema != SCHEMA or paths != sorted(set(paths)):
        raise InvalidArchive("The index of a stored graph is of an unknown form.")
    return found


def read_shard(sha: str, stored: bytes) -> Shard:
    """One file's part of a graph.

    Raises:
        InvalidArchive: the bytes do not have the hash that names them, or are no shard.
    """
    if sha256_hex(stored) != sha:
        raise InvalidArchive("A part of a stored graph does not have its hash.")
    try:
        return _shard_decoder.decode(unpack(stored, MAX_SHARD_BYTES, _WHOLE))
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise InvalidArchive("A part of a stored graph is damaged.") from error


def join(index: bytes, get: Callable[[str], bytes]) -> Graph:
    """The graph that was split; ``get`` gives the bytes of a shard by its hash.

    Raises:
        InvalidArchive: the index or a shard is damaged.
    """
    head = read_index(index)
    return assemble(head.repository, head.commit, [read_shard(sha, get(sha)) for _, sha in head.shards])


def assemble(repository: str, commit: str, shards: Sequence[Shard]) -> Graph:
    """The graph of which these are all the parts."""
    return Graph(
        repository,
        commit,
        nodes=tuple(sorted(_all(shard.nodes for shard in shards), key=attrgetter("id"))),
        edges=_edges(shards),
        candidates=tuple(sorted(_all(shard.candidates for shard in shards), key=lambda c: (c.source, c.kind, c.line))),
        unresolved=tuple(sorted(_all(shard.unresolved for shard in shards), key=lambda u: (u.path, u.language))),
        entries=tuple(sorted(_all(shard.entries for shard in shards))),
        markers=tuple(sorted(_all(shard.markers for shard in shards))),
    )


def _edges(shards: Sequence[Shard]) -> tuple[Edge, ...]:
    """By (source, target, kind): all edges of a source are in one shard, in that order already."""
    found: dict[NodeId, list[Edge]] = {}
    for shard in shards:
        for source, edges in groupby(shard.edges, key=attrgetter("source")):
            found.setdefault(source, []).extend(edges)
    return tuple([edge for source in sorted(found) for edge in found[source]])


def _all(groups: Iterable[tuple[_T, ...]]) -> list[_T]:
    return [item for group in groups for item in group]
