"""Entities of the outbox, and the one kind of value that is projected into a knowledge graph."""

from enum import StrEnum

import msgspec


class EntityType(StrEnum):
    """What one outbox row is about. A file carries its symbols and outgoing relationships."""

    FILE = "file"
    PAGE = "page"
    FINDING = "finding"
    DECISION = "decision"
    REPORT = "report"


class Action(StrEnum):
    UPSERT = "upsert"
    DELETE = "delete"


REPORT_PRIORITY = 0  # what people and agents wrote, and wait for
SCAN_PRIORITY = 10
PRIORITIES: dict[EntityType, int] = {
    EntityType.FILE: SCAN_PRIORITY,
    EntityType.PAGE: SCAN_PRIORITY,
    EntityType.FINDING: REPORT_PRIORITY,
    EntityType.DECISION: REPORT_PRIORITY,
    EntityType.REPORT: REPORT_PRIORITY,
}


def entity_id(scope: int, key: str) -> str:
    """Unique within its type over all repositories: ``{ref id}/{path}``, or ``r{repository id}/{key}``.

    Args:
        scope: id of the ref that the entity belongs to; the negative id of the repository for what belongs to no ref
            (findings, decisions, reports).
        key: path of the file or page, or the id of what was written.
    """
    return f"{scope}/{key}" if scope >= 0 else f"r{-scope}/{key}"


class DocumentType(StrEnum):
    FUNCTION = "function"
    CLASS = "class"
    MODULE = "module"
    PATTERN = "pattern"
    DECISION = "decision"


class Relation(msgspec.Struct, frozen=True, order=True):
    """A directed relation to another document. ``type``: an edge kind of the graph (calls, imports, …)."""

    target: str
    type: str
    weight: float = 1.0


class Document(msgspec.Struct, frozen=True):
    """The only thing that is projected into a knowledge graph.

    ``id`` is unique in its repository: a node id, a page's path or the id of a finding. ``content`` is plain text.
    ``metadata`` holds path, line, end_line, commit and whatever else a reader cites by; values are strings.
    """

    id: str
    type: DocumentType
    title: str
    content: str
    metadata: dict[str, str] = {}
    relationships: tuple[Relation, ...] = ()
