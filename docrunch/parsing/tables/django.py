"""Django: models and migrations. The name of a table is made from app and model where ``db_table`` gives none."""

import re

from docrunch.parsing.draft import last_line
from docrunch.parsing.model import Column, ForeignKey, TableIndex, TableRole
from docrunch.parsing.parser import Node
from docrunch.parsing.tables import python
from docrunch.parsing.tables.draft import TableDraft, keep
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import default

_BASES = re.compile(r"(?:Model|AbstractUser|AbstractBaseUser)\Z")
_RELATIONS = frozenset({"ForeignKey", "OneToOneField", "ManyToManyField"})


def read(walk: Walk, root: Node) -> None:
    if b"models" not in walk.text or b"django" not in walk.text:
        return
    known = python.places(walk)
    migrates = b"migrations.Migration" in walk.text
    for node, body, bases in python.classes(walk, root):
        symbol = python.symbol_at(walk, node, known)
        if not migrates:
            _model(walk, node, body, bases, symbol)
        elif any(base.rsplit(".", 1)[-1] == "Migration" for base in bases):
            _migration(walk, body, symbol)


def _model(walk: Walk, node: Node, body: Node, bases: list[str], symbol: int) -> None:
    """A class is a model where it has fields of ``models`` or a base that is called so."""
    name = python.name_of(walk, node)
    table = TableDraft("", TableRole.MODEL, "django", python.line_of(node), last_line(node), model=name, creates=True)
    for target, _, value in python.assigned(body):
        if walk.read(target) != "output_field":  # of an expression, which is written like a model
            _field(walk, table, walk.read(target), value)
    if not any(_BASES.search(base) for base in bases) and not _has_model_fields(walk, body):
        return
    if not bases or not _read_meta(walk, table, body):
        return
    table.symbol = symbol
    if not any(column.primary for column in table.columns) and "models.Model" in bases:
        table.columns.insert(0, Column("id", table.line, "", False, True))
    keep(walk, table)


def _has_model_fields(walk: Walk, body: Node) -> bool:
    return any(
        python.function_name(walk, value).startswith("models.") and walk.read(target) != "output_field"
        for target, _, value in python.assigned(body)
    )


def _read_meta(walk: Walk, table: TableDraft, body: Node) -> bool:
    """``class Meta``; whether the model has a table of its own."""
    for node in body.named_children:
        inner = node.child_by_field_name("body")
        if node.type != "class_definition" or inner is None or python.name_of(walk, node) != "Meta":
            continue
        for target, _, value in python.assigned(inner):
            option = walk.read(target)
            if option in ("abstract", "proxy") and python.is_true(walk, value):
                return False
            if option == "db_table":
                table.name = python.string(walk, value).replace('"', "")
            elif option == "app_label" and python.string(walk, value):
                table.model = f"{python.string(walk, value)}.{table.model}"
            elif option in ("unique_together", "index_together") and value is not None:
                _together(walk, table, value, option == "unique_together")
            elif option in ("indexes", "constraints") and value is not None:
                _listed(walk, table, value)
    return True


def _together(walk: Walk, table: TableDraft, value: Node, unique: bool) -> None:
    groups = [child for child in value.named_children if child.type in ("tuple", "list")] or [value]
    for group in groups:
        columns = tuple(python.strings(walk, group))
        if columns:
            table.indexes.append(TableIndex(columns, python.line_of(group), "", unique))


def _listed(walk: Walk, table: TableDraft, value: Node) -> None:
    for item in value.named_children:
        last = python.function_name(walk, item).rsplit(".", 1)[-1]
        if last in ("Index", "UniqueConstraint"):
            _, named = python.arguments(walk, item)
            columns = tuple(python.strings(walk, named.get("fields")))
            if columns:
                name = python.string(walk, named.get("name"))
                table.indexes.append(TableIndex(columns, python.line_of(item), name, last == "UniqueConstraint"))


def _field(walk: Walk, table: TableDraft, name: str, call: Node | None) -> None:
    written = python.function_name(walk, call)
    last = written.rsplit(".", 1)[-1]
    if call is None or not (last.endswith("Field") or last == "ForeignKey") or _is_foreign(written):
        return
    positional, named = python.arguments(walk, call)
    line = python.line_of(call)
    column = python.string(walk, named.get("db_column")) or name
    if last in _RELATIONS:
        model = _target(walk, positional[0] if positional else named.get("to"), table)
        if model:
            many = last == "ManyToManyField"
            stored = () if many else (column if "db_column" in named else f"{name}_id",)
            table.keys.append(ForeignKey(stored, line, model=model, many=many))
        if last == "ManyToManyField":
            return
        column = column if "db_column" in named else f"{name}_id"
    unique = python.is_true(walk, named.get("unique")) or last == "OneToOneField"
    value = named.get("default")
    table.columns.append(
        Column(
            column,
            line,
            last,
            python.is_true(walk, named.get("null")),
            python.is_true(walk, named.get("primary_key")),
            unique,
            default(walk.read(value)) if value is not None else "",
            python.string(walk, named.get("help_text")),
        )
    )


def _is_foreign(written: str) -> bool:
    """Fields of forms and serializers look like those of models."""
    return written.split(".", 1)[0] in ("forms", "serializers", "filters", "django_filters", "graphene", "fields")


def _target(walk: Walk, node: Node | None, table: TableDraft) -> str:
    """The class that a relation names: ``Author``, ``"blog.Author"``, ``"self"``; "" for settings and expressions."""
    if node is None:
        return ""
    if node.type == "string":
        found = python.string(walk, node)
        return table.model if found == "self" else found
    if node.type in ("identifier", "attribute"):
        found = walk.read(node)
        return found.rsplit(".", 1)[-1] if not found.startswith("settings.") else ""
    return ""


# -- migrations ------------------------------------------------------------------------------------------------


def _migration(walk: Walk, body: Node, symbol: int) -> None:
    for target, _, value in python.assigned(body):
        if walk.read(target) == "operations" and value is not None:
            for item in value.named_children:
                _operation(walk, item, symbol)


def _operation(walk: Walk, item: Node, symbol: int) -> None:
    step = python.function_name(walk, item).rsplit(".", 1)[-1]
    if step not in ("CreateModel", "AddField", "AlterField", "RemoveField", "DeleteModel", "AddIndex", "AddConstraint"):
        return
    positional, named = python.arguments(walk, item)
    key = "name" if step in ("CreateModel", "DeleteModel") else "model_name"
    model = python.string(walk, named.get(key) or (positional[0] if positional else None))
    if not model:
        return
    line = python.line_of(item)
    table = TableDraft("", TableRole.MIGRATION, "django", line, last_line(item), symbol, model)
    table.creates = step == "CreateModel"
    fields = named.get("fields") or (positional[1] if len(positional) > 1 else None)
    if step == "CreateModel" and fields is not None:
        for pair in fields.named_children:
            if pair.type == "tuple" and pair.named_child_count == 2:
                _field(walk, table, python.string(walk, pair.named_child(0)), pair.named_child(1))
        _options(walk, table, named.get("options"))
    elif step == "AddField":
        _field(walk, table, python.string(walk, named.get("name")), named.get("field"))
    keep(walk, table)


def _options(walk: Walk, table: TableDraft, options: Node | None) -> None:
    for pair in options.named_children if options is not None and options.type == "dictionary" else ():
        key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if python.string(walk, key) == "db_table":
            table.name = python.string(walk, value)
