"""Diagrams of tables: mermaid ``erDiagram`` with generated ids, escaped labels and the columns of keys only."""

import re
from collections.abc import Sequence

import msgspec

from docrunch.documentation.escape import diagram_label
from docrunch.parsing.model import Column, Table

MAX_TABLES = 25
MAX_COLUMNS = 6  # of one table; the page lists them all
MAX_KEYS = 80
_UNSAFE = re.compile(r"[^A-Za-z0-9_]+")


class Entity(msgspec.Struct, frozen=True):
    number: int
    name: str
    table: Table


class Key(msgspec.Struct, frozen=True):
    """``many``: many to many."""

    source: int
    target: int
    label: str
    many: bool = False


def er_diagram(entities: Sequence[Entity], keys: Sequence[Key]) -> str | None:
    """A fenced mermaid block; ``None`` where no key is between two of the tables.

    A table that holds a key has any number of rows for one row of the other; keys to tables that are not drawn are
    left out.
    """
    ids = {entity.number: f"t{entity.number}" for entity in entities}
    drawn = [key for key in keys if key.source in ids and key.target in ids][:MAX_KEYS]
    if not drawn:
        return None
    lines = ["```mermaid", "erDiagram"]
    for entity in entities:
        lines.append(f'    {ids[entity.number]}["{diagram_label(entity.name)}"] {{')
        lines += [f"        {each}" for each in _attributes(entity.table)]
        lines.append("    }")
    for key in drawn:
        between = "}o--o{" if key.many else "}o--||"
        label = diagram_label(key.label) if key.label else "-"
        lines.append(f'    {ids[key.source]} {between} {ids[key.target]} : "{label}"')
    return "\n".join([*lines, "```"])


def _attributes(table: Table) -> list[str]:
    """Columns of keys, primary ones first."""
    foreign = {name for key in table.keys for name in key.columns}
    keyed = [column for column in table.columns if column.primary or column.name in foreign]
    keyed.sort(key=lambda column: not column.primary)
    return [_attribute(column, column.name in foreign) for column in keyed[:MAX_COLUMNS]]


def _attribute(column: Column, foreign: bool) -> str:
    marks = ["PK"] if column.primary else []
    marks += ["FK"] if foreign else []
    return f"{_word(column.type, 'any')} {_word(column.name, 'column')} {', '.join(marks)}"


def _word(text: str, other: str) -> str:
    """What the syntax takes as a type or name: letters, digits and underscores, a letter first."""
    made = _UNSAFE.sub("_", text).strip("_")[:40]
    return made if made[:1].isalpha() else f"{other}_{made}".rstrip("_")
