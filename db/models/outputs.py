"""What language models answered, so that nothing is paid for twice."""

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Created, Digest


class ModelOutput(Base):
    """One completed answer. ``context_sha256`` names all that was sent; ``scope`` is the tenant: no look-up crosses it.

    It belongs to one repository and goes with it; ``used_at`` is refreshed by hits.
    """

    __tablename__ = "model_outputs"
    __table_args__ = (Index(None, "repository_id"), Index(None, "used_at"))

    scope: Mapped[str] = mapped_column(primary_key=True)
    context_sha256: Mapped[Digest] = mapped_column(LargeBinary, primary_key=True)
    prompt_version: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    repository_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    output: Mapped[str]
    created_at: Mapped[Created]
    used_at: Mapped[Created]
