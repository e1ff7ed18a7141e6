"""Events, and the keys that make each of them happen once."""

from sqlalchemy import BigInteger, Index, Sequence
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import NOW, Base, Created, Moment, Tenant

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
