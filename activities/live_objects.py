"""Which objects anything still needs."""

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType

import structlog

from db.cleanup import live_objects
from db.objects import ObjectKind, ObjectStore, reference
from db.session import Database
from docrunch.errors import ObjectMissing
from docrunch.graph.shards import read_index as read_graph
from docrunch.search.shards import read_index as read_search

_log = structlog.get_logger()


async def live_references(database: Database, objects: ObjectStore) -> frozenset[str]:
    """References of every object that a live scan, a docpack or a page needs, and of their shards."""
    async with database.transaction() as connection:
        keep = await live_objects(connection)
    shards: set[str] = set()
    for each in sorted(keep):
        shards |= await shards_of(objects, each)
    return keep | shards


def names_shards(name: str) -> bool:
    """Whether an object of this kind names others, so that it must outlive them."""
    return name.partition("/")[0] in _NAMED


async def shards_of(objects: ObjectStore, name: str) -> frozenset[str]:
    """References of the shards that an object names: of a graph or a search index; of others none.

    An object that cannot be read stops whoever deletes by this list. One that does not exist protects nothing: nobody
    can read its shards either.
    """
    if not names_shards(name):
        return frozenset()
    kind, _, sha = name.partition("/")
    try:
        index = await objects.get(ObjectKind(kind), sha)
    except ObjectMissing as error:
        _log.warning("index_missing", index=name, error=error.message)
        return frozenset()
    return await asyncio.to_thread(_NAMED[kind], index)


def _graph_shards(index: bytes) -> frozenset[str]:
    return frozenset(reference(ObjectKind.SHARD, sha) for _, sha in read_graph(index).shards)


def _search_shards(index: bytes) -> frozenset[str]:
    return frozenset(reference(ObjectKind.SEARCH_SHARD, part.shard) for part in read_search(index).parts)


_NAMED: Mapping[str, Callable[[bytes], frozenset[str]]] = MappingProxyType(
    {ObjectKind.GRAPH: _graph_shards, ObjectKind.SEARCH: _search_shards}
)
