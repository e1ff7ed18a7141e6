"""JPA (Jakarta Persistence): entities with their columns and relations, by annotations on fields.

Names that no annotation gives are those of the usual naming strategy: words joined by "_", in lower case.
"""

import re
from collections.abc import Iterator

from docrunch.parsing.draft import last_line
from docrunch.parsing.model import Column, ForeignKey, TableIndex, TableRole
from docrunch.parsing.parser import Node
from docrunch.parsing.tables.draft import TableDraft, keep
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import default, one_line

Annotations = dict[str, dict[str, Node]]  # last part of the name → argument → value; "" for the only one
_ANNOTATIONS = ("annotation", "marker_annotation")
_TO_ONE = ("ManyToOne", "OneToOne")
_WORD_END = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TYPE_ARGUMENT = re.compile(r"<(?:[^<>]*,)?\s*([\w.]+)\s*>")
_LISTED = re.compile(r"@(Index|UniqueConstraint)\s*\(([^()]*)\)")
_QUOTED = re.compile(r"\"([^\"]*)\"")


def read(walk: Walk, root: Node) -> None:
    if b"@Entity" not in walk.text and b".Entity" not in walk.text:
        return
    known = {(symbol.line, symbol.name): at for at, symbol in enumerate(walk.symbols)}
    pending = [root]
    while pending:
        node = pending.pop()
        body = node if node is root else node.child_by_field_name("body")
        for child in body.named_children if body is not None else ():
            if child.type in ("class_declaration", "record_declaration"):
                pending.append(child)
        if node.type == "class_declaration" and body is not None:
            _entity(walk, node, body, known)
    walk.tables.sort(key=lambda table: table.line)


def _entity(walk: Walk, node: Node, body: Node, known: dict[tuple[int, str], int]) -> None:
    said = _annotations(walk, node)
    name_node = node.child_by_field_name("name")
    if "Entity" not in said or name_node is None:
        return
    model = walk.read(name_node)
    line = name_node.start_point[0] + 1
    stated = said.get("Table", {})
    name = _text(walk, stated.get("name")) or _snake(_text(walk, said["Entity"].get("name")) or model)
    schema = _text(walk, stated.get("schema"))
    symbol = known.get((line, model), -1)
    table = TableDraft("", TableRole.MODEL, "jpa", line, last_line(node), symbol, model, True)
    table.name = f"{schema}.{name}" if schema else name
    for option in ("indexes", "uniqueConstraints"):
        if option in stated:
            _listed(walk, table, stated[option])
    for member in body.named_children:
        if member.type == "field_declaration":
            _field(walk, table, member)
    keep(walk, table)


def _field(walk: Walk, table: TableDraft, node: Node) -> None:
    words = node.children[0] if node.child_count and node.children[0].type == "modifiers" else None
    plain = {child.type for child in words.children} if words is not None else set()
    said = _annotations(walk, node)
    declarator, type_node = node.child_by_field_name("declarator"), node.child_by_field_name("type")
    name_node = declarator.child_by_field_name("name") if declarator is not None else None
    if name_node is None or type_node is None or plain & {"static", "transient"} or "Transient" in said:
        return
    name, type_, line = walk.read(name_node), one_line(walk.read(type_node)), name_node.start_point[0] + 1
    relation = next((each for each in _TO_ONE if each in said), "")
    if relation:
        if "mappedBy" not in said[relation]:
            _to_one(walk, table, said, name, type_, line)
        return
    if "ManyToMany" in said:
        _many(walk, table, said, type_, line)
        return
    if "OneToMany" in said or "ElementCollection" in said or "Embedded" in said or "EmbeddedId" in said:
        return
    column = said.get("Column", {})
    primary = "Id" in said
    required = primary or _is(walk, column.get("nullable"), "false") or bool({"NotNull", "NotBlank"} & said.keys())
    unique = _is(walk, column.get("unique"), "true")
    stored = _text(walk, column.get("name")) or _snake(name)
    table.columns.append(Column(stored, line, default(type_), not required, primary, unique))


def _to_one(walk: Walk, table: TableDraft, said: Annotations, name: str, type_: str, line: int) -> None:
    join = said.get("JoinColumn", {})
    stored = _text(walk, join.get("name")) or f"{_snake(name)}_id"
    there = _text(walk, join.get("referencedColumnName"))
    optional = not _is(walk, join.get("nullable"), "false")
    unique = "OneToOne" in said or _is(walk, join.get("unique"), "true")
    table.columns.append(Column(stored, line, default(type_), optional, "Id" in said, unique))
    targets = (there,) if there else ()
    table.keys.append(ForeignKey((stored,), line, model=type_.rpartition(".")[2], targets=targets))


def _many(walk: Walk, table: TableDraft, said: Annotations, type_: str, line: int) -> None:
    if "mappedBy" in said["ManyToMany"]:
        return  # the other side says it
    between = _text(walk, said.get("JoinTable", {}).get("name"))
    if between:
        table.keys.append(ForeignKey((), line, table=between, many=True))
    other = _TYPE_ARGUMENT.search(type_)
    if other is not None:
        table.keys.append(ForeignKey((), line, model=other[1].rpartition(".")[2], many=True))


def _listed(walk: Walk, table: TableDraft, value: Node) -> None:
    for kind, inside in _LISTED.findall(walk.read(value)):
        found = re.search(r"(?:columnList|columnNames)\s*=\s*([^=]*)(?:,\s*\w+\s*=|$)", inside)
        columns = tuple(
            name
            for text in _QUOTED.findall(found[1] if found is not None else "")
            for name in re.split(r"\s*,\s*", text)
        )
        unique = kind == "UniqueConstraint" or "unique = true" in inside
        named = re.search(r"\bname\s*=\s*\"([^\"]*)\"", inside)
        if columns:
            line = value.start_point[0] + 1
            table.indexes.append(TableIndex(columns, line, named[1] if named is not None else "", unique))


def _annotations(walk: Walk, node: Node) -> Annotations:
    """The annotations of a declaration."""
    first = node.children[0] if node.child_count else None
    found: Annotations = {}
    for child in first.named_children if first is not None and first.type == "modifiers" else ():
        name = child.child_by_field_name("name") if child.type in _ANNOTATIONS else None
        if name is not None:
            found[walk.read(name).rpartition(".")[2]] = dict(_arguments(walk, child))
    return found


def _arguments(walk: Walk, annotation: Node) -> Iterator[tuple[str, Node]]:
    listed = annotation.child_by_field_name("arguments")
    for child in listed.named_children if listed is not None else ():
        key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
        if child.type == "element_value_pair" and key is not None and value is not None:
            yield walk.read(key), value
        elif child.type != "element_value_pair":
            yield "", child


def _text(walk: Walk, node: Node | None) -> str:
    """The content of a string literal, without the quotes that a database name may have."""
    return walk.read(node).strip('"').strip('`\\"') if node is not None and node.type == "string_literal" else ""


def _is(walk: Walk, node: Node | None, word: str) -> bool:
    return node is not None and walk.read(node) == word


def _snake(name: str) -> str:
    return _WORD_END.sub("_", name).lower()
