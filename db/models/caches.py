"""Content-addressed results that no cancellation takes back.

``scope`` is part of every key: ``public``, or the owner of a private source, so no look-up crosses it. ``used_at``
is refreshed by hits (at most hourly) and protects an entry from cleanup; see `db.repositories.uses`.
"""

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, Created, Digest


class CachedFacts(Base):
    """``facts`` are the bytes of `docrunch.parsing.codec`."""

    __tablename__ = "file_facts"
    __table_args__ = (UniqueConstraint("scope", "text_sha256", "language", "extractor_id"), Index(None, "used_at"))

    id: Mapped[BigId]
    scope: Mapped[str]
    text_sha256: Mapped[Digest]
    language: Mapped[str]
    extractor_id: Mapped[str]
    facts: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[Created]


class CachedEmbedding(Base):
    """``vector`` is ``dims`` little-endian float32, as the encoder gave it (docs/decisions: vectors as bytes)."""

    __tablename__ = "embeddings"
    __table_args__ = (UniqueConstraint("scope", "encoder_id", "text_sha"), Index(None, "used_at"))

    id: Mapped[BigId]
    scope: Mapped[str]
    encoder_id: Mapped[str]
    text_sha: Mapped[Digest]
    dims: Mapped[int]
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[Created]
