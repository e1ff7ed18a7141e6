"""Names and chains of Ruby.

``a.b.c`` is ("a()", "b()", "c"), every part a call, but for a local variable ``a``: ("a", "b()", "c"). Constants are
split at ``::``, with a leading ``::`` kept in front of the first. ``@x`` is ("self", "@x"); what belongs to a class
(``@@x``, and ``@x`` where self is the class) is ("self", "@@x"). ``super`` in a method ``m`` is ("super", "m()").
"""

from docrunch.parsing.model import SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import CALLABLE_KINDS, TYPE_KINDS, Walk

_MAX_PARTS = 32
_NESTED = frozenset({"call", "scope_resolution", "element_reference", "parenthesized_statements", "assignment"})
_NO_NAMES = frozenset({"__FILE__", "__LINE__", "__dir__", "__ENCODING__"})


def chain(walk: Walk, node: Node) -> tuple[str, ...]:
    """The chain of an expression, outermost part last; longer ones than 32 parts keep their end behind a "?"."""
    cache = walk.chains
    outermost = node.type
    if outermost == "constant":
        return (walk.read(node),)
    if outermost not in _NESTED:
        return tuple(reversed(_last(walk, node, outermost)))
    known = cache.get((node.start_byte, node.end_byte))
    if known is not None:
        return known
    parts: list[str] = []
    inside: list[tuple[tuple[int, int], int]] = []  # (byte range of a call, parts outside it)
    current: Node | None = node
    while current is not None:
        kind = current.type
        if len(parts) >= _MAX_PARTS:
            parts.append("?")
            break
        if kind == "call":
            receiver = current.child_by_field_name("receiver")
            method = current.child_by_field_name("method")
            if receiver is None:
                parts += _bare_call(walk, method)
                break
            inside.append(((current.start_byte, current.end_byte), len(parts)))
            parts.append((walk.read(method) if method is not None else "call") + "()")
            current = receiver
        elif kind == "scope_resolution":
            name = current.child_by_field_name("name")
            outer = current.child_by_field_name("scope")
            parts.append(("::" if outer is None else "") + (walk.read(name) if name is not None else "?"))
            current = outer
        elif kind == "element_reference" and current.named_child_count == 2:
            parts.append("[]")
            current = current.named_children[0]
        elif kind == "parenthesized_statements" and current.named_child_count == 1:
            current = current.named_children[0]
        elif kind == "assignment":
            current = current.child_by_field_name("right")
        else:
            parts += _last(walk, current, kind)
            break
    parts.reverse()
    for span, outer_parts in inside:
        cache[span] = tuple(parts[: len(parts) - outer_parts])
    return tuple(parts) or ("?",)


def member_chain(walk: Walk, receiver: Node, name: str) -> tuple[str, ...]:
    """The chain of a call of ``name`` on a receiver, the name without brackets."""
    found = (*chain(walk, receiver), name)
    return found if len(found) <= _MAX_PARTS else ("?", *found[-_MAX_PARTS:])


def bare_chain(walk: Walk, method: Node | None) -> tuple[str, ...]:
    """The chain of a call without receiver, the name without brackets."""
    *outer, name = reversed(_bare_call(walk, method))
    return (*outer, name.removesuffix("()"))


def _bare_call(walk: Walk, method: Node | None) -> list[str]:
    if method is None:
        return ["?"]
    if method.type == "super":
        return [method_name(walk) + "()", "super"]
    if method.type == "constant":
        return [walk.read(method) + "()", "self"]
    return [walk.read(method) + "()"]


def _last(walk: Walk, node: Node, kind: str) -> list[str]:
    """In reverse."""
    if kind == "identifier":
        name = walk.read(node)
        if name in _NO_NAMES:
            return ["?"]
        return [name if is_local(walk, name) else name + "()"]
    if kind in ("constant", "self", "global_variable"):
        return [walk.read(node)]
    if kind == "instance_variable":
        name = walk.read(node)
        return ["@" + name if self_is_class(walk) else name, "self"]
    if kind == "class_variable":
        return [walk.read(node), "self"]
    if kind == "super":
        return [method_name(walk) + "()", "super"]
    return ["?"]


def is_local(walk: Walk, name: str) -> bool:
    """Methods and classes see no local variable from around them; blocks do, and belong to what is around them."""
    return name in walk.local_names.get(walk.scope, ())


def make_local(walk: Walk, name: str) -> None:
    walk.local_names.setdefault(walk.scope, set()).add(name)


def method_name(walk: Walk) -> str:
    parent = walk.parent
    return parent.name if parent is not None and parent.kind in CALLABLE_KINDS else "?"


def self_is_class(walk: Walk) -> bool:
    """Whether ``self`` is the class or module rather than one of its instances."""
    parent = walk.parent
    if parent is None:
        return False
    return parent.kind in TYPE_KINDS or "static" in parent.modifiers


def in_singleton(walk: Walk, node: Node) -> bool:
    """Whether the place is in the body of ``class << self``."""
    regions = walk.implementations
    while regions and regions[-1][0] <= node.start_byte:
        regions.pop()
    return bool(regions) and regions[-1][1] == "self"


def type_scope(walk: Walk) -> int:
    """Index of the innermost class or module around, -1 without."""
    scope = walk.scope
    while scope >= 0 and walk.symbols[scope].kind not in TYPE_KINDS:
        scope = walk.symbols[scope].parent
    return scope


def literal(walk: Walk, node: Node) -> str:
    """The name that ``:name`` or ``"name"`` states, "" for anything else."""
    if node.type == "simple_symbol":
        return walk.read(node)[1:]
    if node.type == "string" and node.named_child_count == 1 and node.named_children[0].type == "string_content":
        return walk.read(node.named_children[0])
    return ""


def constant_parts(walk: Walk, node: Node) -> tuple[str, ...]:
    """The parts of a constant as written, () for what is none."""
    if node.type not in ("constant", "scope_resolution"):
        return ()
    parts = chain(walk, node)
    return () if "?" in parts or parts[0].endswith("()") or parts[0] == "self" else parts


def is_type(walk: Walk, scope: int) -> bool:
    return scope >= 0 and walk.symbols[scope].kind in TYPE_KINDS


def module_kind(kind: str) -> SymbolKind:
    """A module is a mixin to those who include it."""
    return SymbolKind.CLASS if kind == "class" else SymbolKind.TRAIT
