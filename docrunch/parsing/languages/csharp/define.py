"""Definitions of C#: namespaces, types, delegates, methods, properties, fields.

A file with one namespace around everything has that namespace as its package, like a file-scoped one; other
namespaces are symbols. Qualified names are the same either way.
"""

import re

from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.csharp.documentation import document
from docrunch.parsing.languages.csharp.names import (
    bare,
    head_start,
    modifiers,
    name_of,
    read_parameters,
    type_arguments,
    type_parameters,
    type_text,
)
from docrunch.parsing.model import Base, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import TYPE_KINDS, Walk
from docrunch.parsing.wording import one_line, signature

_KINDS = {
    "class_declaration": SymbolKind.CLASS,
    "record_declaration": SymbolKind.CLASS,
    "struct_declaration": SymbolKind.STRUCT,
    "interface_declaration": SymbolKind.INTERFACE,
    "enum_declaration": SymbolKind.ENUM,
}
_ALONGSIDE = frozenset({"using_directive", "extern_alias_directive", "comment", "global_attribute", "ERROR"})
_VISIBLE = frozenset({"public", "protected"})
_HEAD_CHARACTERS = 600
_DIRECTIVE = re.compile(r"^[ \t]*#[^\n]*$", re.MULTILINE)


def on_namespace(walk: Walk, node: Node) -> None:
    name_node, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name_node is None:
        return
    name = bare("".join(walk.read(name_node).split()))
    if body is None or _is_whole_file(walk, node):
        walk.package = name
        return
    last = name_node.child_by_field_name("name") or name_node
    draft = Draft(name, SymbolKind.NAMESPACE, walk.local_path(name), walk.scope, last.start_point[0] + 1, node)
    draft.signature = signature(walk.slice(node.start_byte, body.start_byte))
    draft.exported = True
    walk.open(draft)


def _is_whole_file(walk: Walk, node: Node) -> bool:
    """Whether a namespace stands at the top with nothing but usings and directives beside it."""
    around = node.parent
    if walk.scope >= 0 or walk.package or around is None or around.parent is not None:
        return False
    return all(  # `#pragma` and `#region` hold no code; `#if` may
        child == node or child.type in _ALONGSIDE or (child.type.startswith("preproc_") and child.type != "preproc_if")
        for child in around.named_children
    )


def on_type(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    kind = _KINDS[node.type]
    record = node.type == "record_declaration"
    if record and any(child.type == "struct" for child in node.children):
        kind = SymbolKind.STRUCT
    draft = _draft(walk, node, name_node, kind)
    draft.signature = _head(walk, node)
    draft.bases = _bases(walk, node, kind)
    draft.type_params = type_parameters(walk, node)
    if record:
        draft.modifiers.append("record")
    walk.open(draft)
    parameters = next((child for child in node.named_children if child.type == "parameter_list"), None)
    if parameters is not None:
        draft.params = read_parameters(walk, parameters)
        if record:
            _components(walk, parameters)
    document(walk, draft)


def _draft(walk: Walk, node: Node, name_node: Node, kind: SymbolKind, name: str = "") -> Draft:
    name = name or name_of(walk, name_node)
    draft = Draft(name, kind, walk.local_path(name), walk.scope, name_node.start_point[0] + 1, node)
    draft.modifiers, draft.decorators, test = modifiers(walk, node)
    draft.exported = _exported(walk, draft.modifiers)
    if test:
        draft.modifiers.append("test")
    return draft


def _exported(walk: Walk, words: list[str]) -> bool:
    """Public and protected ones, and what an interface or an enum holds, as far as what is around them is."""
    parent = walk.parent
    visible = not _VISIBLE.isdisjoint(words) and not ("private" in words and "protected" in words)
    if parent is None or parent.kind is SymbolKind.NAMESPACE:
        return visible
    if parent.kind not in TYPE_KINDS or not parent.exported:
        return False
    return visible or (parent.kind in (SymbolKind.INTERFACE, SymbolKind.ENUM) and "private" not in words)


def _head(walk: Walk, node: Node) -> str:
    """The declaration without attributes and body."""
    start, end = head_start(node), node.end_byte
    for field in ("body", "accessors", "value"):
        found = node.child_by_field_name(field)
        if found is not None:
            end = min(end, found.start_byte)
    written = walk.slice(start, min(end, start + _HEAD_CHARACTERS))
    if "#" in written:
        written = _DIRECTIVE.sub("", written)
    return signature(written.rstrip(" \t\r\n;="))


def _bases(walk: Walk, node: Node, kind: SymbolKind) -> tuple[Base, ...]:
    """What stands behind the colon; whether the first one is a class shows when it is resolved."""
    listed = next((child for child in node.named_children if child.type == "base_list"), None)
    if listed is None or kind is SymbolKind.ENUM:
        return ()
    found: list[Base] = []
    for child in listed.named_children:
        type_ = child.child_by_field_name("type") if child.type == "primary_constructor_base_type" else child
        if type_ is None or type_.type in ("argument_list", "comment"):
            continue
        name = bare(one_line(walk.read(type_)))
        if name:
            contract = kind is SymbolKind.STRUCT or bool(found) or _is_contract(name)
            relation = "implements" if contract and kind is not SymbolKind.INTERFACE else "inherits"
            found.append(Base(name, type_.start_point[0] + 1, relation, type_arguments(one_line(walk.read(type_)))))
    return tuple(found)


def _is_contract(name: str) -> bool:
    """By the convention that everyone keeps: ``IThing``."""
    last = name.rsplit(".", 1)[-1]
    return len(last) > 1 and last[0] == "I" and last[1].isupper()


def _components(walk: Walk, parameters: Node) -> None:
    """The parameters of a record are its properties."""
    for child in parameters.named_children:
        name_node = child.child_by_field_name("name")
        if child.type != "parameter" or name_node is None:
            continue
        draft = _draft(walk, child, name_node, SymbolKind.PROPERTY)
        draft.type = type_text(walk, child.child_by_field_name("type"))
        draft.signature = signature(walk.read(child))
        draft.exported = walk.parent is not None and walk.parent.exported
        walk.add(draft)


def on_delegate(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    draft = _draft(walk, node, name_node, SymbolKind.TYPE)
    draft.modifiers.append("delegate")
    draft.signature = _head(walk, node)
    draft.returns = type_text(walk, node.child_by_field_name("type"))
    walk.open(draft)
    draft.params = read_parameters(walk, node.child_by_field_name("parameters"))
    document(walk, draft)


def on_function(walk: Walk, node: Node) -> None:
    named = _function_name(walk, node)
    if named is None:
        return
    name_node, name = named
    draft = _draft(walk, node, name_node, _function_kind(node), name)
    body = node.child_by_field_name("body")
    parent = walk.parent
    draft.complexity = 1 if body is not None else 0
    if body is None and parent is not None and parent.kind is SymbolKind.INTERFACE:
        draft.modifiers.append("abstract")
    _mark_explicit(draft, node)
    draft.signature = _head(walk, node)
    draft.returns = type_text(walk, node.child_by_field_name("returns") or node.child_by_field_name("type"))
    draft.type_params = type_parameters(walk, node)
    if name == "Main" and "static" in draft.modifiers:
        walk.entry_point = True
    walk.open(draft)
    draft.params = read_parameters(walk, node.child_by_field_name("parameters"))
    document(walk, draft)


def _function_kind(node: Node) -> SymbolKind:
    if node.type == "constructor_declaration":
        return SymbolKind.CONSTRUCTOR
    return SymbolKind.FUNCTION if node.type == "local_function_statement" else SymbolKind.METHOD


def _function_name(walk: Walk, node: Node) -> tuple[Node, str] | None:
    """Where the name of a function stands, and the name: ``~Thing``, ``operator +``, ``operator int`` included."""
    name_node = node.child_by_field_name("name")
    kind = node.type
    if kind == "destructor_declaration":
        return (name_node, "~" + name_of(walk, name_node)) if name_node is not None else None
    if kind in ("operator_declaration", "conversion_operator_declaration"):
        word = next((child for child in node.children if child.type == "operator"), None)
        parameters = node.child_by_field_name("parameters")
        if word is None or parameters is None:
            return None
        return word, one_line(walk.slice(word.start_byte, parameters.start_byte))
    return (name_node, name_of(walk, name_node)) if name_node is not None else None


def _mark_explicit(draft: Draft, node: Node) -> None:
    """``int IFoo.Bar()`` is no member of the type by that name."""
    if any(child.type == "explicit_interface_specifier" for child in node.named_children):
        draft.modifiers.append("explicit")


def on_property(walk: Walk, node: Node) -> None:
    """Properties, indexers and events with accessors: what their code calls is called by them."""
    name_node = node.child_by_field_name("name")
    name = ""
    if node.type == "indexer_declaration":
        name_node, name = next((child for child in node.children if child.type == "this"), None), "this[]"
    if name_node is None:
        return
    draft = _draft(walk, node, name_node, SymbolKind.PROPERTY, name)
    if node.type == "event_declaration":
        draft.modifiers.append("event")
    _mark_explicit(draft, node)
    draft.type = type_text(walk, node.child_by_field_name("type"))
    draft.signature = _head(walk, node)
    draft.complexity = 1 if _has_code(node) else 0
    walk.open(draft)
    walk.make_local(["value"])
    if name:
        draft.params = read_parameters(walk, node.child_by_field_name("parameters"))
    document(walk, draft)


def _has_code(node: Node) -> bool:
    value, accessors = node.child_by_field_name("value"), node.child_by_field_name("accessors")
    if value is not None and value.type == "arrow_expression_clause":
        return True
    listed = accessors.named_children if accessors is not None else []
    return any(child.child_by_field_name("body") is not None for child in listed)


def on_variable(walk: Walk, node: Node) -> None:
    """Fields, events without accessors, members of enums."""
    if node.type == "enum_member_declaration":
        _enum_member(walk, node)
        return
    declaration = next((child for child in node.named_children if child.type == "variable_declaration"), None)
    if declaration is None:
        return
    words, decorators, _ = modifiers(walk, node)
    constant = "const" in words or {"static", "readonly"} <= set(words)
    type_ = type_text(walk, declaration.child_by_field_name("type"))
    for declarator in declaration.named_children:
        name_node = declarator.child_by_field_name("name") if declarator.type == "variable_declarator" else None
        if name_node is None:
            continue
        name = name_of(walk, name_node)
        kind = SymbolKind.CONSTANT if constant else SymbolKind.PROPERTY
        draft = Draft(name, kind, walk.local_path(name), walk.scope, name_node.start_point[0] + 1, node)
        draft.modifiers, draft.decorators = list(words), decorators
        if node.type == "event_field_declaration":
            draft.modifiers.append("event")
        draft.exported = _exported(walk, words)
        draft.type = type_
        draft.signature = _head(walk, node)
        document(walk, draft)
        walk.add(draft)


def _enum_member(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    draft = _draft(walk, node, name_node, SymbolKind.CONSTANT)
    parent = walk.parent
    draft.exported = parent is not None and parent.exported
    draft.type = parent.name if parent is not None else ""
    draft.modifiers += ["readonly", "static"]
    draft.signature = signature(walk.slice(head_start(node), node.end_byte))
    document(walk, draft)
    walk.add(draft)
