"""Foundation: repositories, scans, graph, caches, jobs, docpacks, events, outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from docrunch.errors import Failed

revision = "0001"
down_revision = None


# A role without the right to create extensions must not block the schema: nothing uses `vector` yet.
VECTOR = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') THEN
        CREATE EXTENSION IF NOT EXISTS vector;
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'extension vector was not created: missing privilege';
END $$
"""


def upgrade() -> None:
    op.execute(VECTOR)
    op.execute("CREATE SEQUENCE events_seq")
    op.create_table(
        "chunks",
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("symbol_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("start_line", sa.Integer(), nullable=False),
        sa.Column("end_line", sa.Integer(), nullable=False),
        sa.Column("start_byte", sa.Integer(), nullable=False),
        sa.Column("end_byte", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("row_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ref_id", "id", name=op.f("pk_chunks")),
    )
    op.create_index(op.f("ix_chunks_ref_id_path"), "chunks", ["ref_id", "path"], unique=False)
    op.create_table(
        "embeddings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("encoder_id", sa.Text(), nullable=False),
        sa.Column("text_sha", sa.LargeBinary(), nullable=False),
        sa.Column("dims", sa.Integer(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_embeddings")),
        sa.UniqueConstraint("scope", "encoder_id", "text_sha", name=op.f("uq_embeddings_scope_encoder_id_text_sha")),
    )
    op.create_index(op.f("ix_embeddings_used_at"), "embeddings", ["used_at"], unique=False)
    op.create_table(
        "event_keys",
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("idempotency_key", name=op.f("pk_event_keys")),
    )
    op.create_index(op.f("ix_event_keys_created_at"), "event_keys", ["created_at"], unique=False)
    op.create_table(
        "events",
        sa.Column(
            "seq", sa.BigInteger(), server_default=sa.text("nextval('events_seq')"), autoincrement=False, nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant_id", sa.Text(), server_default=sa.text("'local'"), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("repository_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("seq", "created_at", name=op.f("pk_events")),
        postgresql_partition_by="RANGE (created_at)",
    )
    op.create_index(op.f("ix_events_job_id_seq"), "events", ["job_id", "seq"], unique=False)
    op.create_index(op.f("ix_events_repository_id_seq"), "events", ["repository_id", "seq"], unique=False)
    op.create_table(
        "file_facts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("extractor_id", sa.Text(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_facts")),
        sa.UniqueConstraint(
            "scope",
            "text_sha256",
            "language",
            "extractor_id",
            name=op.f("uq_file_facts_scope_text_sha256_language_extractor_id"),
        ),
    )
    op.create_index(op.f("ix_file_facts_used_at"), "file_facts", ["used_at"], unique=False)
    op.create_table(
        "files",
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("skip", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("text_hash", sa.LargeBinary(), nullable=True),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_scanned", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ref_id", "path", name=op.f("pk_files")),
    )
    op.create_table(
        "relationships",
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("certainty", sa.Float(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("lines", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("row_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ref_id", "source", "target", "type", name=op.f("pk_relationships")),
    )
    op.create_index(op.f("ix_relationships_ref_id_target"), "relationships", ["ref_id", "target"], unique=False)
    op.create_table(
        "repositories",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("tenant_id", sa.Text(), server_default=sa.text("'local'"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repositories")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_repositories_tenant_id_name")),
        sa.UniqueConstraint("tenant_id", "slug", name=op.f("uq_repositories_tenant_id_slug")),
    )
    op.create_table(
        "scan_uses",
        sa.Column("cache", sa.SmallInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("cache", "entry_id", "scan_id", name=op.f("pk_scan_uses")),
    )
    op.create_index(op.f("ix_scan_uses_scan_id"), "scan_uses", ["scan_id"], unique=False)
    op.create_table(
        "symbol_metrics",
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("symbol_id", sa.Text(), nullable=False),
        sa.Column("pagerank", sa.Float(), nullable=False),
        sa.Column("in_degree", sa.Integer(), nullable=False),
        sa.Column("out_degree", sa.Integer(), nullable=False),
        sa.Column("complexity", sa.Integer(), nullable=False),
        sa.Column("afferent", sa.Integer(), nullable=False),
        sa.Column("efferent", sa.Integer(), nullable=False),
        sa.Column("instability", sa.Float(), nullable=False),
        sa.Column("community", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ref_id", "symbol_id", name=op.f("pk_symbol_metrics")),
    )
    op.create_table(
        "symbols",
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("qualified_name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("end_line", sa.Integer(), nullable=False),
        sa.Column("start_byte", sa.Integer(), nullable=False),
        sa.Column("end_byte", sa.Integer(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.Column("exported", sa.Boolean(), nullable=False),
        sa.Column("row_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ref_id", "id", name=op.f("pk_symbols")),
    )
    op.create_index(op.f("ix_symbols_ref_id_path"), "symbols", ["ref_id", "path"], unique=False)
    op.create_table(
        "sync_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("tenant_id", sa.Text(), server_default=sa.text("'local'"), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_events")),
    )
    op.create_index(op.f("ix_sync_events_ref_id_path_id"), "sync_events", ["ref_id", "path", "id"], unique=False)
    op.create_index(op.f("ix_sync_events_scan_id"), "sync_events", ["scan_id"], unique=False)
    op.create_table(
        "refs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("current_scan_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "digests", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"], ["repositories.id"], name=op.f("fk_refs_repository_id_repositories"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refs")),
        sa.UniqueConstraint("repository_id", "name", name=op.f("uq_refs_repository_id_name")),
    )
    op.create_table(
        "scan_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("ref_id", sa.BigInteger(), nullable=True),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("commit", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("tree_sha256", sa.Text(), nullable=True),
        sa.Column("graph_sha256", sa.Text(), nullable=True),
        sa.Column("extractor_id", sa.Text(), nullable=True),
        sa.Column("encoder_id", sa.Text(), nullable=True),
        sa.Column(
            "options", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column(
            "counts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column(
            "stages", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column(
            "objects", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("publication", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'published', 'stored', 'failed', 'cancelled', 'superseded', 'expired')",
            name=op.f("ck_scan_runs_status"),
        ),
        sa.ForeignKeyConstraint(["ref_id"], ["refs.id"], name=op.f("fk_scan_runs_ref_id_refs"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repositories.id"],
            name=op.f("fk_scan_runs_repository_id_repositories"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_runs")),
        sa.UniqueConstraint("workflow_id", "run_id", name=op.f("uq_scan_runs_workflow_id_run_id")),
    )
    op.create_index(
        "ix_scan_runs_open", "scan_runs", ["opened_at"], unique=False, postgresql_where=sa.text("status = 'open'")
    )
    op.create_index(op.f("ix_scan_runs_run_id"), "scan_runs", ["run_id"], unique=False)
    op.create_index("ix_scan_runs_ref_id_id", "scan_runs", ["ref_id", sa.literal_column("id DESC")], unique=False)
    op.create_index(
        "ix_scan_runs_repository_id_id", "scan_runs", ["repository_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_table(
        "storage_sync",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sync_event_id", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["ref_id"], ["refs.id"], name=op.f("fk_storage_sync_ref_id_refs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("target", "ref_id", "path", name=op.f("pk_storage_sync")),
    )
    op.create_table(
        "clusters",
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("members", sa.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["scan_runs.id"], name=op.f("fk_clusters_scan_id_scan_runs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scan_id", "number", name=op.f("pk_clusters")),
    )
    op.create_table(
        "docpacks",
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column(
            "manifest", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repositories.id"],
            name=op.f("fk_docpacks_repository_id_repositories"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["scan_runs.id"], name=op.f("fk_docpacks_scan_id_scan_runs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("repository_id", "id", name=op.f("pk_docpacks")),
    )
    op.create_index(op.f("ix_docpacks_scan_id"), "docpacks", ["scan_id"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("tenant_id", sa.Text(), server_default=sa.text("'local'"), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=True),
        sa.Column("scan_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), server_default=sa.text("'running'"), nullable=False),
        sa.Column(
            "request", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column(
            "route", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["repository_id"], ["repositories.id"], name=op.f("fk_jobs_repository_id_repositories"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["scan_runs.id"], name=op.f("fk_jobs_scan_id_scan_runs"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("workflow_id", "run_id", name=op.f("uq_jobs_workflow_id_run_id")),
    )
    op.create_index(op.f("ix_jobs_tenant_id"), "jobs", ["tenant_id", sa.literal_column("id DESC")], unique=False)
    op.create_table(
        "scan_issues",
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["scan_runs.id"], name=op.f("fk_scan_issues_scan_id_scan_runs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scan_id", "digest", name=op.f("pk_scan_issues")),
    )
    op.create_foreign_key(  # refs and scan_runs point at each other
        op.f("fk_refs_current_scan_id_scan_runs"), "refs", "scan_runs", ["current_scan_id"], ["id"], ondelete="SET NULL"
    )


def downgrade() -> None:
    raise Failed(
        "the first revision cannot be taken back: that would delete every table",
        hint="Drop the database instead, or restore a backup.",
    )
