"""Properties, variables and what local names hold in Swift."""

from typing import NamedTuple

from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.swift.documentation import comment_above
from docrunch.parsing.languages.swift.names import annotation, chain, last_type
from docrunch.parsing.languages.swift.places import draft_of, extended, head, in_type, is_member
from docrunch.parsing.model import SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_UNKNOWN = ("?",)
_BLOCKS = frozenset({"computed_property", "willset_didset_block", "protocol_property_requirements"})
_EACH = frozenset(
    {
        "forEach()",
        "map()",
        "compactMap()",
        "flatMap()",
        "filter()",
        "first()",
        "last()",
        "contains()",
        "allSatisfy()",
        "firstIndex()",
        "removeAll()",
        "min()",
        "max()",
    }
)


class _Declared(NamedTuple):
    pattern: Node
    type: str
    value: Node | None
    block: Node | None  # accessors or observers


def on_variable(walk: Walk, node: Node) -> None:
    declared = _declared(walk, node)
    for each in declared:
        walk.declared.add(each.pattern.start_byte)
    if not is_member(node):
        for each in declared:
            for name in _names(each.pattern):
                walk.make_local([walk.read(name)])
            _bind(walk, each)
        return
    word = walk.slice(node.start_byte, declared[0].pattern.start_byte) if declared else ""
    constant = "let" in word.split()
    opened: Draft | None = None
    for each in declared:
        for name in _names(each.pattern):
            draft = draft_of(walk, node, walk.read(name).strip("`"), _kind(walk, node, constant), name)
            draft.type = each.type
            draft.complexity = 1 if each.block is not None and node.type == "property_declaration" else 0
            end = each.block.start_byte if each.block is not None and draft.complexity else node.end_byte
            if each.value is not None and each.value.end_point[0] > each.value.start_point[0]:
                end = each.value.start_byte
            draft.signature = head(walk, node, end).removesuffix("=").rstrip()
            comment_above(walk, draft)
            walk.add(draft)
            opened = draft
        if not extended(walk, node):
            _bind(walk, each)
    if opened is not None and len(declared) == 1 and (declared[0].value is not None or opened.complexity):
        walk.enter(len(walk.symbols) - 1, node.end_byte)
        walk.make_local(["newValue", "oldValue"])  # what accessors and observers are given


def _declared(walk: Walk, node: Node) -> list[_Declared]:
    found: list[_Declared] = []
    equals = False
    pattern: Node | None = None
    type_, value, block = "", None, None
    for child in node.children:
        kind = child.type
        if kind == "pattern" and not equals:
            if pattern is not None:
                found.append(_Declared(pattern, type_, value, block))
            pattern, type_, value, block = child, "", None, None
        elif pattern is None:
            continue
        elif kind == "type_annotation":
            type_ = annotation(walk, child)
        elif kind in _BLOCKS:
            block = child
        elif equals and child.is_named:
            value = child
        equals = kind == "="
    if pattern is not None:
        found.append(_Declared(pattern, type_, value, block))
    return found


def _kind(walk: Walk, node: Node, constant: bool) -> SymbolKind:
    if in_type(walk, node):
        return SymbolKind.PROPERTY
    return SymbolKind.CONSTANT if constant else SymbolKind.VARIABLE


def _names(pattern: Node) -> list[Node]:
    """The names that a pattern binds."""
    if pattern.child_count == 1 and (only := pattern.child(0)) is not None and only.type == "simple_identifier":
        return [only]
    found: list[Node] = []
    pending = [pattern]
    while pending:
        current = pending.pop()
        if current.type == "simple_identifier":
            found.append(current)
        elif current.type == "pattern":
            pending.extend(reversed(current.named_children))
    return found


def _bind(walk: Walk, declared: _Declared) -> None:
    names = _names(declared.pattern)
    if len(names) == 1 and (declared.type or declared.value is not None):
        bind(walk, names[0], declared.type, declared.value)


def bind(walk: Walk, name: Node, type_: str, value: Node | None) -> None:
    word = walk.read(name).strip("`")
    if type_:
        walk.bind((word,), name, type_=type_)
    else:
        held = chain(walk, value) if value is not None else _UNKNOWN
        walk.bind((word,), name, value=held if "?" not in held else _UNKNOWN)


def on_assignment(walk: Walk, node: Node) -> None:
    target = node.child_by_field_name("target")
    inner = target.named_child(0) if target is not None and target.named_child_count else None
    if inner is None or inner.type != "navigation_expression":
        return
    written = chain(walk, inner)
    if "?" not in written:
        walk.refer("write", written, inner)


def on_local(walk: Walk, node: Node) -> None:
    if node.type == "lambda_literal":
        if walk.text.find(b"$0", node.start_byte, node.end_byte) >= 0:
            walk.bind(("$0",), node, value=_item(walk, node))
        return
    if node.type == "lambda_parameter":
        _on_closure_parameter(walk, node)
        return
    if node.start_byte in walk.declared:
        return
    parent = node.parent
    if parent is None or walk.read(node) == "self":
        return
    if parent.type.endswith("_statement"):
        _on_condition(walk, node)
        return
    around = parent.parent
    if around is None or around.type in ("property_declaration", "protocol_property_declaration"):
        return
    walk.make_local([walk.read(node)])
    cast = last_type(around) if around.type == "pattern" else None
    if parent.type == "for_statement" or around.type == "for_statement":
        return  # `on_loop` says what it holds
    if around.parent is not None and around.parent.type == "for_statement":
        return
    known = cast is not None and any(child.type == "as" for child in around.children)
    bind(walk, node, annotation(walk, cast) if known else "", None)


def _on_closure_parameter(walk: Walk, node: Node) -> None:
    name = node.child_by_field_name("name")
    if name is None or walk.read(name) == "self":
        return
    walk.make_local([walk.read(name)])
    types = [child for child in node.children_by_field_name("name") if child != name]
    if types:
        bind(walk, name, annotation(walk, types[-1]), None)
        return
    listed = node.parent
    literal = listed.parent.parent if listed is not None and listed.parent is not None else None
    alone = listed is not None and listed.named_child_count == 1
    walk.bind((walk.read(name),), name, value=_item(walk, literal) if literal is not None and alone else _UNKNOWN)


def _item(walk: Walk, literal: Node) -> tuple[str, ...]:
    """What a closure is given that a method of a collection calls with each of its items."""
    suffix = literal.parent
    call = suffix.parent if suffix is not None else None
    if suffix is not None and suffix.type != "call_suffix":  # inside the parentheses
        call = suffix.parent.parent.parent if suffix.parent is not None and suffix.parent.parent is not None else None
    if call is None or call.type != "call_expression":
        return _UNKNOWN
    called = chain(walk, call)
    if len(called) < 2 or called[-1] not in _EACH or "?" in called:
        return _UNKNOWN
    return (*called[:-1], "[*]")


def _on_condition(walk: Walk, node: Node) -> None:
    """``if let x = value``; ``if let x`` and ``if let x = x`` only unwrap what the name holds anyway."""
    following = node.next_sibling
    type_ = ""
    if following is not None and following.type == "type_annotation":
        type_, following = annotation(walk, following), following.next_sibling
    value = following.next_named_sibling if following is not None and following.type == "=" else None
    if value is None or walk.read(value) == walk.read(node):
        return
    walk.make_local([walk.read(node)])
    bind(walk, node, type_, value)


def on_loop(walk: Walk, node: Node) -> None:
    """Items of what is iterated; the second of ``for (index, item) in items.enumerated()`` and of a dictionary."""
    item, collection = node.child_by_field_name("item"), node.child_by_field_name("collection")
    if item is None or collection is None:
        return
    held = chain(walk, collection)
    names = _names(item)
    if "?" in held or len(names) > 2:
        held = _UNKNOWN
    if held is _UNKNOWN:
        for name in names:
            walk.bind((walk.read(name),), name, value=_UNKNOWN)
    elif held[-1] == "enumerated()" and len(names) == 2:
        walk.bind((walk.read(names[1]),), names[1], value=(*held[:-1], "[*]"))
    elif len(names) == 2 and not held[-1].endswith("()"):
        walk.bind((walk.read(names[1]),), names[1], value=(*held, "[]"))
    elif len(names) == 1:
        walk.bind((walk.read(names[0]),), names[0], value=(*held, "[*]"))
