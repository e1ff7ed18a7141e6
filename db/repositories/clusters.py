"""Clusters of a scan, written once by assembly."""

from collections.abc import Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import copy_rows, execute, fetch
from db.text import storable, storable_json
from docrunch.assembly.model import Cluster
from docrunch.ids import NodeId


async def replace_all(connection: AsyncConnection, scan_id: int, clusters: Sequence[Cluster]) -> None:
    """Store the clusters of a scan; a retried assembly replaces what its first attempt stored."""
    await execute(connection, "DELETE FROM clusters WHERE scan_id = $1", scan_id)
    rows = [(scan_id, one.id, storable(one.label), storable_json(one.terms), list(one.members)) for one in clusters]
    await copy_rows(connection, "clusters", ("scan_id", "number", "label", "terms", "members"), rows)


async def list_clusters(connection: AsyncConnection, scan_id: int) -> list[Cluster]:
    """By number."""
    rows = await fetch(
        connection,
        "SELECT number, label, terms::text AS terms, members FROM clusters WHERE scan_id = $1 ORDER BY number",
        scan_id,
    )
    return [
        Cluster(
            row["number"],
            row["label"],
            msgspec.json.decode(row["terms"], type=tuple[tuple[str, float], ...]),
            tuple(NodeId(member) for member in row["members"]),
        )
        for row in rows
    ]
