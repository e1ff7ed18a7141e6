"""Alembic's entry point. `db.migrations.runner` supplies the connection; ``alembic.ini`` serves only `revision`."""

from alembic import context

from db.migrations.compare import include_name
from db.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, include_name=include_name, compare_server_default=False
)
with context.begin_transaction():
    context.run_migrations()
