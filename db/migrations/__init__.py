"""Schema versions, and the functions that bring a database to the version of this code.

Only `docrunch up` and `docrunch migrate` call `migrate`; everyone else calls `check_head` and waits.
"""

from db.migrations.runner import check_head, current_head, database_revision, migrate

__all__ = ["check_head", "current_head", "database_revision", "migrate"]
