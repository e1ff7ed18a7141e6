"""Functions, methods, accessors and overload signatures."""

from docrunch.parsing.languages.javascript.define import define, describe
from docrunch.parsing.languages.javascript.names import (
    chain,
    is_type,
    property_name,
    read_parameters,
    read_type_parameters,
    type_text,
)
from docrunch.parsing.languages.javascript.parameter_properties import parameter_properties
from docrunch.parsing.model import SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

VALUES = frozenset(
    {
        "as_expression",
        "await_expression",
        "call_expression",
        "identifier",
        "member_expression",
        "new_expression",
        "non_null_expression",
        "parenthesized_expression",
        "satisfies_expression",
        "subscript_expression",
        "this",
    }
)


def on_return(walk: Walk, node: Node) -> None:
    """Results of the functions that have a name; those inside them are someone else's."""
    if walk.anonymous_end > node.start_byte:
        return
    value = node.named_child(0) if node.named_child_count else None
    if node.type == "yield_expression":
        walk.bind_return(node, ("?",))
    elif value is not None and walk.read(value) not in ("undefined", "null"):
        walk.bind_return(node, chain(walk, value) if value.type in VALUES else ("?",))


def on_function(walk: Walk, node: Node) -> None:
    kind = node.type
    if kind == "export_statement":
        _default_export(walk, node)
    elif kind == "pair":
        key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        if key is not None and value is not None and _in_object_symbol(walk):
            open_function(walk, property_name(walk, key), SymbolKind.METHOD, key, node, value)
    else:
        name = node.child_by_field_name("name")
        if name is not None:
            open_function(walk, property_name(walk, name), _kind(walk, node, name), name, node, node)


def _in_object_symbol(walk: Walk) -> bool:
    parent = walk.parent
    return parent is not None and parent.kind in (SymbolKind.CONSTANT, SymbolKind.VARIABLE)


def _kind(walk: Walk, node: Node, name: Node) -> SymbolKind:
    if node.type in ("function_declaration", "generator_function_declaration", "function_signature"):
        return SymbolKind.FUNCTION
    head = walk.text[node.start_byte : name.start_byte].split()
    if b"get" in head or b"set" in head:
        return SymbolKind.PROPERTY
    parent = walk.parent
    if parent is not None and is_type(parent.kind) and walk.read(name) == "constructor":
        return SymbolKind.CONSTRUCTOR
    return SymbolKind.METHOD


def open_function(
    walk: Walk, name: str, kind: SymbolKind, at: Node, node: Node, function: Node, local_name: str = ""
) -> None:
    """Add a function-like symbol and enter it. ``function`` holds parameters and body, ``node`` the whole."""
    body = function.child_by_field_name("body")
    draft = define(walk, name, kind, at, node, body=body, local_name=local_name)
    draft.complexity = 1 if body is not None else 0
    if body is None and walk.text[max(0, node.start_byte - 20) : node.start_byte].rstrip().endswith(b"declare"):
        draft.modifiers.append("declare")
    draft.returns = type_text(walk, function.child_by_field_name("return_type"))
    draft.type_params = read_type_parameters(walk, function)
    head = walk.text[function.start_byte : function.start_byte + 12]
    if function.id != node.id:
        if head.startswith(b"async"):
            draft.modifiers.append("async")
        if function.type == "generator_function":
            draft.modifiers.append("generator")
        if "const" in draft.modifiers:
            draft.modifiers.remove("const")
    walk.add(draft)
    walk.enter(len(walk.symbols) - 1, node.end_byte)
    draft.params = read_parameters(walk, function)
    if body is not None and body.type in VALUES:  # x => f(x)
        walk.bind_return(body, chain(walk, body))
    if kind is SymbolKind.CONSTRUCTOR:
        parameter_properties(walk, function, draft.parent)
    describe(draft)


def _default_export(walk: Walk, node: Node) -> None:
    """``export default function () {}`` and ``export default class {}`` have the name "default" when unnamed."""
    from docrunch.parsing.languages.javascript.classes import open_class

    value = node.child_by_field_name("value")
    if value is None:
        return
    name = value.child_by_field_name("name")
    called = walk.read(name) if name is not None else "default"
    walk.pending = node
    walk.exports.append(("default", called))
    if value.type == "class":
        open_class(walk, called, name or value, node, value)
    else:
        open_function(walk, called, SymbolKind.FUNCTION, name or value, node, value)
