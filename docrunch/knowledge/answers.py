"""What a query of the store answered, as results that say where they are."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any

from docrunch.errors import UsageError
from docrunch.knowledge.names import clean
from docrunch.knowledge.plan import UNRESOLVED
from docrunch.storage.ports import Found

MODES = ("local", "global", "hybrid", "naive", "mix")
SHORTEST = 3  # characters that the store takes as a query; shorter ones are looked up as names
MAX_QUERY = 8_192  # bytes
MAX_LIMIT = 200
MAX_KEYWORDS = 16

_IDENTIFIER = re.compile(r"[A-Za-z_][\w.:/-]*[\w]")
_ORDER = {
    "local": ("entity", "chunk", "relationship"),
    "global": ("relationship", "entity", "chunk"),
    "naive": ("chunk",),
}

Nodes = Mapping[str, Mapping[str, Any]]


def checked(query: str, mode: str, limit: int) -> str:
    """The query as it can be asked.

    Raises:
        UsageError: it is empty or too long, or there is no such mode or number of results.
    """
    if mode not in MODES:
        raise UsageError(f"there is no mode {mode!r}", hint=f"Modes: {', '.join(MODES)}.")
    if not 1 <= limit <= MAX_LIMIT:
        raise UsageError(f"limit is {limit}", hint=f"It should be between 1 and {MAX_LIMIT}.")
    if len(query.encode("utf-8", "replace")) > MAX_QUERY:
        raise UsageError(f"the query is longer than {MAX_QUERY} bytes", hint="Ask with fewer words.")
    asked = clean(query).strip()
    if not asked:
        raise UsageError("the query is empty", hint="Ask with a name or a few words.")
    return asked


def keywords_of(query: str, given: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """Words for entities and words for relations; neither is empty, so that no model is asked for them."""
    named = [word for word in _IDENTIFIER.findall(query) if _is_name(word)]
    entities = list(dict.fromkeys([*(clean(each).strip() for each in given), query, *named]))
    kept = [each for each in entities if each][:MAX_KEYWORDS]
    return kept, list(dict.fromkeys([query, *(clean(each).strip() for each in given)]))[:MAX_KEYWORDS]


def _is_name(word: str) -> bool:
    """Written as code writes names: ``add_item``, ``Cart.add``, ``addItem``, ``src/cart.py``."""
    return any(each in word for each in "_./:") or (word != word.lower() and word[1:] != word[1:].lower())


def found(data: Mapping[str, Any], nodes: Nodes, owners: Mapping[str, str], *, mode: str, limit: int) -> list[Found]:
    """The lists of the store in one order, each document once.

    Args:
        nodes: properties of entities, by name.
        owners: id of a text → name of its entity.
    """
    lists = {
        "entity": [_entity(row, nodes) for row in data.get("entities", ())],
        "relationship": [_relation(row, nodes) for row in data.get("relationships", ())],
        "chunk": [_chunk(row, nodes, owners) for row in data.get("chunks", ())],
    }
    order = _ORDER.get(mode)
    if order is None:
        # Relations follow their ends by degree, not by nearness to the query: they come after what is near.
        near = chain.from_iterable(zip_longest(lists["entity"], lists["chunk"]))
        taken: Iterable[Found | None] = chain(near, lists["relationship"])
    else:
        taken = chain.from_iterable(lists[kind] for kind in order)
    return ranked((each for each in taken if each is not None), limit)


def ranked(results: Iterable[Found], limit: int) -> list[Found]:
    made: dict[str, Found] = {}
    for each in results:
        if each.metadata.get("kind") != UNRESOLVED and each.id not in made and len(made) < limit:
            made[each.id] = Found(len(made) + 1, each.kind, each.id, each.title, each.content, each.metadata)
    return list(made.values())


def node_found(name: str, row: Mapping[str, Any], *, content: str | None = None, kind: str = "entity") -> Found:
    """A result that is an entity, or stands for one."""
    metadata = {
        "entity": name,
        "kind": str(row.get("entity_type", "")),
        "path": str(row.get("file_path", "")),
        "line": str(row.get("line", "0")),
        "end_line": str(row.get("end_line", "0")),
    }
    shown = str(row.get("description", "")) if content is None else content
    return Found(0, kind, str(row.get("document_id") or name), str(row.get("title") or name), shown, metadata)


def _entity(row: Mapping[str, Any], nodes: Nodes) -> Found:
    name = str(row["entity_name"])
    return node_found(name, nodes.get(name, row))


def _relation(row: Mapping[str, Any], nodes: Nodes) -> Found:
    first, second = str(row["src_id"]), str(row["tgt_id"])
    ends = [nodes.get(name, {}) for name in (first, second)]
    metadata = {
        "types": str(row.get("keywords", "")),
        "source": str(ends[0].get("document_id") or first),
        "target": str(ends[1].get("document_id") or second),
        "path": str(ends[0].get("file_path", "")),
        "line": str(ends[0].get("line", "0")),
        "end_line": str(ends[0].get("end_line", "0")),
    }
    title = f"{first} -- {second}"
    return Found(0, "relationship", title, title, str(row.get("description", "")), metadata)


def _chunk(row: Mapping[str, Any], nodes: Nodes, owners: Mapping[str, str]) -> Found:
    key, text = str(row.get("chunk_id", "")), str(row.get("content", ""))
    name = owners.get(key)
    if name is None or name not in nodes:
        path = str(row.get("file_path", ""))
        return Found(0, "chunk", key, path, text, {"path": path})
    return node_found(name, nodes[name], content=text, kind="chunk")
