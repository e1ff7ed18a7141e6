"""Alembic: the steps of ``upgrade``. What ``downgrade`` does is how to leave a schema, not what it is."""

from docrunch.parsing.draft import last_line
from docrunch.parsing.model import ForeignKey, TableIndex, TableRole
from docrunch.parsing.parser import Node
from docrunch.parsing.tables import python, sqlalchemy
from docrunch.parsing.tables.draft import TableDraft, keep
from docrunch.parsing.walk import Walk


def read(walk: Walk, root: Node) -> None:
    if b"op." not in walk.text or b"def upgrade" not in walk.text:
        return
    for node in root.named_children:
        body = node.child_by_field_name("body")
        if node.type == "function_definition" and body is not None and python.name_of(walk, node) == "upgrade":
            symbol = python.symbol_at(walk, node, python.places(walk))
            batches: dict[str, str] = {}
            for statement in python.statements(body, python.MAX_DEPTH):
                _note_batch(walk, statement, batches)
                if statement.type == "call":
                    _step(walk, statement, symbol, batches)
            return


def _note_batch(walk: Walk, node: Node, batches: dict[str, str]) -> None:
    """``with op.batch_alter_table("users") as batch_op:``: what the name stands for."""
    if node.type != "with_statement":
        return
    for item in (inner for clause in node.named_children for inner in clause.named_children):
        value = item.child_by_field_name("value") if item.type == "with_item" else None
        if value is None or value.type != "as_pattern" or not value.named_child_count:
            continue
        call, alias = value.named_child(0), value.child_by_field_name("alias")
        if alias is not None and call is not None and python.function_name(walk, call) == "op.batch_alter_table":
            positional, _ = python.arguments(walk, call)
            batches[walk.read(alias)] = python.string(walk, positional[0]) if positional else ""


def _step(walk: Walk, call: Node, symbol: int, batches: dict[str, str]) -> None:
    holder, _, step = python.function_name(walk, call).rpartition(".")
    if holder != "op" and holder not in batches:
        return
    table = TableDraft(
        batches.get(holder, ""), TableRole.MIGRATION, "alembic", python.line_of(call), last_line(call), symbol
    )
    positional, named = python.arguments(walk, call)
    if step == "create_table":
        table.creates = True
        sqlalchemy.read_table_call(walk, call, table)
    elif step in ("add_column", "create_index", "create_unique_constraint", "create_foreign_key"):
        _add(walk, table, step, positional, named)
    elif step in ("alter_column", "drop_column", "drop_table"):
        table.name = table.name or (python.string(walk, positional[0]) if positional else "")
    else:
        return
    if table.name:
        keep(walk, table)


def _add(walk: Walk, table: TableDraft, step: str, positional: list[Node], named: dict[str, Node]) -> None:
    line = table.line
    rest = list(positional)
    name = "" if step == "add_column" else python.string(walk, rest.pop(0)) if rest else ""
    if not table.name and rest:
        table.name = python.string(walk, rest.pop(0))
    if step == "add_column":
        for each in rest[:1]:
            sqlalchemy.read_column(walk, table, each)
    elif step == "create_foreign_key":
        if len(rest) >= 3:
            columns, targets = python.strings(walk, rest[1]), python.strings(walk, rest[2])
            other = python.string(walk, rest[0])
            if other:
                table.keys.append(ForeignKey(tuple(columns), line, other, targets=tuple(targets)))
    elif rest:
        unique = step == "create_unique_constraint" or python.is_true(walk, named.get("unique"))
        table.indexes.append(TableIndex(tuple(python.strings(walk, rest[0])), line, name, unique))
