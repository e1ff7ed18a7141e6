"""Events, the outbox of the derived stores, and what each of those has applied."""

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, Sequence, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import NOW, Base, BigId, Created, Digest, Moment, Tenant

EVENT_SEQUENCE = Sequence("events_seq", metadata=Base.metadata)


class Event(Base):
    """Partitioned by week of ``created_at``; ``seq`` order is commit order (`db.events.append`)."""

    __tablename__ = "events"
    __table_args__ = (
        Index(None, "job_id", "seq"),
        Index(None, "repository_id", "seq"),
        {"postgresql_partition_by": "RANGE (created_at)"},
    )

    seq: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, server_default=EVENT_SEQUENCE.next_value()
    )
    created_at: Mapped[Moment] = mapped_column(primary_key=True, server_default=NOW)
    tenant_id: Mapped[Tenant]
    job_id: Mapped[str | None]
    repository_id: Mapped[int | None] = mapped_column(BigInteger)
    actor: Mapped[str]
    event_id: Mapped[str]
    parent_id: Mapped[str | None]
    kind: Mapped[str]
    subject: Mapped[str]
    idempotency_key: Mapped[str]
    trace_id: Mapped[str | None]
    payload: Mapped[dict[str, object]] = mapped_column(JSONB)


class EventKey(Base):
    """Uniqueness of ``idempotency_key`` over all partitions, which a partitioned table cannot hold itself."""

    __tablename__ = "event_keys"
    __table_args__ = (Index(None, "created_at"),)

    idempotency_key: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[Created]


class SyncEvent(Base):
    """Outbox: one row per file that a publish changed. ``payload`` carries its symbols and outgoing relationships.

    What belongs to no file (repository, packages, externals) is carried whole by the row with the path "".
    """

    __tablename__ = "sync_events"
    __table_args__ = (Index(None, "ref_id", "path", "id"), Index(None, "scan_id"))

    id: Mapped[BigId]
    tenant_id: Mapped[Tenant]
    repository_id: Mapped[int] = mapped_column(BigInteger)
    ref_id: Mapped[int] = mapped_column(BigInteger)
    scan_id: Mapped[int] = mapped_column(BigInteger)
    path: Mapped[str]
    operation: Mapped[str]  # upsert | delete
    content_hash: Mapped[Digest | None] = mapped_column(LargeBinary)
    payload: Mapped[dict[str, object]] = mapped_column(JSON)  # written once, read whole: text is cheaper than jsonb
    created_at: Mapped[Created]


class StorageSync(Base):
    """State of one file of one ref in one derived store."""

    __tablename__ = "storage_sync"

    target: Mapped[str] = mapped_column(primary_key=True)
    ref_id: Mapped[int] = mapped_column(ForeignKey("refs.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]  # pending | applied | failed | dead
    sync_event_id: Mapped[int] = mapped_column(BigInteger)
    content_hash: Mapped[Digest | None] = mapped_column(LargeBinary)
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    error: Mapped[str | None]
    updated_at: Mapped[Created]
