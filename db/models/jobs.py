"""Requests that became workflows, and the docpacks that came out of them."""

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, Created, Json, Moment, Tenant


class Job(Base):
    """The read model of one run of a workflow; Temporal stays the authority on whether it still runs."""

    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("workflow_id", "run_id"), Index(None, "tenant_id", text("id DESC")))

    id: Mapped[BigId]
    tenant_id: Mapped[Tenant]
    workflow_id: Mapped[str]
    run_id: Mapped[str]
    kind: Mapped[str]  # docpack | scan | …
    repository_id: Mapped[int | None] = mapped_column(ForeignKey("repositories.id", ondelete="CASCADE"))
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan_runs.id", ondelete="SET NULL"))
    status: Mapped[str] = mapped_column(server_default=text("'running'"))  # running, or the outcome
    request: Mapped[Json]
    route: Mapped[Json]  # estimate and decision of the job router
    result: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    error: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    started_at: Mapped[Created]
    closed_at: Mapped[Moment | None]


class Docpack(Base):
    """Registered docpacks. Equal content has one id, whichever scan made it; ``scan_id`` is the latest that did."""

    __tablename__ = "docpacks"

    repository_id: Mapped[int] = mapped_column(ForeignKey("repositories.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan_runs.id", ondelete="CASCADE"), index=True)
    workflow_id: Mapped[str]
    object: Mapped[str]  # sha256 of the file in the object store
    bytes: Mapped[int] = mapped_column(BigInteger)
    manifest: Mapped[Json]
    created_at: Mapped[Created]
