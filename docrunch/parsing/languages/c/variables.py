"""Declarations of variables and fields; what local names hold."""

import re

from docrunch.parsing.languages.c.declarators import Declared, declared, read_parameters, type_text
from docrunch.parsing.languages.c.drafts import documented, new, see_template
from docrunch.parsing.languages.c.functions import declare
from docrunch.parsing.languages.c.names import bare_type, chain, path
from docrunch.parsing.languages.c.types import SPECIFIERS, on_enumerator
from docrunch.parsing.languages.c.walk import CWalk
from docrunch.parsing.languages.c.words import KEYWORDS
from docrunch.parsing.model import SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import TYPE_KINDS

_DEDUCED = frozenset({"auto", "const auto", "auto &", "auto &&", "const auto &", "auto *", "const auto *", "auto&&"})
_MAKER = re.compile(r"(?:std::)?(?:make_unique|make_shared)\s*<\s*([\w:]+)")
_MADE = frozenset({"argument_list", "initializer_list"})


def on_declaration(walk: CWalk, node: Node) -> None:
    """One declaration with any number of names, at any level."""
    local = walk.in_callable()
    type_ = node.child_by_field_name("type")
    declarators = node.children_by_field_name("declarator")
    for declarator in declarators:
        name = declared(walk, declarator)
        if name is None or name.name.encode() in KEYWORDS:
            continue
        value = declarator.child_by_field_name("value") if declarator.type == "init_declarator" else None
        if local:
            _local(walk, node, type_, name, value)
        elif name.function is not None:
            declare(walk, node, name, len(declarators) == 1)
        else:
            _global(walk, node, type_, name)
    if not local:
        walk.templates.clear()


def _local(walk: CWalk, node: Node, type_: Node | None, name: Declared, value: Node | None) -> None:
    if name.node.type == "structured_binding_declarator":
        walk.make_local([walk.read(child) for child in name.node.named_children])
        return
    if name.function is not None and (not walk.cpp or not _is_construction(walk, name.function)):
        return  # a prototype in a body
    walk.make_local([name.name])
    written = type_text(walk, node.start_byte, type_, name.marks)
    constructed = name.function is not None or (value is not None and value.type in _MADE and not name.marks)
    if type_ is None or type_.type == "placeholder_type_specifier" or written in _DEDUCED:
        if value is not None and value.type not in _MADE:
            _bind_value(walk, name, value)
        return
    walk.bind((name.name,), name.node, type_=written)
    if constructed and walk.cpp and type_.type in ("type_identifier", "template_type", "qualified_identifier"):
        given = name.function.child_by_field_name("parameters") if name.function is not None else value
        count = given.named_child_count if given is not None else -1
        walk.refer("call", path(bare_type(walk.read(type_))), name.node, count)


def _bind_value(walk: CWalk, name: Declared, value: Node) -> None:
    """``auto x = f();`` holds what the call returns; the makers of the standard library say the type themselves."""
    function = value.child_by_field_name("function") if value.type == "call_expression" else None
    made = (
        _MAKER.match(walk.slice(function.start_byte, min(function.end_byte, function.start_byte + 300)))
        if function
        else None
    )
    if made is not None:
        walk.bind((name.name,), name.node, type_=made[1] + " *")
        return
    held = chain(walk, value)
    if "?" not in held:
        walk.bind((name.name,), name.node, value=held)


def _is_construction(walk: CWalk, function: Node) -> bool:
    """``T x(y);``, which reads like a prototype: every parameter is a bare name."""
    parameters = function.child_by_field_name("parameters")
    children = parameters.named_children if parameters is not None else []
    return bool(children) and all(
        child.type == "parameter_declaration"
        and child.named_child_count == 1
        and child.named_children[0].type in ("type_identifier", "qualified_identifier")
        for child in children
    )


def _global(walk: CWalk, node: Node, type_: Node | None, name: Declared) -> None:
    if name.node.type == "structured_binding_declarator":
        return
    prefix = name.receiver.replace("::", ".") + "." if name.receiver else ""
    end = node.end_byte
    draft = new(walk, name.name, SymbolKind.VARIABLE, name.node, node, min(end, node.start_byte + 300), prefix=prefix)
    before = walk.parsed[node.start_byte : name.first]
    if b"const" in before and (not name.marks.startswith("*") or b"constexpr" in before):
        draft.kind = SymbolKind.CONSTANT
    if name.receiver:
        draft.kind = SymbolKind.PROPERTY  # a static member of a class, defined here
        draft.receiver = name.receiver
    draft.signature = draft.signature.split("{", 1)[0].rstrip(" =;")
    draft.type = type_text(walk, node.start_byte, type_, name.marks)
    documented(walk, draft)
    index = walk.add(draft)
    _hold(walk, type_, index)


def _hold(walk: CWalk, type_: Node | None, index: int) -> None:
    """Members of a struct without a name are reached through what holds it."""
    if type_ is not None and type_.type in SPECIFIERS and type_.child_by_field_name("name") is None:
        walk.held.setdefault(type_.start_byte, index)


def on_member(walk: CWalk, node: Node) -> None:
    kind = node.type
    if kind == "enumerator":
        on_enumerator(walk, node)
        return
    if kind == "access_specifier":
        walk.access[walk.scope] = walk.text.startswith(b"public", node.start_byte)
        return
    if kind == "friend_declaration":
        walk.friend_end = node.end_byte
        return
    if walk.in_callable():
        return
    type_ = node.child_by_field_name("type")
    declarators = node.children_by_field_name("declarator")
    for declarator in declarators:
        name = declared(walk, declarator)
        if name is None:
            continue
        if name.function is not None:
            declare(walk, node, name, len(declarators) == 1)
            continue
        _field(walk, node, type_, name)
    walk.templates.clear()


def _field(walk: CWalk, node: Node, type_: Node | None, name: Declared) -> None:
    parent = walk.parent
    if parent is None or (
        parent.kind not in TYPE_KINDS and parent.kind not in (SymbolKind.PROPERTY, SymbolKind.VARIABLE)
    ):
        return
    draft = new(walk, name.name, SymbolKind.PROPERTY, name.node, node, node.end_byte)
    draft.type = type_text(walk, node.start_byte, type_, name.marks)
    draft.signature = draft.signature.split("{", 1)[0].rstrip(" =;")
    documented(walk, draft)
    index = walk.add(draft)
    _hold(walk, type_, index)


def on_assignment(walk: CWalk, node: Node) -> None:
    """A write to a member, or the variable of a range-based for."""
    if node.type == "for_range_loop":
        _ranged(walk, node)
        return
    left = node.child_by_field_name("left")
    if left is not None and left.type == "field_expression":
        target = chain(walk, left)
        if "?" not in target:
            walk.refer("write", target, left)


def _ranged(walk: CWalk, node: Node) -> None:
    declarator, type_ = node.child_by_field_name("declarator"), node.child_by_field_name("type")
    name = declared(walk, declarator) if declarator is not None else None
    if name is None or not walk.in_callable():
        return
    if name.node.type == "structured_binding_declarator":
        walk.make_local([walk.read(child) for child in name.node.named_children])
        return
    walk.make_local([name.name])
    if type_ is not None and type_.type != "placeholder_type_specifier":
        walk.bind((name.name,), name.node, type_=type_text(walk, type_.start_byte, type_, name.marks))
        return
    right = node.child_by_field_name("right")
    held = chain(walk, right) if right is not None else ("?",)
    if "?" not in held:
        walk.bind((name.name,), name.node, value=(*held, "[*]"))


def on_local(walk: CWalk, node: Node) -> None:
    kind = node.type
    if kind == "template_declaration":
        see_template(walk, node)
    elif kind == "lambda_expression":
        declarator = node.child_by_field_name("declarator")
        if walk.in_callable():
            read_parameters(walk, declarator)
    elif kind == "catch_clause" and walk.in_callable():
        read_parameters(walk, node)
