"""Which objects anything still needs."""

import asyncio

import structlog

from db.cleanup import live_objects
from db.objects import ObjectKind, ObjectStore, reference
from db.session import Database
from docrunch.errors import ObjectMissing
from docrunch.graph.shards import read_index

_log = structlog.get_logger()


async def live_references(database: Database, objects: ObjectStore) -> frozenset[str]:
    """References of every object that a live scan, a docpack or a page needs, shards of graphs included."""
    async with database.transaction() as connection:
        keep = await live_objects(connection)
    shards: set[str] = set()
    for graph in sorted(each for each in keep if each.startswith(f"{ObjectKind.GRAPH}/")):
        shards |= await shards_of(objects, graph)
    return keep | shards


async def shards_of(objects: ObjectStore, graph: str) -> frozenset[str]:
    """References of the shards of a graph. A graph that cannot be read stops whoever deletes by this list.

    One that does not exist protects nothing: nobody can read its shards either.
    """
    try:
        index = await objects.get(ObjectKind.GRAPH, graph.partition("/")[2])
    except ObjectMissing as error:
        _log.warning("graph_missing", graph=graph, error=error.message)
        return frozenset()
    found = (sha for _, sha in (await asyncio.to_thread(read_index, index)).shards)
    return frozenset(reference(ObjectKind.SHARD, sha) for sha in found)
