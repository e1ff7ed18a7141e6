"""What one entity of the outbox puts into the store, as deterministic values: entities, links and texts."""

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from docrunch.ids import text_sha
from docrunch.knowledge.names import MAX_KEY, bounded, one_line, piece_id
from docrunch.storage.model import Document

MAX_LINKS = 20_000  # of one entity: a file of generated code must not fill the store by itself


class Node(msgspec.Struct, frozen=True, array_like=True):
    """An entity. ``vector``: key of its vector in the cache, hexadecimal; empty where it has none."""

    kind: str
    title: str
    description: str
    path: str
    document: str
    line: int
    end_line: int
    pieces: tuple[str, ...]
    vector: str = ""


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """A text of an entity."""

    text: str
    path: str
    order: int
    entity: str
    vector: str


class Link(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A directed relation. ``home``: the entry (`home_of`) that the other end belongs to, empty for the own one."""

    source: str
    target: str
    type: str
    weight: float
    home: str = ""


class Manifest(msgspec.Struct, frozen=True):
    """``marks``: key of a vector → hexadecimal digest of its bytes, as it was written."""

    nodes: dict[str, Node] = {}
    pieces: dict[str, Piece] = {}
    links: tuple[Link, ...] = ()
    marks: dict[str, str] = {}


class Known(msgspec.Struct, frozen=True):
    """What a document refers to: its entity, and the entry that holds it."""

    entity: str
    home: str


NOTHING = Manifest()

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Manifest)


def home_of(entity_type: str, key: str) -> str:
    return f"{entity_type}\0{key}"


def encode(manifest: Manifest) -> bytes:
    return zlib.compress(_encoder.encode(manifest), 1)


def decode(data: bytes | None) -> Manifest:
    """Inverse of `encode`; nothing for None."""
    return _decoder.decode(zlib.decompress(data)) if data else NOTHING


class _Marks(msgspec.Struct, frozen=True):
    marks: dict[str, str] = {}


_marks_decoder = msgspec.msgpack.Decoder(_Marks)


def vector_keys(data: bytes) -> list[str]:
    """Keys of all vectors of an encoded manifest, and nothing else of it."""
    return sorted(_marks_decoder.decode(zlib.decompress(data)).marks)


def build(
    home: str, documents: Iterable[Document], known: Mapping[str, Known], *, size: int, overlap: int = 0
) -> Manifest:
    """The manifest of one entry.

    Args:
        known: document id or path → entity, of what the documents refer to outside; the rest of it is dropped.
        size: characters of one text. Code has one text an entity, cut there; other documents as many as they need.
    """
    given = list(documents)
    own = {document.id: document.metadata["entity"] for document in given}
    nodes: dict[str, Node] = {}
    pieces: dict[str, Piece] = {}
    for document in given:
        node, texts = _rows(home, document, size, overlap)
        entity = document.metadata["entity"]
        if entity in nodes:
            node, texts = _merged(nodes[entity], node, {key: pieces.get(key, text) for key, text in texts.items()})
        nodes[entity] = node
        pieces.update(texts)
    return Manifest(nodes, pieces, tuple(_links(given, own, known)))


def _rows(home: str, document: Document, size: int, overlap: int) -> tuple[Node, dict[str, Piece]]:
    said = document.metadata
    entity, path = said["entity"], one_line(said.get("path", ""))
    code = said["kind"] not in _WRITTEN
    description = document.content[:size] if code else f"{document.title}\n{document.content}"[:size]
    texts = [document.content[: size - 2]] if code else _parts(document, size, overlap)
    vector = said.get("vector") or (text_sha(description) if said.get("embed") else "")
    pieces: dict[str, Piece] = {}
    if vector:
        for order, text in enumerate(texts):
            shown = f"# {path or entity}\n{text}"
            key = vector if code else text_sha(shown)
            pieces[piece_id(home, entity, order)] = Piece(shown, path, order, entity, key)
    return (
        Node(
            said["kind"],
            document.title,
            description,
            path,
            bounded(document.id, MAX_KEY),
            _number(said.get("line")),
            _number(said.get("end_line")),
            tuple(pieces),
            vector,
        ),
        pieces,
    )


_WRITTEN = frozenset({"page", "decision", "pattern", "finding", "report"})


def _parts(document: Document, size: int, overlap: int) -> list[str]:
    """Texts of at most ``size`` characters, cut at a line or word where there is one in the second half."""
    text, start = document.content, 0
    parts: list[str] = []
    room = max(64, size - len(document.title[:100]) - 1)
    while start < len(text) or not parts:
        end = min(len(text), start + room)
        if end < len(text):
            cut = max(text.rfind("\n", start + room // 2, end), text.rfind(" ", start + room // 2, end))
            end = cut if cut > 0 else end
        parts.append(f"{document.title[:100]}\n{text[start:end].strip()}")
        if end >= len(text):
            break
        start = max(end - min(overlap, room // 4), start + 1)
    return parts


def _merged(first: Node, second: Node, texts: dict[str, Piece]) -> tuple[Node, dict[str, Piece]]:
    """Two symbols with one name: the first says where, either may say what."""
    kept = first if first.vector or not second.vector else second
    node = msgspec.structs.replace(
        kept, document=first.document, line=first.line, end_line=max(first.end_line, second.end_line)
    )
    return node, texts


def _links(documents: list[Document], own: Mapping[str, str], known: Mapping[str, Known]) -> list[Link]:
    found: dict[tuple[str, str, str], Link] = {}
    for document in documents:
        source = document.metadata["entity"]
        for relation in document.relationships:
            other = own.get(relation.target)
            outside = known.get(relation.target) if other is None else None
            target = other or (outside.entity if outside else None)
            if target is None or target == source:
                continue
            key = (source, target, relation.type)
            weight = relation.weight + (found[key].weight if key in found else 0.0)
            found[key] = Link(source, target, one_line(relation.type)[:40], weight, outside.home if outside else "")
    return sorted(found.values())[:MAX_LINKS]


def _number(value: Any) -> int:
    return int(value) if isinstance(value, str) and value.isdigit() else 0
