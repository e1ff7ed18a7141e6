"""The outbox of the derived stores, and what each of them has applied.

Bulk tables have no foreign keys, as in `db.models.graph`; `db.repositories.removal` clears them.
"""

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, Created, Digest, Moment, Tenant

SYNC_STATES = ("pending", "synced", "failed", "dead")


class SyncEvent(Base):
    """Outbox: one row per entity that a transaction changed. ``payload`` carries what a derived store needs of it.

    ``key`` names the entity in its ref: the path of a file or page, the id of a finding. What belongs to no file
    (repository, packages, externals) is carried whole by the file row with the key "". ``ref_id`` and ``scan_id`` are
    0 for what was not written by a scan. Rows of one ref (of one repository, for ref 0) are written one transaction
    at a time, so that the order of their ids is the order of their commits.
    """

    __tablename__ = "sync_events"
    __table_args__ = (
        Index(None, "entity_type", "entity_id", "id"),
        Index(None, "repository_id", "ref_id", "id"),
        Index(None, "scan_id"),
    )

    id: Mapped[BigId]
    tenant_id: Mapped[Tenant]
    repository_id: Mapped[int] = mapped_column(BigInteger)
    ref_id: Mapped[int] = mapped_column(BigInteger)
    scan_id: Mapped[int] = mapped_column(BigInteger)
    entity_type: Mapped[str]  # file | page | finding | decision | report
    entity_id: Mapped[str]  # docrunch.storage.model.entity_id
    key: Mapped[str]
    action: Mapped[str]  # upsert | delete
    priority: Mapped[int] = mapped_column(SmallInteger)  # smaller goes first
    content_hash: Mapped[Digest | None] = mapped_column(LargeBinary)
    payload: Mapped[dict[str, object]] = mapped_column(JSON)  # written once, read whole: text is cheaper than jsonb
    created_at: Mapped[Created]


class StorageSync(Base):
    """State of one entity in one derived store. ``attempts`` count errors of the entity itself, never of the store."""

    __tablename__ = "storage_sync"
    __table_args__ = (
        UniqueConstraint("target", "entity_type", "entity_id"),
        CheckConstraint("state IN ({})".format(", ".join(f"'{name}'" for name in SYNC_STATES)), name="state"),
        Index("ix_storage_sync_due", "target", "repository_id", "priority", "event_id",
              postgresql_where=text("state IN ('pending', 'failed')")),
        Index(None, "repository_id"),
    )  # fmt: skip

    id: Mapped[BigId]
    target: Mapped[str]
    entity_type: Mapped[str]
    entity_id: Mapped[str]
    key: Mapped[str]
    repository_id: Mapped[int] = mapped_column(BigInteger)
    ref_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]
    action: Mapped[str]
    priority: Mapped[int] = mapped_column(SmallInteger)
    event_id: Mapped[int] = mapped_column(BigInteger)  # newest outbox row of the entity
    wanted_hash: Mapped[Digest | None] = mapped_column(LargeBinary)  # None: to be gone
    synced_hash: Mapped[Digest | None] = mapped_column(LargeBinary)  # None: not there; empty: being written, unknown
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    last_error: Mapped[str | None]
    next_attempt: Mapped[Moment | None]
    enqueued_at: Mapped[Created]  # of the oldest change that is not applied yet
    synced_at: Mapped[Moment | None]
    updated_at: Mapped[Created]


class SyncCursor(Base):
    """How far one target has taken the outbox of one ref into ``storage_sync``."""

    __tablename__ = "sync_cursors"

    target: Mapped[str] = mapped_column(primary_key=True)
    repository_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    ref_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event_id: Mapped[int] = mapped_column(BigInteger)


class SyncTarget(Base):
    """One derived store of one repository. While its circuit is open nothing is tried but a probe at ``probe_at``."""

    __tablename__ = "sync_targets"

    target: Mapped[str] = mapped_column(primary_key=True)
    repository_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    circuit: Mapped[str] = mapped_column(server_default=text("'closed'"))  # closed | open
    failures: Mapped[int] = mapped_column(server_default=text("0"))  # in a row, of the store
    error: Mapped[str | None]
    opened_at: Mapped[Moment | None]
    probe_at: Mapped[Moment | None]
    breached_at: Mapped[Moment | None]  # when its lag last went above what it may be
    updated_at: Mapped[Created]


class Workspace(Base):
    """Where the projection of one ref lives in a target; at most one generation is active, one being built."""

    __tablename__ = "workspaces"
    __table_args__ = (
        Index("ix_workspaces_active", "target", "repository_id", "ref_id", unique=True,
              postgresql_where=text("state = 'active'")),
    )  # fmt: skip

    target: Mapped[str] = mapped_column(primary_key=True)
    repository_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    ref_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]  # building | active | dropping
    created_at: Mapped[Created]


class ProjectionEntry(Base):
    """What one entity put into a store that has no transactions of its own: written before the store is touched.

    ``manifest`` is what the store holds while ``state`` is ready; ``pending`` what is being written. Whoever finds a
    row that is not ready brings the store back to ``manifest``, or on to ``pending``, whatever was written so far.
    """

    __tablename__ = "projection_entries"
    __table_args__ = (Index("ix_projection_entries_unfinished", "target", postgresql_where=text("state <> 'ready'")),)

    target: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str] = mapped_column(primary_key=True)
    entity_type: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]  # ready | applying | dirty
    content_hash: Mapped[Digest | None] = mapped_column(LargeBinary)
    manifest: Mapped[bytes | None] = mapped_column(LargeBinary)
    pending: Mapped[bytes | None] = mapped_column(LargeBinary)
    facts: Mapped[dict[str, object] | None] = mapped_column(JSONB)  # of the target's own, small
    updated_at: Mapped[Created]
