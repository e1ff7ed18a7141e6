"""Classes, interfaces, enums, type aliases, namespaces and their members."""

import msgspec

from docrunch.parsing.languages.javascript.define import define
from docrunch.parsing.languages.javascript.functions import open_function
from docrunch.parsing.languages.javascript.names import (
    FUNCTIONS,
    chain,
    is_type,
    property_name,
    read_type_parameters,
    type_arguments,
    type_text,
)
from docrunch.parsing.model import Base, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_MAX_ALIAS_BYTES = 300  # longer ones spell a shape out, which no name stands for
_KINDS = {"interface_declaration": SymbolKind.INTERFACE, "enum_declaration": SymbolKind.ENUM}
_HERITAGE = {
    "extends_clause": "inherits",
    "extends_type_clause": "inherits",
    "implements_clause": "implements",
}


def on_class(walk: Walk, node: Node) -> None:
    name = node.child_by_field_name("name")
    if name is not None:
        open_class(walk, walk.read(name), name, node, node)


def open_class(walk: Walk, name: str, at: Node, node: Node, body_owner: Node) -> None:
    """Add a class-like symbol and enter it. ``body_owner`` holds heritage and body, ``node`` the whole."""
    body = body_owner.child_by_field_name("body")
    draft = define(walk, name, _KINDS.get(body_owner.type, SymbolKind.CLASS), at, node, body=body)
    if body_owner.type == "abstract_class_declaration":
        draft.modifiers.append("abstract")
    walk.add(draft)
    walk.enter(len(walk.symbols) - 1, node.end_byte)
    draft.type_params = read_type_parameters(walk, body_owner)
    draft.bases = _bases(walk, body_owner)


def _bases(walk: Walk, node: Node) -> tuple[Base, ...]:
    found: list[Base] = []
    for child in node.children:
        if child.type == "class_heritage":
            clauses = [clause for clause in child.named_children if clause.type in _HERITAGE]
            if not clauses and child.named_child_count:  # JavaScript: the expression itself
                _add_base(walk, found, child.named_child(0), "inherits")
            for clause in clauses:
                _clause(walk, found, clause)
        elif child.type in _HERITAGE:
            _clause(walk, found, child)
    return tuple(found)


def _clause(walk: Walk, found: list[Base], clause: Node) -> None:
    for child in clause.named_children:
        if child.type == "type_arguments" and found:  # of ``extends Base<T>``, which the grammar puts beside the name
            found[-1] = msgspec.structs.replace(found[-1], args=type_arguments(walk, child))
        elif child.type not in ("type_arguments", "comment"):
            _add_base(walk, found, child, _HERITAGE[clause.type])


def _add_base(walk: Walk, found: list[Base], node: Node, relation: str) -> None:
    target: Node | None = node
    args: tuple[str, ...] = ()
    if node.type == "generic_type":
        target = node.child_by_field_name("name")
        args = type_arguments(walk, node.child_by_field_name("type_arguments"))
    if target is None:
        return
    if target.type in ("type_identifier", "nested_type_identifier"):
        parts: tuple[str, ...] = tuple(walk.read(target).split("."))
    else:
        parts = chain(walk, target)
        if parts[-1] != "?" and target.type != "call_expression":
            walk.refer("use", parts, target)
    if "?" not in parts:
        found.append(Base(".".join(parts), node.start_point[0] + 1, relation, args))


def on_type_alias(walk: Walk, node: Node) -> None:
    name = node.child_by_field_name("name")
    if name is not None:
        draft = define(walk, walk.read(name), SymbolKind.TYPE, name, node)
        value = node.child_by_field_name("value")
        if value is not None and value.end_byte - value.start_byte <= _MAX_ALIAS_BYTES:
            draft.type = type_text(walk, value)
        draft.type_params = read_type_parameters(walk, node)
        walk.add(draft)


def on_namespace(walk: Walk, node: Node) -> None:
    name = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    if name is not None:
        walk.open(define(walk, walk.read(name).strip("\"'"), SymbolKind.NAMESPACE, name, node, body=body))


def on_member(walk: Walk, node: Node) -> None:
    """A field of a class, a property of an interface, or a member of an enum."""
    parent = walk.parent
    if parent is None or not is_type(parent.kind):
        return
    name = node.child_by_field_name("name") or node.child_by_field_name("property") or node
    called = property_name(walk, name)
    value = node.child_by_field_name("value") if node.type != "property_signature" else None
    if value is not None and value.type in FUNCTIONS:
        open_function(walk, called, SymbolKind.METHOD, name, node, value)
        return
    kind = SymbolKind.CONSTANT if parent.kind is SymbolKind.ENUM else SymbolKind.PROPERTY
    draft = define(walk, called, kind, name, node)
    draft.type = type_text(walk, node.child_by_field_name("type"))
    walk.add(draft)
    if draft.type:
        walk.bind(("this", called), name, type_=draft.type)
    elif value is not None and value.type in ("new_expression", "call_expression"):
        held = chain(walk, value)
        if "?" not in held:
            walk.bind(("this", called), name, value=held)
