"""What the rows of a ref were made from, so that a publish looks at changed files alone; outbox rows are of files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from docrunch.errors import Failed

revision = "0002"
down_revision = "0001"

# Packages had rows of their own, under the path of their directory. The row "" carries them now, and the next publish
# writes it: the path of their edges has changed.
NO_FILES = "DELETE FROM sync_events WHERE operation = 'upsert' AND path <> '' AND payload ->> 'file' IS NULL"


def upgrade() -> None:
    op.drop_column("refs", "digests")
    op.add_column(
        "refs",
        sa.Column(
            "published", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
    )
    op.create_index(
        "ix_symbols_no_file",
        "symbols",
        ["ref_id"],
        unique=False,
        postgresql_where=sa.text("kind IN ('external', 'package', 'repository')"),
    )
    op.execute(NO_FILES)


def downgrade() -> None:
    raise Failed(
        "the second revision cannot be taken back: what published rows were made from cannot be told afterwards",
        hint="Restore a backup instead.",
    )
