"""One row per scan, what went wrong in it, and which cache entries it relies on."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, Created, Digest, Json, Moment

STATUSES = ("open", "published", "stored", "failed", "cancelled", "superseded", "expired")


class ScanRun(Base):
    """``id`` numbers scans in the order in which they were opened; the later of two scans of a ref wins.

    ``status`` says what exists (open → published, or stored for a sha or undeclared ref; later expired), ``outcome``
    how the work ended (completed, partial, failed, cancelled; null while it runs). ``run_id`` is the first run of a
    chain of continued-as-new runs. ``publication`` is the answer of publish, given again when it is retried.
    """

    __tablename__ = "scan_runs"
    __table_args__ = (
        UniqueConstraint("workflow_id", "run_id"),
        CheckConstraint("status IN ({})".format(", ".join(f"'{name}'" for name in STATUSES)), name="status"),
        Index("ix_scan_runs_ref_id_id", "ref_id", text("id DESC")),
        Index("ix_scan_runs_repository_id_id", "repository_id", text("id DESC")),
        Index(None, "run_id"),
        Index("ix_scan_runs_open", "opened_at", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[BigId]
    repository_id: Mapped[int] = mapped_column(ForeignKey("repositories.id", ondelete="CASCADE"))
    ref_id: Mapped[int | None] = mapped_column(ForeignKey("refs.id", ondelete="CASCADE"))
    ref: Mapped[str]
    workflow_id: Mapped[str]
    run_id: Mapped[str]
    commit: Mapped[str]
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("'open'"))
    outcome: Mapped[str | None]
    tree_sha256: Mapped[str | None]
    graph_sha256: Mapped[str | None]
    extractor_id: Mapped[str | None]
    encoder_id: Mapped[str | None]
    options: Mapped[Json]
    counts: Mapped[Json]
    stages: Mapped[Json]  # seconds by stage
    objects: Mapped[Json]  # what the scan keeps alive in the object store: name (tree, graph, …) → "kind/sha256"
    publication: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    error: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    opened_at: Mapped[Created]
    published_at: Mapped[Moment | None]
    closed_at: Mapped[Moment | None]


class ScanIssue(Base):
    """``digest`` (16 bytes) covers the other columns, so that a repeated activity adds nothing twice."""

    __tablename__ = "scan_issues"

    scan_id: Mapped[int] = mapped_column(ForeignKey("scan_runs.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[Digest] = mapped_column(primary_key=True)
    path: Mapped[str]
    reason: Mapped[str]
    detail: Mapped[str]
    line: Mapped[int]
    stage: Mapped[str]


class ScanUse(Base):
    """A scan relies on a cache entry. ``cache``: 0 = file_facts, 1 = embeddings.

    No foreign key to the scan: one check per row would double the cost of a hit. Closing a scan deletes its uses.
    """

    __tablename__ = "scan_uses"
    __table_args__ = (Index(None, "scan_id"),)

    cache: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    entry_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    scan_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
