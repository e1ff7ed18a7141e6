"""The outbox is of entities of any type; states of derived stores; pages; texts that Postgres can search."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from docrunch.errors import Failed

revision = "0004"
down_revision = "0003"

_NOW = sa.text("now()")


def upgrade() -> None:
    _outbox()
    _states()
    _documents()


def downgrade() -> None:
    raise Failed("the fourth revision cannot be taken back", hint="Restore a backup instead.")


def _outbox() -> None:
    op.drop_index("ix_sync_events_ref_id_path_id", "sync_events")
    op.alter_column("sync_events", "path", new_column_name="key")
    op.alter_column("sync_events", "operation", new_column_name="action")
    op.add_column("sync_events", sa.Column("entity_type", sa.Text(), server_default="file", nullable=False))
    op.add_column("sync_events", sa.Column("entity_id", sa.Text(), nullable=True))
    op.add_column("sync_events", sa.Column("priority", sa.SmallInteger(), server_default="10", nullable=False))
    op.execute("UPDATE sync_events SET entity_id = ref_id || '/' || key")
    op.alter_column("sync_events", "entity_id", nullable=False)
    op.alter_column("sync_events", "entity_type", server_default=None)
    op.alter_column("sync_events", "priority", server_default=None)
    op.create_index("ix_sync_events_entity_type_entity_id_id", "sync_events", ["entity_type", "entity_id", "id"])
    op.create_index("ix_sync_events_repository_id_ref_id_id", "sync_events", ["repository_id", "ref_id", "id"])


def _states() -> None:
    op.drop_table("storage_sync")  # nothing has written it yet
    op.create_table(
        "storage_sync",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("entity_type", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("wanted_hash", sa.LargeBinary(), nullable=True),
        sa.Column("synced_hash", sa.LargeBinary(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("next_attempt", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint("state IN ('pending', 'synced', 'failed', 'dead')", name=op.f("ck_storage_sync_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_sync")),
        sa.UniqueConstraint(
            "target", "entity_type", "entity_id", name=op.f("uq_storage_sync_target_entity_type_entity_id")
        ),
    )
    op.create_index(
        "ix_storage_sync_due",
        "storage_sync",
        ["target", "repository_id", "priority", "event_id"],
        postgresql_where=sa.text("state IN ('pending', 'failed')"),
    )
    op.create_index(op.f("ix_storage_sync_repository_id"), "storage_sync", ["repository_id"])
    op.create_table(
        "sync_cursors",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("target", "repository_id", "ref_id", name=op.f("pk_sync_cursors")),
    )
    op.create_table(
        "sync_targets",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("circuit", sa.Text(), server_default=sa.text("'closed'"), nullable=False),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("probe_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("target", "repository_id", name=op.f("pk_sync_targets")),
    )
    op.create_table(
        "workspaces",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("target", "repository_id", "ref_id", "generation", name=op.f("pk_workspaces")),
    )
    op.create_index(
        "ix_workspaces_active",
        "workspaces",
        ["target", "repository_id", "ref_id"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "projection_entries",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("entity_type", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("manifest", sa.LargeBinary(), nullable=True),
        sa.Column("pending", sa.LargeBinary(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("target", "workspace", "entity_type", "key", name=op.f("pk_projection_entries")),
    )
    op.create_index(
        "ix_projection_entries_unfinished",
        "projection_entries",
        ["target"],
        postgresql_where=sa.text("state <> 'ready'"),
    )


def _documents() -> None:
    op.create_table(
        "pages",
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ref_id", "path", name=op.f("pk_pages")),
    )
    op.create_table(
        "search_documents",
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("symbol_id", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("end_line", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("terms", postgresql.TSVECTOR(), nullable=False),
        sa.Column("row_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ref_id", "id", name=op.f("pk_search_documents")),
    )
    op.create_index(op.f("ix_search_documents_ref_id_path"), "search_documents", ["ref_id", "path"])
    op.create_index("ix_search_documents_terms", "search_documents", ["terms"], postgresql_using="gin")
    op.create_index(
        "ix_search_documents_files",
        "search_documents",
        ["ref_id", "path"],
        postgresql_include=["row_hash"],
        postgresql_where=sa.text("kind = 'file'"),
    )
    op.add_column("refs", sa.Column("search_scan_id", sa.BigInteger(), nullable=True))
