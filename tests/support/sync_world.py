"""A repository whose outbox is drained into a `DirectoryTarget`, by the real activities on a real database."""

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.projections.registry import Targets
from activities.projections.target import TargetContext
from activities.sync import Sync
from activities.sync_signal import SyncSignal
from db.events import append
from db.objects import ObjectStore
from db.publish import Publication, PublishRows, publish_scan
from db.publishing.outbox import Target as OutboxOwner
from db.repositories import workspaces
from db.repositories.projects import RepositoryRow
from db.repositories.workspaces import Projected
from db.session import Database
from db.storage import StorageHub
from docrunch.config import Settings, SyncSettings
from docrunch.storage.model import Document, DocumentType, EntityType
from tests.support.directory_target import DirectoryTarget
from tests.support.publishing import opened, repository
from workflows.contracts.sync import DrainRequest, DrainResult, SyncRequest

_numbers = itertools.count(1)


class Woken(SyncSignal):
    """Remembers who was woken."""

    def __init__(self, settings: SyncSettings) -> None:
        super().__init__(None, settings)
        self.requests: list[SyncRequest] = []

    async def wake(self, request: SyncRequest) -> str:
        self.requests.append(request)
        return f"sync:{request.target}:{request.repository_id}"


@dataclass
class SyncWorld:
    database: Database
    owner: RepositoryRow
    target: DirectoryTarget
    settings: SyncSettings
    sync: Sync
    woken: Woken
    scans: list[int] = field(default_factory=list)

    async def publish(self, rows: PublishRows, ref: str = "main") -> Publication:
        scan = await opened(self.database, self.owner, ref=ref, run_id=f"run-{next(_numbers)}")
        self.scans.append(scan.id)
        return await publish_scan(self.database, scan.id, rows)

    async def find(self, key: str, content: str | None = "a finding") -> None:
        """Write a finding down, or take it back."""
        document = Document(key, DocumentType.PATTERN, key, content) if content is not None else None
        async with self.database.transaction() as connection:
            owner = OutboxOwner(self.owner.tenant_id, self.owner.id, 0, 0)
            told = await StorageHub().on_file_indexed(connection, owner, EntityType.FINDING, key, document)
            await append(connection, [told])

    async def begin_generation(self, ref_id: int) -> int:
        """As the first step of a rebuild does."""
        async with self.database.transaction() as connection:
            return await workspaces.begin(connection, Projected("directory", self.owner.id, ref_id))

    async def drain(self, environment: ActivityEnvironment | None = None, **request: Any) -> DrainResult:
        asked = DrainRequest(target="directory", repository_id=self.owner.id, **request)
        found: DrainResult = await (environment or ActivityEnvironment()).run(self.sync.drain_outbox, asked)
        return found

    async def rows(self, statement: str, **arguments: Any) -> list[tuple[Any, ...]]:
        async with self.database.transaction() as connection:
            found = await connection.execute(text(statement), {"owner": self.owner.id, **arguments})
            return [tuple(row) for row in found]

    async def states(self) -> dict[str, str]:
        return dict(await self.rows("SELECT key, state FROM storage_sync WHERE repository_id = :owner"))  # type: ignore[arg-type]

    async def events(self, kind: str) -> list[dict[str, Any]]:
        found = await self.rows("SELECT payload FROM events WHERE kind = :kind ORDER BY seq", kind=f"sync.{kind}.v1")
        return [row[0] for row in found]

    async def later(self, seconds: int) -> None:
        """Let that much time pass for whatever waits."""
        for statement in (
            "UPDATE storage_sync SET next_attempt = next_attempt - :by, enqueued_at = enqueued_at - :by",
            "UPDATE sync_targets SET probe_at = probe_at - :by",
            "UPDATE sync_events SET created_at = created_at - :by",
        ):
            async with self.database.transaction() as connection:
                await connection.execute(text(statement.replace(":by", f"interval '{seconds} seconds'")))

    async def wanted(self, ref: str = "main") -> dict[str, str]:
        """Key → content hash of what is published in a ref, as the newest outbox rows say."""
        found = await self.rows(
            "SELECT DISTINCT ON (key) key, action, encode(content_hash, 'hex') FROM sync_events e"
            " JOIN refs r ON r.id = e.ref_id WHERE e.repository_id = :owner AND r.name = :ref ORDER BY key, e.id DESC",
            ref=ref,
        )
        return {key: content for key, action, content in found if action == "upsert"}

    async def held(self, ref: str = "main") -> dict[str, str]:
        """What the store holds of a ref; "" for what belongs to none."""
        number = await self.rows("SELECT id FROM refs WHERE repository_id = :owner AND name = :ref", ref=ref)
        return self.target.holds(f"r{self.owner.id}_{number[0][0] if number else 0}_g1")


async def sync_world(database: Database, folder: Path, name: str = "demo", **settings: Any) -> SyncWorld:
    """``settings``: of ``storage.sync``."""
    target = DirectoryTarget(folder / "directory")
    sync = SyncSettings(**{"targets": ("directory",), **settings})
    context = TargetContext(Settings(home=folder), database, ObjectStore("memory://"))
    woken = Woken(sync)
    activities = Sync(database, Targets(lambda: context, lambda _name, _context: target), sync, woken)
    return SyncWorld(database, await repository(database, name), target, sync, activities, woken)
