"""What the projection of a ref needs to know of the truth: its encoder, names of what files refer to, cards."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import fetch, fetch_one
from docrunch.errors import NotFound
from docrunch.knowledge.documents import LEFT_OUT
from docrunch.knowledge.manifest import Known, home_of
from docrunch.knowledge.names import bounded, entity_name, one_line
from docrunch.storage.model import EntityType


class Origin(msgspec.Struct, frozen=True):
    """``encoder`` None: the scan made no vectors. ``scan_id``: the one that relies on them, None without any scan."""

    scope: str
    encoder: str | None
    scan_id: int | None


async def origin(connection: AsyncConnection, repository_id: int, ref_id: int, scan_id: int | None) -> Origin:
    """Where vectors of a ref come from: its published scan; the newest of the repository for what belongs to no ref.

    Raises:
        NotFound: the repository was removed.
    """
    row = await fetch_one(
        connection,
        "SELECT p.scope, s.encoder_id, s.id AS scan_id FROM repositories p LEFT JOIN LATERAL ("
        " SELECT s.encoder_id, s.id FROM scan_runs s LEFT JOIN refs r ON r.current_scan_id = s.id"
        " WHERE s.repository_id = p.id AND (s.id = $3 OR ($3 IS NULL AND r.id IS NOT NULL AND ($2 = 0 OR r.id = $2)))"
        " ORDER BY s.id DESC LIMIT 1) s ON true WHERE p.id = $1",
        repository_id,
        ref_id,
        scan_id,
    )
    if row is None:
        raise NotFound(f"repository {repository_id} was removed")
    return Origin(row["scope"], row["encoder_id"], row["scan_id"])


async def known(connection: AsyncConnection, ref_id: int, ids: Iterable[str]) -> dict[str, Known]:
    """Entities of symbols by id, and of files by path. Data symbols are not in the graph and not here."""
    wanted = sorted(set(ids))
    if not wanted or not ref_id:
        return {}
    rows = await fetch(
        connection,
        "SELECT id, path, kind, qualified_name FROM symbols WHERE ref_id = $1 AND id = ANY($2::text[])",
        ref_id,
        wanted,
    )
    files = await fetch(
        connection, "SELECT path FROM files WHERE ref_id = $1 AND path = ANY($2::text[])", ref_id, wanted
    )
    found = {row["path"]: Known(bounded(one_line(row["path"]), 512), _home(row["path"])) for row in files}
    for row in rows:
        if row["kind"] not in LEFT_OUT:
            shared = row["kind"] in ("external", "package")
            name = entity_name(row["kind"], row["path"], row["qualified_name"])
            found[row["id"]] = Known(name, _home("" if shared else row["path"]))
    return found


def _home(path: str) -> str:
    return home_of(EntityType.FILE, path)


async def cards(connection: AsyncConnection, ref_id: int, paths: Sequence[str]) -> Mapping[str, dict[str, str]]:
    """Keys of the vectors of cards: path → id of the symbol (of a file: its module) → hexadecimal hash."""
    rows = await fetch(
        connection,
        "SELECT path, symbol_id, content_hash FROM chunks WHERE ref_id = $1 AND path = ANY($2::text[])"
        " AND kind = 'card' AND symbol_id IS NOT NULL ORDER BY path, id",
        ref_id,
        list(paths),
    )
    found: dict[str, dict[str, str]] = {path: {} for path in paths}
    for row in rows:
        found[row["path"]].setdefault(row["symbol_id"], row["content_hash"].hex())
    return found
