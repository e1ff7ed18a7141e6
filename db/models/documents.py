"""Documentation pages of each ref, and the texts that Postgres itself can search."""

from sqlalchemy import BigInteger, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Digest, Moment


class Page(Base):
    """A page of the newest registered docpack of a ref. Its text is a member of ``object`` (docs bundle)."""

    __tablename__ = "pages"

    ref_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str]
    size: Mapped[int]
    content_hash: Mapped[Digest] = mapped_column(LargeBinary)
    object: Mapped[str]
    scan_id: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[Moment]


class SearchDocument(Base):
    """One searchable piece: a symbol, a section of a document, a file, or a window of at most 60 lines of one.

    ``terms`` holds code-aware lexemes with weights A (names), B (paths, signatures, titles), C (documentation) and
    D (bodies); ``length`` is their number, for normalisation. ``row_hash``: the search shard that all rows of the path
    were made from.
    """

    __tablename__ = "search_documents"
    __table_args__ = (
        Index(None, "ref_id", "path"),
        Index("ix_search_documents_terms", "terms", postgresql_using="gin"),
        Index(
            "ix_search_documents_files",
            "ref_id",
            "path",
            postgresql_include=["row_hash"],
            postgresql_where=text("kind = 'file'"),
        ),
    )

    ref_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str]
    kind: Mapped[str]
    symbol_id: Mapped[str | None]
    title: Mapped[str]
    line: Mapped[int]
    end_line: Mapped[int]
    length: Mapped[int]
    terms: Mapped[str] = mapped_column(TSVECTOR)
    row_hash: Mapped[Digest] = mapped_column(LargeBinary)
