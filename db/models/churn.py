"""How often files were changed. Only here: never in graphs, exports, docs or docpacks, which are equal for a clone with
and without history. Rows belong to a commit and what was scanned of it, so that a scan of the same finds them."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, Created


class Churn(Base):
    """``absent`` says why nothing is known (`docrunch.source.churn.Absent`); then ``since`` is null and there are no
    files. ``complete`` is false where the window held more commits than were counted."""

    __tablename__ = "churn"
    __table_args__ = (UniqueConstraint("repository_id", "commit", "tree_sha256"),)

    id: Mapped[BigId]
    repository_id: Mapped[int] = mapped_column(ForeignKey("repositories.id", ondelete="CASCADE"))
    commit: Mapped[str]
    tree_sha256: Mapped[str]
    since: Mapped[date | None]
    commits: Mapped[int]
    complete: Mapped[bool]
    absent: Mapped[str | None]
    created_at: Mapped[Created]


class FileChurn(Base):
    """A file that was changed in the window. ``authors`` is a number: addresses are stored nowhere."""

    __tablename__ = "file_churn"

    churn_id: Mapped[int] = mapped_column(ForeignKey("churn.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    commits: Mapped[int]
    added: Mapped[int] = mapped_column(BigInteger)
    deleted: Mapped[int] = mapped_column(BigInteger)
    authors: Mapped[int]
    last: Mapped[date]
