"""Namespaces, classes, structs, unions, enums, typedefs and aliases."""

from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.c.declarators import declared, type_text
from docrunch.parsing.languages.c.drafts import documented, new, take_templates
from docrunch.parsing.languages.c.names import bare
from docrunch.parsing.languages.c.walk import CWalk
from docrunch.parsing.model import Base, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.wording import one_line, signature

_KINDS = {
    "class_specifier": SymbolKind.CLASS,
    "struct_specifier": SymbolKind.STRUCT,
    "union_specifier": SymbolKind.STRUCT,
    "enum_specifier": SymbolKind.ENUM,
}
SPECIFIERS = frozenset(_KINDS)
_TYPE_CHARACTERS = 300


def on_namespace(walk: CWalk, node: Node) -> None:
    body = node.child_by_field_name("body")
    if body is None:
        return
    walk.templates.clear()
    name = node.child_by_field_name("name")
    start = node.start_byte
    if name is None:
        walk.hidden_end = max(walk.hidden_end, node.end_byte)
        return
    made = walk.attributes.at(start)
    if made is not None:
        _open_namespace(walk, node, made, name, False)
        return
    inline = walk.text.startswith(b"inline", start)
    for part in name.named_children if name.type == "nested_namespace_specifier" else (name,):
        if part.type == "nested_namespace_specifier":
            for inner in part.named_children:
                _open_namespace(walk, node, walk.read(inner), inner, inline)
        else:
            _open_namespace(walk, node, walk.read(part), part, inline)


def _open_namespace(walk: CWalk, node: Node, name: str, at: Node, inline: bool) -> None:
    draft = Draft(name, SymbolKind.NAMESPACE, walk.local_path(name), walk.scope, at.start_point[0] + 1, node)
    parent = walk.parent
    draft.exported = node.start_byte >= walk.hidden_end and (parent is None or parent.exported)
    draft.signature = f"namespace {name}"
    if inline:
        draft.modifiers.append("inline")
        draft.signature = "inline " + draft.signature
    walk.namespaces.add(name)
    documented(walk, draft)
    walk.open(draft)


def on_class(walk: CWalk, node: Node) -> None:
    body = node.child_by_field_name("body")
    if body is None:
        return
    kind = _KINDS[node.type]
    name_node = node.child_by_field_name("name") or walk.named.get(node.start_byte)
    if name_node is None:
        holder = walk.held.get(node.start_byte)
        if holder is not None and kind is not SymbolKind.ENUM:
            walk.enter(holder, node.end_byte)
        return
    last, prefix = name_node, ""
    while last.type == "qualified_identifier":
        inner = last.child_by_field_name("name")
        if inner is None:
            return
        last = inner
    if last is not name_node:
        prefix = bare(walk.slice(name_node.start_byte, last.start_byte)).strip(":").replace("::", ".") + "."
    written = one_line(walk.read(last))[:200]  # of a specialisation with its arguments
    name = bare(written)
    if not name:
        return
    walk.seen.add(last.start_byte)
    whole = walk.typed.get(node.start_byte, node)
    draft = new(walk, name, kind, last, whole, body.start_byte, prefix=prefix, spelled=written)
    if whole is not node:
        draft.signature = f"typedef {node.type.removesuffix('_specifier')} {name}"
    if last.type == "template_type":
        draft.modifiers.append("specialization")
        inner = last.child_by_field_name("name")
        if inner is not None:
            walk.seen.add(inner.start_byte)
    if node.type == "union_specifier":
        draft.modifiers.append("union")
    if kind is SymbolKind.ENUM and any(child.type in ("class", "struct") for child in node.children[:3]):
        draft.modifiers.append("scoped")
    draft.bases = _bases(walk, node)
    documented(walk, draft)
    index = walk.open(draft)
    walk.access[index] = node.type != "class_specifier"
    take_templates(walk)


def _bases(walk: CWalk, node: Node) -> tuple[Base, ...]:
    clause = next((child for child in node.children if child.type == "base_class_clause"), None)
    found: list[Base] = []
    for child in clause.named_children if clause is not None else ():
        if child.type in ("type_identifier", "template_type", "qualified_identifier", "dependent_type"):
            name = bare(walk.read(child).removeprefix("typename ")) if child.end_byte - child.start_byte < 2000 else ""
            if name:
                found.append(Base(name, child.start_point[0] + 1, "inherits"))
    return tuple(found)


def on_typedef(walk: CWalk, node: Node) -> None:
    if node.type == "alias_declaration":
        _alias(walk, node)
        return
    type_ = node.child_by_field_name("type")
    if type_ is None:
        return
    declarators = node.children_by_field_name("declarator")
    unnamed = (
        type_.type in SPECIFIERS
        and type_.child_by_field_name("body") is not None
        and type_.child_by_field_name("name") is None
    )
    for declarator in declarators:
        name = declared(walk, declarator)
        if name is None:
            continue
        walk.seen.add(name.node.start_byte)
        if unnamed and not name.marks and name.function is None and type_.start_byte not in walk.named:
            walk.named[type_.start_byte] = name.node
            walk.typed[type_.start_byte] = node
            continue
        draft = new(walk, name.name, SymbolKind.TYPE, name.node, node, node.end_byte)
        marks = name.marks + ("()" if name.function is not None else "")
        given = walk.named.get(type_.start_byte)
        draft.type = f"{walk.read(given)} {marks}" if given else type_text(walk, type_.start_byte, type_, marks)
        documented(walk, draft)
        walk.add(draft)
    if type_.type in SPECIFIERS and type_.child_by_field_name("body") is None:
        tag = type_.child_by_field_name("name")
        if tag is not None and any(walk.read(each) == walk.read(tag) for each in declarators):
            walk.seen.add(tag.start_byte)


def _alias(walk: CWalk, node: Node) -> None:
    name, type_ = node.child_by_field_name("name"), node.child_by_field_name("type")
    if name is None:
        return
    walk.seen.add(name.start_byte)
    word = walk.read(name)
    if walk.in_callable():
        walk.make_local([word])
        return
    draft = new(walk, word, SymbolKind.TYPE, name, node, node.end_byte)
    if type_ is not None:
        draft.type = one_line(walk.slice(type_.start_byte, min(type_.end_byte, type_.start_byte + _TYPE_CHARACTERS)))
    documented(walk, draft)
    walk.open(draft)
    take_templates(walk)


def on_enumerator(walk: CWalk, node: Node) -> None:
    name = node.child_by_field_name("name")
    if name is None:
        return
    word = walk.read(name)
    draft = Draft(word, SymbolKind.CONSTANT, walk.local_path(word), walk.scope, name.start_point[0] + 1, node)
    parent = walk.parent
    draft.exported = parent is None or parent.exported
    draft.type = parent.name if parent is not None and parent.kind is SymbolKind.ENUM else ""
    draft.modifiers.append("enumerator")
    draft.signature = signature(walk.slice(node.start_byte, min(node.end_byte, node.start_byte + _TYPE_CHARACTERS)))
    documented(walk, draft)
    walk.add(draft)
