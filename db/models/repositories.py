"""What is scanned, and which scan of each ref is the published one."""

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, Created, Json, Tenant


class Repository(Base):
    """``name`` is the identifier of architecture §4.1; ``scope`` is where its cache entries are visible."""

    __tablename__ = "repositories"
    __table_args__ = (UniqueConstraint("tenant_id", "name"), UniqueConstraint("tenant_id", "slug"))

    id: Mapped[BigId]
    tenant_id: Mapped[Tenant]
    name: Mapped[str]
    slug: Mapped[str]
    scope: Mapped[str]
    kind: Mapped[str]
    url: Mapped[str | None]  # https, without credentials
    created_at: Mapped[Created]
    updated_at: Mapped[Created]


class Ref(Base):
    """A branch, a tag, ``@worktree`` or ``@source``. The rows of the graph tables belong to it.

    ``published`` says what these rows were made from and how many they are (`db.publishing.basis.Published`): the next
    publish looks at the rows of those files alone that come from something else. ``search_scan_id``: the scan that the
    rows of ``search_documents`` are of, which follow the others.
    """

    __tablename__ = "refs"
    __table_args__ = (UniqueConstraint("repository_id", "name"),)

    id: Mapped[BigId]
    repository_id: Mapped[int] = mapped_column(ForeignKey("repositories.id", ondelete="CASCADE"))
    name: Mapped[str]
    current_scan_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("scan_runs.id", ondelete="SET NULL", use_alter=True)
    )
    search_scan_id: Mapped[int | None] = mapped_column(BigInteger)
    published: Mapped[Json]
    updated_at: Mapped[Created]
