"""Typed SQLAlchemy models by area. Importing this package registers every table in ``Base.metadata``.

Belongs here: tables, columns, constraints and what a column means. Does not belong here: queries.
"""

from db.models import caches, churn, documents, events, graph, jobs, outputs, repositories, scans, sync
from db.models.base import Base

__all__ = [
    "Base",
    "caches",
    "churn",
    "documents",
    "events",
    "graph",
    "jobs",
    "outputs",
    "repositories",
    "scans",
    "sync",
]
