"""ActiveRecord: ``schema.rb``, migrations and models, in Ruby."""

from collections.abc import Iterator

from docrunch.parsing.draft import Draft, last_line
from docrunch.parsing.model import Column, ForeignKey, SymbolKind, TableIndex, TableRole
from docrunch.parsing.parser import Node
from docrunch.parsing.tables.draft import TableDraft, keep
from docrunch.parsing.tables.inflection import camelize, pluralize, singular, underscore
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import default, signature

_TYPES = frozenset(
    [
        *("string", "text", "integer", "bigint", "float", "decimal", "numeric", "datetime", "timestamp", "timestamptz"),
        *("time", "date", "binary", "blob", "boolean", "json", "jsonb", "uuid", "inet", "cidr", "macaddr", "hstore"),
        *("citext", "xml", "tsvector", "point", "bit", "money", "interval", "enum", "virtual", "vector", "daterange"),
        *("primary_key", "tinyint", "int4range", "tstzrange", "geometry", "geography", "st_point", "ltree", "column"),
    ]
)
_STEPS = frozenset(
    ["create_table", "change_table", "add_column", "add_index", "add_foreign_key", "add_reference", "add_belongs_to"]
)
_CHANGES = frozenset(["remove_column", "rename_column", "change_column", "change_column_null", "drop_table"])
_MODELS = frozenset(["ApplicationRecord", "ActiveRecord::Base"])
MAX_DEPTH = 12  # of blocks around a step; deeper is no migration

Options = dict[str, Node]


def read(walk: Walk, root: Node) -> None:
    text = walk.text
    if b"ActiveRecord" not in text and b"ApplicationRecord" not in text:
        return
    if b"ActiveRecord::Schema" in text:
        _schema(walk, root)
        return
    known = {(symbol.line, symbol.name): at for at, symbol in enumerate(walk.symbols)}
    migrates = b"ActiveRecord::Migration" in text
    for node in _classes(root):
        name_node, base = node.child_by_field_name("name"), node.child_by_field_name("superclass")
        above = walk.read(base).lstrip("< \n") if base is not None else ""
        if name_node is None or not above:
            continue
        name = walk.read(name_node)
        symbol = known.get((name_node.start_point[0] + 1, name.rpartition("::")[2]), -1)
        if symbol < 0:
            symbol = known.get((name_node.start_point[0] + 1, name), -1)
        if above.startswith("ActiveRecord::Migration"):
            _migration(walk, node, symbol)
        elif above in _MODELS and not migrates:  # a migration's own models are stand-ins
            _model(walk, node, name, symbol)


def _classes(root: Node) -> Iterator[Node]:
    """Classes at the top and inside modules and classes."""
    pending = [(root, MAX_DEPTH)]
    while pending:
        node, left = pending.pop()
        for child in node.named_children:
            if child.type == "class":
                yield child
            if left and child.type in ("module", "class", "body_statement"):
                pending.append((child, left - 1))


# -- calls -----------------------------------------------------------------------------------------------------


def _calls(body: Node) -> Iterator[Node]:
    """The calls in a body and in the blocks and branches inside it, arguments left out."""
    pending = [(node, MAX_DEPTH) for node in reversed(body.named_children)]
    while pending:
        node, left = pending.pop()
        if node.type == "call":
            yield node
        elif left and node.type in ("body_statement", "if", "then", "else", "unless", "begin", "block_body"):
            pending += [(each, left - 1) for each in reversed(node.named_children)]


def _method(walk: Walk, call: Node) -> str:
    found = call.child_by_field_name("method")
    return walk.read(found) if found is not None else ""


def _block(call: Node) -> Node | None:
    block = call.child_by_field_name("block")
    return block.child_by_field_name("body") if block is not None else None


def _arguments(walk: Walk, call: Node) -> tuple[list[Node], Options]:
    listed = call.child_by_field_name("arguments")
    positional: list[Node] = []
    named: Options = {}
    for child in listed.named_children if listed is not None else ():
        key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
        if child.type == "pair" and key is not None and value is not None:
            named[walk.read(key).strip(":\"'")] = value
        elif child.type != "pair":
            positional.append(child)
    return positional, named


def _name(walk: Walk, node: Node | None) -> str:
    """The content of a string or symbol, what is put into it left out; "" for anything else."""
    if node is None or node.type not in ("string", "simple_symbol"):
        return ""
    if node.type == "simple_symbol":
        return walk.read(node).strip(":")
    return "".join(walk.read(child) for child in node.named_children if child.type == "string_content")


def _names(walk: Walk, node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    items = node.named_children if node.type in ("array", "symbol_array", "string_array") else [node]
    return tuple(found for item in items if (found := _name(walk, item) or walk.read(item).strip(":\"'")))


def _is(walk: Walk, node: Node | None, word: str) -> bool:
    return node is not None and walk.read(node) == word


# -- schema.rb -------------------------------------------------------------------------------------------------


def _schema(walk: Walk, root: Node) -> None:
    """``schema.rb`` states tables, so they and their columns are symbols."""
    tables: dict[str, TableDraft] = {}
    for definition in _calls(root):
        body = _block(definition)
        for call in _calls(body) if body is not None else ():
            step = _method(walk, call)
            positional, named = _arguments(walk, call)
            name = _name(walk, positional[0]) if positional else ""
            if step == "create_table" and name:
                tables[name] = _stated(walk, call, name)
            elif step in _STEPS and name in tables:
                _step(walk, tables[name], step, call, positional, named)
    walk.tables += [table.freeze() for table in tables.values()]


def _stated(walk: Walk, call: Node, name: str) -> TableDraft:
    line = call.start_point[0] + 1
    draft = Draft(name, SymbolKind.TABLE, name, -1, line, call)
    draft.exported = True
    head = walk.slice(call.start_byte, min(call.end_byte, call.start_byte + 600)).split("\n", 1)[0]
    draft.signature = signature(head.removesuffix(" do |t|"))
    table = TableDraft(name, TableRole.SCHEMA, "rails", line, last_line(call), walk.add(draft), "", True)
    _columns(walk, table, call)
    return table


# -- migrations ------------------------------------------------------------------------------------------------


def _migration(walk: Walk, node: Node, symbol: int) -> None:
    """The steps of ``change`` and ``up``; what ``down`` does is how to leave a schema."""
    body = node.child_by_field_name("body")
    for method in body.named_children if body is not None else ():
        name, inner = method.child_by_field_name("name"), method.child_by_field_name("body")
        if method.type not in ("method", "singleton_method") or name is None or inner is None:
            continue
        if walk.read(name) not in ("change", "up"):
            continue
        for call in _calls(inner):
            step = _method(walk, call)
            positional, named = _arguments(walk, call)
            table = _name(walk, positional[0]) if positional else ""
            if not table or step not in _STEPS | _CHANGES:
                continue
            draft = TableDraft(table, TableRole.MIGRATION, "rails", call.start_point[0] + 1, last_line(call), symbol)
            draft.creates = step == "create_table"
            _step(walk, draft, step, call, positional, named)
            keep(walk, draft)


def _step(walk: Walk, table: TableDraft, step: str, call: Node, positional: list[Node], named: Options) -> None:
    line = call.start_point[0] + 1
    if step in ("create_table", "change_table"):
        _columns(walk, table, call)
    elif step == "add_column" and len(positional) >= 3:
        _column(walk, table, call, _name(walk, positional[1]), _name(walk, positional[2]), named)
    elif step in ("add_reference", "add_belongs_to") and len(positional) >= 2:
        _reference(walk, table, call, _name(walk, positional[1]), named)
    elif step == "add_index" and len(positional) >= 2:
        table.indexes.append(_index(walk, positional[1], named, line))
    elif step == "add_foreign_key" and len(positional) >= 2:
        other = _name(walk, positional[1])
        column = _name(walk, named.get("column")) or f"{singular(other)}_id"
        there = _name(walk, named.get("primary_key"))
        if other:
            table.keys.append(ForeignKey((column,), line, other, targets=(there,) if there else ()))


def _columns(walk: Walk, table: TableDraft, call: Node) -> None:
    """``create_table`` and ``change_table`` with their block."""
    _, options = _arguments(walk, call)
    line = call.start_point[0] + 1
    if _method(walk, call) == "create_table" and not _is(walk, options.get("id"), "false"):
        stored = _names(walk, options.get("primary_key")) or ("id",)
        if len(stored) == 1:
            table.columns.append(Column(stored[0], line, _name(walk, options.get("id")) or "bigint", False, True))
        table.primary.update(name.lower() for name in stored)
    table.doc = _name(walk, options.get("comment"))
    body = _block(call)
    for each in _calls(body) if body is not None else ():
        positional, named = _arguments(walk, each)
        word = _method(walk, each)
        at = each.start_point[0] + 1
        if word in ("references", "belongs_to"):
            for item in positional:
                _reference(walk, table, each, _name(walk, item), named)
        elif word == "timestamps":
            for name in ("created_at", "updated_at"):
                _column(walk, table, each, name, "datetime", {})
        elif word == "index" and positional:
            table.indexes.append(_index(walk, positional[0], named, at))
        elif word == "column" and len(positional) >= 2:
            _column(walk, table, each, _name(walk, positional[0]), _name(walk, positional[1]), named)
        elif word in _TYPES:
            for item in positional:
                _column(walk, table, each, _name(walk, item), word, named)


def _column(walk: Walk, table: TableDraft, call: Node, name: str, type_: str, named: Options) -> None:
    if not name:
        return
    line = call.start_point[0] + 1
    value = named.get("default")
    shown = default(walk.read(value)) if value is not None else ""
    required = _is(walk, named.get("null"), "false")
    doc = _name(walk, named.get("comment"))
    table.columns.append(Column(name, line, type_, not required, False, False, shown, doc))
    if "index" in named and not _is(walk, named["index"], "false"):
        unique = b"unique: true" in walk.text[named["index"].start_byte : named["index"].end_byte]
        table.indexes.append(TableIndex((name,), line, "", unique))
    if table.role is TableRole.SCHEMA:
        draft = Draft(name, SymbolKind.COLUMN, f"{table.name}.{name}", table.symbol, line, call)
        draft.type, draft.exported = type_, True
        draft.signature = signature(walk.slice(call.start_byte, min(call.end_byte, call.start_byte + 600)))
        walk.add(draft)


def _reference(walk: Walk, table: TableDraft, call: Node, name: str, named: Options) -> None:
    """``t.references :team, foreign_key: true`` is a column, and a key where it says so."""
    if not name:
        return
    _column(walk, table, call, f"{name}_id", _name(walk, named.get("type")) or "bigint", named)
    key = named.get("foreign_key")
    if key is None or _is(walk, key, "false") or "polymorphic" in named:
        return
    other = pluralize(name)
    for pair in key.named_children if key.type == "hash" else ():
        if pair.type == "pair" and walk.read(pair).startswith("to_table"):
            other = _name(walk, pair.child_by_field_name("value")) or other
    table.keys.append(ForeignKey((f"{name}_id",), call.start_point[0] + 1, other))


def _index(walk: Walk, columns: Node, named: Options, line: int) -> TableIndex:
    name = _name(walk, named.get("name"))
    return TableIndex(_names(walk, columns), line, name, _is(walk, named.get("unique"), "true"))


# -- models ----------------------------------------------------------------------------------------------------


def _model(walk: Walk, node: Node, name: str, symbol: int) -> None:
    """A class of its own table; names of tables and of the other side are the usual ones unless they are stated."""
    body = node.child_by_field_name("body")
    own = name.rpartition("::")[2]
    line = node.start_point[0] + 1
    table = TableDraft(pluralize(underscore(own)), TableRole.MODEL, "rails", line, last_line(node), symbol, own, True)
    for child in body.named_children if body is not None else ():
        if child.type == "assignment":
            left, right = child.child_by_field_name("left"), child.child_by_field_name("right")
            if left is not None and walk.read(left) == "self.table_name":
                table.name = _name(walk, right) or table.name
            elif left is not None and walk.read(left) == "self.abstract_class" and _is(walk, right, "true"):
                return
        elif child.type == "call":
            _association(walk, table, child)
    keep(walk, table)


def _association(walk: Walk, table: TableDraft, call: Node) -> None:
    word = _method(walk, call)
    if word not in ("belongs_to", "has_and_belongs_to_many"):
        return
    positional, named = _arguments(walk, call)
    name = _name(walk, positional[0]) if positional else ""
    if not name or "polymorphic" in named:
        return
    line = call.start_point[0] + 1
    model = _name(walk, named.get("class_name")).rpartition("::")[2]
    if word == "has_and_belongs_to_many":
        table.keys.append(
            ForeignKey((), line, model=model, many=True) if model else ForeignKey((), line, name, many=True)
        )
        return
    stored = _name(walk, named.get("foreign_key")) or f"{name}_id"
    table.keys.append(ForeignKey((stored,), line, model=model or camelize(name)))
