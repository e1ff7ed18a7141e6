"""SQLAlchemy: declarative classes, ``Table(…)`` objects, SQLModel, Flask-SQLAlchemy's ``db.Model``.

A class is a table where it says so itself: ``__tablename__``, ``__table__ = Table(…)`` or ``table=True``. Names that a
base class makes are not known from one file.
"""

import re

from docrunch.parsing.draft import last_line
from docrunch.parsing.model import Column, ForeignKey, TableIndex, TableRole
from docrunch.parsing.parser import Node
from docrunch.parsing.tables import python
from docrunch.parsing.tables.draft import TableDraft, keep
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import default, one_line

_COLUMNS = frozenset({"Column", "mapped_column", "Field"})
_NO_TYPES = frozenset({"Identity", "Computed", "Sequence", "CheckConstraint"})
_NAMED = frozenset({"identifier", "attribute", "call"})
_OPTIONAL = re.compile(r"\b(?:Optional\[|None\b)")
_MAPPED = re.compile(r"(?:\w+\.)?Mapped\[(.*)\]\Z", re.DOTALL)


def read(walk: Walk, root: Node) -> None:
    text = walk.text
    if b"__tablename__" in text or b"__table__" in text or b"table=True" in text:
        known = python.places(walk)
        for node, body, bases in python.classes(walk, root):
            _class(walk, node, body, bases, python.symbol_at(walk, node, known))
    if b"Table(" in text and b"Column(" in text:
        top = {each.name: at for at, each in enumerate(walk.symbols) if each.parent < 0}
        for statement in python.statements(root, python.MAX_DEPTH):
            _table_object(walk, statement, top)


def _class(walk: Walk, node: Node, body: Node, bases: list[str], symbol: int) -> None:
    name = python.name_of(walk, node)
    fields = list(python.assigned(body))
    line = python.line_of(node)
    table = TableDraft("", TableRole.MODEL, "sqlalchemy", line, last_line(node), symbol, name, True)
    for target, _, value in fields:
        if walk.read(target) == "__tablename__":
            table.name = python.string(walk, value)
        elif walk.read(target) == "__table__" and python.function_name(walk, value).endswith("Table"):
            read_table_call(walk, value, table)
    if not table.name and "table=True" in bases:
        table.name = name.lower()  # SQLModel's rule
    if not table.name:
        return
    for target, annotation, value in fields:
        _field(walk, table, target, annotation, value)
        if walk.read(target) == "__table_args__":
            _arguments(walk, table, value)
    keep(walk, table)


def _arguments(walk: Walk, table: TableDraft, value: Node | None) -> None:
    for item in value.named_children if value is not None and value.type == "tuple" else ():
        _constraint(walk, table, item)
        if item.type == "dictionary":
            _schema(walk, table, item)
    if value is not None and value.type == "dictionary":
        _schema(walk, table, value)


def _schema(walk: Walk, table: TableDraft, item: Node) -> None:
    found = re.search(r"[\"']schema[\"']\s*:\s*[\"'](\w+)[\"']", walk.read(item))
    if found is not None and "." not in table.name:
        table.name = f"{found[1]}.{table.name}"


def _field(walk: Walk, table: TableDraft, target: Node, annotation: Node | None, value: Node | None) -> None:
    name = walk.read(target)
    if name.startswith("__"):
        return
    last = python.function_name(walk, value).rsplit(".", 1)[-1]
    written = one_line(walk.read(annotation)) if annotation is not None else ""
    mapped = _MAPPED.match(written)
    if last in ("relationship", "Relationship", "relation"):
        _relationship(walk, table, target, value)
        return
    if last in _COLUMNS and value is not None:
        read_column(walk, table, value, name, mapped[1] if mapped is not None else written)
    elif value is None and (mapped is not None or (written and not written.startswith("ClassVar"))):
        inner = mapped[1] if mapped is not None else written
        if inner.strip("'\"").split("[")[0] not in ("list", "List", "set", "Set"):
            optional = _OPTIONAL.search(inner) is not None
            table.columns.append(Column(name, python.line_of(target), default(inner), optional))


def _relationship(walk: Walk, table: TableDraft, target: Node, value: Node | None) -> None:
    """``secondary`` names the table between two. Without one, the column of one of the two has the key."""
    if value is None:
        return
    positional, named = python.arguments(walk, value)
    between = python.string(walk, named.get("secondary"))
    model = python.string(walk, positional[0]) if positional else python.string(walk, named.get("argument"))
    model = model.rsplit(".", 1)[-1]
    if not between:
        return
    table.keys.append(ForeignKey((), python.line_of(target), table=between, many=True))
    if model.isidentifier():
        table.keys.append(ForeignKey((), python.line_of(target), model=model, many=True))


def read_column(walk: Walk, table: TableDraft, call: Node, name: str = "", written: str = "") -> None:
    """``Column("name", Type, ForeignKey("other.id"), primary_key=True)``. Args: annotation as written, if any."""
    positional, named = python.arguments(walk, call)
    if positional and positional[0].type == "string":
        name = python.string(walk, positional[0]) or name
        positional = positional[1:]
    name = python.string(walk, named.get("name")) or name
    if not name:
        return
    type_ = ""
    line = python.line_of(call)
    named_key = python.string(walk, named.get("foreign_key"))
    if named_key:
        table.keys.append(_key((name,), line, named_key))
    for each in positional:
        last = (python.function_name(walk, each) or walk.read(each)).rsplit(".", 1)[-1]
        if last == "ForeignKey":
            inner, _ = python.arguments(walk, each)
            spec = python.string(walk, inner[0]) if inner else ""
            if spec:
                table.keys.append(_key((name,), line, spec))
            elif inner and inner[0].type == "attribute":  # ForeignKey(User.id)
                table.keys.append(ForeignKey((name,), line, model=walk.read(inner[0]).split(".")[-2]))
        elif not type_ and last[:1].isupper() and last not in _NO_TYPES and each.type in _NAMED:
            type_ = one_line(walk.read(each))
    stated = named.get("type_")
    type_ = type_ or (one_line(walk.read(stated)) if stated is not None else "") or written
    primary = python.is_true(walk, named.get("primary_key"))
    required = python.is_false(walk, named.get("nullable")) or primary
    if written and "nullable" not in named:
        required = _OPTIONAL.search(written) is None
    value = named.get("server_default") or named.get("default")
    shown = default(walk.read(value)) if value is not None else ""
    unique = python.is_true(walk, named.get("unique"))
    doc = python.string(walk, named.get("comment"))
    table.columns.append(Column(name, line, default(type_), not required, primary, unique, shown, doc))
    if python.is_true(walk, named.get("index")):
        table.indexes.append(TableIndex((name,), line, "", unique))


def _key(columns: tuple[str, ...], line: int, spec: str) -> ForeignKey:
    """``users.id`` or ``schema.users.id``."""
    table, _, column = spec.rpartition(".")
    return ForeignKey(columns, line, table or column, targets=(column,) if table else ())


def _constraint(walk: Walk, table: TableDraft, item: Node) -> None:
    last = python.function_name(walk, item).rsplit(".", 1)[-1]
    if not last:
        return
    positional, named = python.arguments(walk, item)
    line = python.line_of(item)
    plain = tuple(found for each in positional if (found := python.string(walk, each)))
    if last == "ForeignKeyConstraint" and len(positional) >= 2:
        columns, targets = (python.strings(walk, each) for each in positional[:2])
        keys = [_key((), line, spec) for spec in targets]
        if keys:
            there = tuple(column for key in keys for column in key.targets)
            table.keys.append(ForeignKey(tuple(columns), line, keys[0].table, targets=there))
    elif last == "PrimaryKeyConstraint":
        table.primary.update(name.lower() for name in plain)
    elif last == "UniqueConstraint" and plain:
        table.indexes.append(TableIndex(plain, line, python.string(walk, named.get("name")), True))
        if len(plain) == 1:
            table.unique.add(plain[0].lower())
    elif last == "Index" and len(plain) > 1:
        table.indexes.append(TableIndex(plain[1:], line, plain[0], python.is_true(walk, named.get("unique"))))


def read_table_call(walk: Walk, call: Node | None, table: TableDraft) -> None:
    """``Table("name", metadata, Column(…), …)`` and Alembic's ``create_table("name", …)``."""
    if call is None:
        return
    positional, named = python.arguments(walk, call)
    table.name = python.string(walk, positional[0]) if positional else ""
    schema = python.string(walk, named.get("schema"))
    if schema and table.name:
        table.name = f"{schema}.{table.name}"
    table.doc = python.string(walk, named.get("comment"))
    for item in positional[1:]:
        if python.function_name(walk, item).rsplit(".", 1)[-1] == "Column":
            read_column(walk, table, item)
        else:
            _constraint(walk, table, item)


def _table_object(walk: Walk, node: Node, top: dict[str, int]) -> None:
    """``users = Table("users", metadata, …)`` at the top of a file."""
    if node.type != "assignment":
        return
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or python.function_name(walk, right).rsplit(".", 1)[-1] != "Table":
        return
    line = python.line_of(node)
    table = TableDraft("", TableRole.MODEL, "sqlalchemy", line, last_line(node), creates=True)
    read_table_call(walk, right, table)
    table.symbol = top.get(walk.read(left), -1)
    if table.name and table.columns and table.symbol >= 0:
        keep(walk, table)
