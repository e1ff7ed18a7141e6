"""Answers of language models, kept so that none is paid for twice."""

import sqlalchemy as sa
from alembic import op

from docrunch.errors import Failed

revision = "0005"
down_revision = "0004"

_NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "model_outputs",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("context_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint(
            "scope", "context_sha256", "prompt_version", "model", "repository_id", name=op.f("pk_model_outputs")
        ),
    )
    op.create_index(op.f("ix_model_outputs_repository_id"), "model_outputs", ["repository_id"])
    op.create_index(op.f("ix_model_outputs_used_at"), "model_outputs", ["used_at"])


def downgrade() -> None:
    raise Failed("the fifth revision cannot be taken back", hint="Restore a backup instead.")
