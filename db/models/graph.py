"""The published facts of each ref, and what was computed over them.

The bulk tables are keyed by ``ref_id`` without a foreign key: a check per row would take longer than the COPY of a
publish. `db.repositories.removal` clears them by ``ref_id``. ``row_hash`` (16 bytes of
blake2b) covers the facts of a row, never metrics: it decides whether the row has changed.
"""

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Digest, Moment


class File(Base):
    """``last_scanned`` is when this content was first seen by a scan of the ref; the ref's current scan says when the
    file was last confirmed. ``modified_at`` comes from the source where it knows, and is never exported."""

    __tablename__ = "files"

    ref_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[int]
    skip: Mapped[str | None]
    content_hash: Mapped[Digest | None] = mapped_column(LargeBinary)
    text_hash: Mapped[Digest | None] = mapped_column(LargeBinary)
    modified_at: Mapped[Moment | None]
    last_scanned: Mapped[Moment]
    row_hash: Mapped[Digest]


class Symbol(Base):
    """Every node of the graph, modules and externals included. ``path`` is a package's directory, and empty for the
    repository and externals."""

    __tablename__ = "symbols"
    __table_args__ = (
        Index(None, "ref_id", "path"),  # names are unbounded, an index row is not
        Index("ix_symbols_no_file", "ref_id", postgresql_where=text("kind IN ('external', 'package', 'repository')")),
    )

    ref_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    qualified_name: Mapped[str]
    language: Mapped[str]
    line: Mapped[int]
    end_line: Mapped[int]
    start_byte: Mapped[int]
    end_byte: Mapped[int]
    signature: Mapped[str]
    doc: Mapped[str]
    exported: Mapped[bool]
    row_hash: Mapped[Digest]


class SymbolMetrics(Base):
    """Functions of the whole graph; replaced as a whole by each publish that changes any of them."""

    __tablename__ = "symbol_metrics"

    ref_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    symbol_id: Mapped[str] = mapped_column(primary_key=True)
    pagerank: Mapped[float]
    in_degree: Mapped[int]
    out_degree: Mapped[int]
    complexity: Mapped[int]
    afferent: Mapped[int]
    efferent: Mapped[int]
    instability: Mapped[float]
    community: Mapped[int]


class Relationship(Base):
    """An edge; its metadata are typed columns. ``path`` is the file of the source node, whose outbox row carries it;
    empty where the source is in no file."""

    __tablename__ = "relationships"
    __table_args__ = (Index(None, "ref_id", "target"),)

    ref_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str]
    confidence: Mapped[str]
    certainty: Mapped[float]
    count: Mapped[int]
    lines: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    row_hash: Mapped[Digest]


class Chunk(Base):
    """One embedded text; ``content_hash`` is the key of its vector in ``embeddings``."""

    __tablename__ = "chunks"
    __table_args__ = (Index(None, "ref_id", "path"),)

    ref_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str]
    symbol_id: Mapped[str | None]
    kind: Mapped[str]
    start_line: Mapped[int]
    end_line: Mapped[int]
    start_byte: Mapped[int]
    end_byte: Mapped[int]
    content_hash: Mapped[Digest]
    row_hash: Mapped[Digest]


class Cluster(Base):
    """``terms``: [[term, weight], …], the evidence for the label, best first."""

    __tablename__ = "clusters"

    scan_id: Mapped[int] = mapped_column(ForeignKey("scan_runs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    terms: Mapped[list[object]] = mapped_column(JSONB)
    members: Mapped[list[str]] = mapped_column(ARRAY(Text))
