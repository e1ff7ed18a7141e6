"""Rust: items with attributes and documentation, impl blocks, paths, macros, bindings."""

import re

from docrunch.parsing.draft import Draft
from docrunch.parsing.entries.tables import marked_names
from docrunch.parsing.languages.rust import routes
from docrunch.parsing.languages.rust.entries import RustReader, add_entries, mark_attribute
from docrunch.parsing.languages.rust.imports import module_declaration, on_import
from docrunch.parsing.languages.rust.names import (
    LOWER_NAME,
    attach,
    chain,
    doc_lines,
    is_pub,
    read_parameters,
    read_type_parameters,
)
from docrunch.parsing.model import Base, Reference, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import TYPE_KINDS, Handler, Walk
from docrunch.parsing.wording import one_line, signature

_KINDS = {
    "struct_item": SymbolKind.STRUCT,
    "union_item": SymbolKind.STRUCT,
    "enum_item": SymbolKind.ENUM,
    "trait_item": SymbolKind.TRAIT,
}
_MODIFIERS = re.compile(r"\b(async|unsafe|const|extern|default)\b")
_STRING = re.compile(rb"\"(?:\\.|[^\"\\])*\"", re.DOTALL)
_MACRO_CALL = re.compile(rb"(?<![\w.:)?])((?:[A-Za-z_]\w*(?:::|\.))*[A-Za-z_]\w*)\(")
_KEYWORDS = frozenset({b"if", b"match", b"while", b"for", b"in", b"return", b"let", b"move", b"fn", b"mut", b"ref"})
_ATTRIBUTE = re.compile(r"#\[\s*([\w:]+)")
_READER = RustReader()
_CALLS = routes.MARKED
_MARKED = marked_names("rust")
_DERIVED = re.compile(r"[A-Za-z_][\w:]*")
_MAX_MACRO_BYTES = 20_000


def _implementation(walk: Walk, node: Node) -> tuple[str, str]:
    """Type and trait of the impl block that directly holds an item, ("", "") outside."""
    while walk.implementations and walk.implementations[-1][0] <= node.start_byte:
        walk.implementations.pop()
    if not walk.implementations or walk.scope_end <= walk.implementations[-1][0]:
        return "", ""
    return walk.implementations[-1][1:]


def _draft(walk: Walk, name: str, kind: SymbolKind, at: Node, node: Node) -> Draft:
    receiver, trait = _implementation(walk, node)
    local_name = walk.local_path(f"{receiver}.{name}" if receiver else name)
    draft = Draft(name, kind, local_name, walk.scope, at.start_point[0] + 1, node)
    draft.receiver, draft.trait = receiver, trait
    written = attach(walk, draft, node)
    if any("test" in re.split(r"\W+", text[2:40]) and "not(test" not in text for text in written):
        draft.modifiers.append("test")
    draft.exported = _is_exported(walk, draft, node)
    walk.seen.add(at.start_byte)
    return draft


def _is_exported(walk: Walk, draft: Draft, node: Node) -> bool:
    if draft.trait:
        return True  # as visible as trait and type are
    parent = walk.parent
    if parent is None:
        return is_pub(walk, node)
    if parent.kind in (SymbolKind.TRAIT, SymbolKind.ENUM):
        return parent.exported
    return parent.exported and parent.complexity == 0 and is_pub(walk, node)


def on_function(walk: Walk, node: Node) -> None:
    name_node, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name_node is None:
        return
    name = walk.read(name_node)
    parent = walk.parent
    member = bool(_implementation(walk, node)[0]) or (parent is not None and parent.kind is SymbolKind.TRAIT)
    draft = _draft(walk, name, SymbolKind.METHOD if member else SymbolKind.FUNCTION, name_node, node)
    draft.modifiers += _MODIFIERS.findall(walk.slice(node.start_byte, name_node.start_byte))
    draft.complexity = 1 if body is not None else 0
    end = body.start_byte if body is not None else node.end_byte
    draft.signature = signature(walk.slice(node.start_byte, end).rstrip("; \n"))
    draft.type_params = read_type_parameters(walk, node)
    result = node.child_by_field_name("return_type")
    draft.returns = one_line(walk.read(result)) if result is not None else ""
    if name == "main" and walk.scope < 0 and not draft.receiver:
        walk.entry_point = True
    walk.add(draft)
    walk.enter(len(walk.symbols) - 1, node.end_byte)
    parameters = node.child_by_field_name("parameters")
    draft.params = read_parameters(walk, parameters) if parameters is not None else ()


def on_type(walk: Walk, node: Node) -> None:
    name_node, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name_node is None:
        return
    draft = _draft(walk, walk.read(name_node), _KINDS[node.type], name_node, node)
    draft.type_params = read_type_parameters(walk, node)
    named_body = body is not None and body.type != "ordered_field_declaration_list"
    end = body.start_byte if named_body and body is not None else node.end_byte
    draft.signature = signature(walk.slice(node.start_byte, end).rstrip("; \n"))
    walk.add(draft)
    walk.enter(len(walk.symbols) - 1, node.end_byte)
    bounds = node.child_by_field_name("bounds")
    if bounds is not None:
        draft.bases = tuple(
            Base("::".join(parts), child.start_point[0] + 1, "inherits")
            for child in bounds.named_children
            if child.type != "lifetime" and "?" not in (parts := chain(walk, child))
        )


def on_alias(walk: Walk, node: Node) -> None:
    name_node, aliased = node.child_by_field_name("name"), node.child_by_field_name("type")
    if name_node is None:
        return
    draft = _draft(walk, walk.read(name_node), SymbolKind.TYPE, name_node, node)
    draft.signature = signature(walk.read(node).rstrip(";"))
    draft.type = one_line(walk.read(aliased)) if aliased is not None else ""
    draft.type_params = read_type_parameters(walk, node)
    walk.add(draft)


def on_module(walk: Walk, node: Node) -> None:
    name_node, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name_node is None:
        return
    if body is None:
        module_declaration(walk, node, walk.read(name_node))
        walk.decorators.clear()
        return
    draft = _draft(walk, walk.read(name_node), SymbolKind.NAMESPACE, name_node, node)
    draft.signature = signature(walk.slice(node.start_byte, body.start_byte))
    walk.add(draft)
    walk.enter(len(walk.symbols) - 1, node.end_byte)


def on_implementation(walk: Walk, node: Node) -> None:
    type_node, trait_node = node.child_by_field_name("type"), node.child_by_field_name("trait")
    walk.decorators.clear()
    if type_node is None:
        return
    _implementation(walk, node)  # leaves blocks that have ended
    parts = chain(walk, type_node)
    receiver = parts[-1] if parts[-1] != "?" else one_line(walk.read(type_node)).split("<", 1)[0].lstrip("&[(")
    trait = ""
    if trait_node is not None:
        trait = "::".join(part for part in chain(walk, trait_node) if part != "?")
        line = str(node.start_point[0] + 1)
        walk.extra.setdefault("implements", []).extend((walk.local_path(receiver), trait, line))
    walk.implementations.append((node.end_byte, receiver, trait))


def on_variable(walk: Walk, node: Node) -> None:
    name_node, type_node = node.child_by_field_name("name"), node.child_by_field_name("type")
    if name_node is None:
        return
    name = walk.read(name_node)
    type_ = one_line(walk.read(type_node)) if type_node is not None else ""
    walk.bind((name,), name_node, type_=type_)
    if walk.in_callable() or name == "_":
        walk.make_local([name])
        return
    draft = _draft(walk, name, SymbolKind.CONSTANT, name_node, node)
    if node.type == "static_item":
        draft.kind = SymbolKind.VARIABLE if walk.text.startswith(b"mut ", name_node.start_byte - 4) else draft.kind
        draft.modifiers.append("static")
    draft.type = type_
    draft.signature = signature(walk.slice(node.start_byte, min(node.end_byte, node.start_byte + 600)).rstrip(";"))
    walk.add(draft)


def on_member(walk: Walk, node: Node) -> None:
    name_node, type_node = node.child_by_field_name("name"), node.child_by_field_name("type")
    parent = walk.parent
    if name_node is None or parent is None or parent.kind not in TYPE_KINDS:
        return
    kind = SymbolKind.CONSTANT if node.type == "enum_variant" else SymbolKind.PROPERTY
    if kind is SymbolKind.PROPERTY and parent.kind is SymbolKind.ENUM:
        return  # a field of a variant
    draft = _draft(walk, walk.read(name_node), kind, name_node, node)
    draft.type = one_line(walk.read(type_node)) if type_node is not None else ""
    draft.signature = signature(walk.read(node))
    walk.add(draft)


def on_macro(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    name = walk.read(name_node) + "!"
    draft = _draft(walk, name, SymbolKind.FUNCTION, name_node, node)
    draft.modifiers.append("macro")
    draft.exported = "macro_export" in draft.decorators
    draft.signature = f"macro_rules! {name[:-1]}"
    walk.add(draft)


def on_call(walk: Walk, node: Node) -> None:
    if node.type == "macro_invocation":
        _macro_call(walk, node)
        return
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None or arguments is None:
        return
    inner = function.child_by_field_name("function") if function.type == "generic_function" else function
    if inner is not None and inner.type == "scoped_identifier":
        walk.seen.add(inner.start_byte)
    raw = walk.text[arguments.start_byte : arguments.end_byte]
    plain = b"//" not in raw and b"/*" not in raw and b"#[" not in raw
    parts = chain(walk, function)
    walk.refer("call", parts, node, arguments.named_child_count if plain else -1)
    if parts[-1] in _CALLS:
        walk.mark(parts, node)


def _macro_call(walk: Walk, node: Node) -> None:
    """The macro itself, and the calls among its tokens, which the grammar does not parse."""
    macro = node.child_by_field_name("macro")
    if macro is None:
        return
    if macro.type == "scoped_identifier":
        walk.seen.add(macro.start_byte)
    parts = chain(walk, macro)
    walk.refer("call", (*parts[:-1], parts[-1] + "!"), node)
    start = macro.end_byte
    raw = walk.text[start : min(node.end_byte, start + _MAX_MACRO_BYTES)]
    raw = _STRING.sub(lambda found: b"\n" * found[0].count(b"\n"), raw)
    line = macro.end_point[0] + 1
    for found in _MACRO_CALL.finditer(raw):
        if found[1] not in _KEYWORDS:
            called = tuple(re.split(r"::|\.", found[1].decode("utf-8", "replace")))
            walk.references.append(Reference("call", called, line + raw.count(b"\n", 0, found.start()), walk.scope))


def on_use(walk: Walk, node: Node) -> None:
    start = node.start_byte
    if start < walk.type_end or start in walk.seen:
        return
    parts = chain(walk, node)
    if node.type == "scoped_identifier":
        walk.seen.add(start)
    if parts[-1] != "?":
        walk.refer("use", parts, node)


def on_type_use(walk: Walk, node: Node) -> None:
    start = node.start_byte
    if start < walk.type_end or start in walk.seen:
        return
    if node.type == "scoped_type_identifier":
        name = node.child_by_field_name("name")
        if name is not None:
            walk.seen.add(name.start_byte)
    parts = chain(walk, node)
    if parts[-1] != "?" and parts != ("Self",):
        walk.refer("use", parts, node)


def on_attribute(walk: Walk, node: Node) -> None:
    walk.decorators.append(node)
    written = walk.read(node)
    found = _ATTRIBUTE.match(written)
    if found is not None:
        mark_attribute(walk, node, written, found[1], _MARKED)
    if written.startswith("#[derive"):
        for name in _DERIVED.findall(written[8:]):
            walk.refer("use", tuple(name.split("::")), node)


def on_assignment(walk: Walk, node: Node) -> None:
    if node.type == "assignment_expression":
        left = node.child_by_field_name("left")
        if left is not None and left.type == "field_expression":
            target = chain(walk, left)
            if "?" not in target:
                walk.refer("write", target, left)
        return
    pattern, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
    if pattern is None:
        return
    walk.make_local(LOWER_NAME.findall(walk.read(pattern)))
    if pattern.type != "identifier":
        return
    target = (walk.read(pattern),)
    type_node = node.child_by_field_name("type")
    while value is not None and value.type == "reference_expression":
        value = value.child_by_field_name("value")
    if type_node is not None:
        walk.bind(target, pattern, type_=one_line(walk.read(type_node)))
    elif value is not None and value.type == "struct_expression":
        made = value.child_by_field_name("name")
        if made is not None:
            walk.bind(target, pattern, type_=one_line(walk.read(made)))
    elif value is not None:
        held = chain(walk, value)
        if "?" not in held:
            walk.bind(target, pattern, value=held)


def on_loop(walk: Walk, node: Node) -> None:
    pattern, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
    if pattern is None:
        return
    walk.make_local(LOWER_NAME.findall(walk.read(pattern)))
    if pattern.type != "identifier" or value is None:
        return
    held = chain(walk, value)
    if "?" not in held:
        walk.bind((walk.read(pattern),), pattern, value=(*held, "[]"))


def on_local(walk: Walk, node: Node) -> None:
    if node.type == "type_identifier":
        walk.make_local([walk.read(node)])
        walk.seen.add(node.start_byte)
    else:
        walk.make_local(LOWER_NAME.findall(walk.read(node)))


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def finish(walk: Walk, root: Node) -> None:
    """Crate or module documentation, and the traits that types of this file implement."""
    texts: list[str] = []
    for child in root.named_children:
        inner = doc_lines(walk.read(child).rstrip("\n"), "//!", "/*!") if child.type.endswith("comment") else None
        if inner is not None:
            walk.doc_line = walk.doc_line or child.start_point[0] + 1
            walk.doc_end_line = child.start_point[0] + 1 + walk.read(child).rstrip("\n").count("\n")
            texts.extend(inner)
        elif child.type not in ("line_comment", "block_comment", "inner_attribute_item"):
            break
    walk.doc = "\n".join(texts).strip()
    types = {draft.local_name: draft for draft in walk.symbols if draft.kind in TYPE_KINDS}
    rows = walk.extra.get("implements", [])
    for name, trait, line in zip(rows[::3], rows[1::3], rows[2::3], strict=True):
        if name in types and trait:
            types[name].bases = (*types[name].bases, Base(trait, int(line), "implements"))
    add_entries(walk, _READER)


HANDLERS: dict[str, Handler] = {
    "definition.function": on_function,
    "definition.class": on_type,
    "definition.type": on_alias,
    "definition.namespace": on_module,
    "definition.implementation": on_implementation,
    "definition.variable": on_variable,
    "definition.member": on_member,
    "definition.macro": on_macro,
    "reference.call": on_call,
    "reference.use": on_use,
    "reference.type": on_type_use,
    "reference.decorator": on_attribute,
    "assignment": on_assignment,
    "local": on_local,
    "loop": on_loop,
    "import": on_import,
    "decision": on_decision,
    "comment": on_comment,
}
