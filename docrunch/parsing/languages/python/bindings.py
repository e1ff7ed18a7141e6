"""Python: what names hold, by assignments, unpacking, loops, context managers and results."""

import re

from docrunch.parsing.chains import ChainRules, chain_of
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import one_line

RULES = ChainRules(
    members={"attribute": ("object", "attribute")},
    calls={"call": "function"},
    wrappers={"await": "", "parenthesized_expression": ""},
    names=frozenset({"identifier"}),
    marks={"subscript": ("value", "[]")},
)
PATTERNS = ("pattern_list", "tuple_pattern", "list_pattern")
VALUES = ("call", "attribute", "identifier", "await", "subscript")
_NOTHING = ("None", "NotImplemented")
NAME = re.compile(r"[^\W\d]\w*")


def bind_parts(walk: Walk, pattern: Node, value: tuple[str, ...]) -> None:
    """``a, b = value``: each name gets its position; patterns inside patterns are left out."""
    names = pattern.named_children
    if "?" in value or any(child.type == "list_splat_pattern" for child in names):
        return
    for at, child in enumerate(names):
        if child.type == "identifier":
            walk.bind((walk.read(child),), child, value=(*value, f"[{at}]"))


def on_loop(walk: Walk, node: Node) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None:
        return
    on_local(walk, left)
    if right is None or right.type not in VALUES:
        return
    items = (*chain_of(walk.text, right, RULES, walk.chains), "[*]")
    if left.type in PATTERNS:
        bind_parts(walk, left, items)
    elif left.type == "identifier" and "?" not in items:
        walk.bind((walk.read(left),), left, value=items)


def on_context(walk: Walk, node: Node) -> None:
    """``with manager as name``: the name is what the manager gives, which need not be itself."""
    alias = node.child_by_field_name("alias")
    if alias is None or not node.named_child_count:
        return
    on_local(walk, alias)
    manager, name = node.named_child(0), walk.read(alias)
    if manager.type in ("identifier", "attribute"):
        walk.refer("use", chain_of(walk.text, manager, RULES, walk.chains), manager)
    if manager.type not in VALUES or not NAME.fullmatch(name):
        return
    value = chain_of(walk.text, manager, RULES, walk.chains)
    if "?" not in value:
        walk.bind((name,), alias, value=(*value, "__aenter__()" if _is_async(walk, node) else "__enter__()"))


def _is_async(walk: Walk, node: Node) -> bool:
    statement: Node | None = node
    while statement is not None and statement.type != "with_statement":
        statement = statement.parent
    return statement is not None and walk.text.startswith(b"async", statement.start_byte)


def on_return(walk: Walk, node: Node) -> None:
    if node.type == "yield":
        walk.bind_return(node, ("?",))
        return
    value = node.named_child(0) if node.named_child_count else None
    if value is None or walk.read(value) in _NOTHING:
        return
    walk.bind_return(node, chain_of(walk.text, value, RULES, walk.chains) if value.type in VALUES else ("?",))


def bind(walk: Walk, target: tuple[str, ...], at: Node, annotation: Node | None, right: Node | None) -> None:
    if annotation is not None:
        walk.bind(target, at, type_=one_line(walk.read(annotation)))
        return
    if right is not None and right.type in VALUES:
        value = chain_of(walk.text, right, RULES, walk.chains)
        if "?" not in value:
            walk.bind(target, at, value=value)


def bind_alias(walk: Walk, node: Node) -> None:
    alias = node.child_by_field_name("alias")
    if alias is None or not node.named_child_count:
        return
    on_local(walk, alias)
    if NAME.fullmatch(walk.read(alias)):
        value = node.named_child(0)
        if value.type in ("identifier", "attribute"):
            walk.refer("use", chain_of(walk.text, value, RULES, walk.chains), value)
        bind(walk, (walk.read(alias),), alias, None, value)


def on_local(walk: Walk, node: Node) -> None:
    if walk.scope >= 0:
        walk.make_local(NAME.findall(walk.read(node)))
