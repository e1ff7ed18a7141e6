"""Which cached vectors the knowledge graph would need again: noted before a cleanup decides what nobody uses.

A scan notes what it embeds itself. Texts of pages, findings and code without a card are embedded while projecting;
later scans of the ref find them unchanged and look nothing up, and the scan that was shown at the time expires.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from db.knowledge.entries import EntryKey, EntryRow, page_of
from db.knowledge.places import origin
from db.repositories import embeddings, workspaces
from db.repositories.workspaces import WorkspaceRow
from db.session import Database
from docrunch.errors import NotFound
from docrunch.knowledge.manifest import vector_keys

TARGET = "lightrag"
AT_ONCE = 200  # entries, ≈ 5,000 vectors


async def note_uses(database: Database) -> int:
    """The scan that each ref shows is noted as relying on the vectors that the graph of the ref is made of.

    Returns how many uses are new. Noting one deletes nothing, so a cleanup that only counts does it as well.
    """
    async with database.transaction() as connection:
        found = await workspaces.in_use(connection, TARGET)
    noted = 0
    for each in found:
        with suppress(NotFound):  # removed meanwhile, and what it used with it
            noted += await _note(database, each)
    return noted


async def _note(database: Database, row: WorkspaceRow) -> int:
    noted = 0
    after: EntryKey | None = EntryKey("", "")
    while after is not None:
        async with database.transaction() as connection:
            where = await origin(connection, row.repository_id, row.ref_id, None)
            page = await page_of(connection, TARGET, row.key, after, AT_ONCE)
            if where.scan_id is None:
                return noted
            for encoder, wanted in (await asyncio.to_thread(_keys, page)).items():
                noted += await embeddings.note_uses(connection, where.scan_id, where.scope, encoder, sorted(wanted))
        after = page[-1].at if len(page) == AT_ONCE else None
    return noted


def _keys(page: Sequence[EntryRow]) -> dict[str, set[bytes]]:
    """By encoder, the keys of all vectors that entries hold."""
    found: dict[str, set[bytes]] = {}
    for row in page:
        if row.manifest is not None and "encoder" in row.facts:
            found.setdefault(row.facts["encoder"], set()).update(map(bytes.fromhex, vector_keys(row.manifest)))
    return found
