"""What PHP's variables, properties and loop variables hold, as far as syntax shows.

Every assignment of a local counts: one that shows nothing makes the name unknown, since a wrong type gives wrong
edges. `forget_unknown` drops what says nothing at all.
"""

import re

from docrunch.parsing.languages.php.documentation import note
from docrunch.parsing.languages.php.names import chain, type_text
from docrunch.parsing.model import Binding
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_UNKNOWN = ("?",)
_TOLD = re.compile(r"@(?:phpstan-|psalm-)?var[ \t]+(\S+)[ \t]+(\$\w+)")
_TOLD_SWAPPED = re.compile(r"@var[ \t]+(\$\w+)[ \t]+(\S+)")
_PROPERTIES = frozenset({"member_access_expression", "scoped_property_access_expression"})
_SILENT = frozenset({"null", "array_creation_expression"})  # what people initialise with before they know
_CHOICES = 8  # branches of one expression that are looked at


def on_assignment(walk: Walk, node: Node) -> None:
    kind = node.type
    if kind == "catch_clause":
        _catch(walk, node)
    elif kind == "static_variable_declaration":
        _assign(walk, node.child_by_field_name("name"), node.child_by_field_name("value"))
    elif kind == "augmented_assignment_expression":
        _augment(walk, node)
    else:
        _assign(walk, node.child_by_field_name("left"), node.child_by_field_name("right"))


def _augment(walk: Walk, node: Node) -> None:
    operator = node.child_by_field_name("operator")
    if operator is not None and operator.type == "??=":
        _assign(walk, node.child_by_field_name("left"), node.child_by_field_name("right"))
        return
    left = node.child_by_field_name("left")
    if left is not None and left.type in _PROPERTIES:
        _write(walk, left)


def _assign(walk: Walk, left: Node | None, right: Node | None) -> None:
    if left is None:
        return
    kind = left.type
    if kind == "variable_name":
        _bind(walk, (walk.read(left),), left, right)
    elif kind in _PROPERTIES:
        target = _write(walk, left)
        if len(target) == 2 and target[0] in ("this", "self", "static"):
            _bind(walk, ("this", target[1]), left, right)
    elif kind in ("list_literal", "array_creation_expression"):
        _spread(walk, left)


def _write(walk: Walk, left: Node) -> tuple[str, ...]:
    target = chain(walk, left)
    if "?" in target:
        return ()
    walk.refer("write", target, left)
    return target


def _spread(walk: Walk, pattern: Node, *, itself: bool = False) -> None:
    """``[$a, 'k' => $b] = …``: names that now hold anything. Args: ``itself``: the pattern may be one name."""
    if itself and pattern.type == "variable_name":
        walk.bind((walk.read(pattern),), pattern, value=_UNKNOWN)
    level = [pattern]
    while level:
        inner: list[Node] = []
        for node in level:
            for child in node.named_children:
                if child.type == "variable_name":
                    walk.bind((walk.read(child),), child, value=_UNKNOWN)
                elif child.type in ("list_literal", "array_creation_expression", "array_element_initializer", "by_ref"):
                    inner.append(child)
        level = inner


def _bind(walk: Walk, target: tuple[str, ...], at: Node, value: Node | None) -> None:
    """One binding for each value that the expression may give; ``null`` and ``[]`` say nothing."""
    for branch in _branches(value):
        if branch.type in _SILENT:
            continue
        if branch.type == "cast_expression":
            walk.bind(target, at, value=_UNKNOWN)
            continue
        held = chain(walk, branch)
        if is_first_class(branch):
            held = (*held[:-1], held[-1].removesuffix("()"))
        if held != target and not (len(target) == 2 and held[0] in ("self", "static") and held[1:] == target[1:]):
            walk.bind(target, at, value=_UNKNOWN if "?" in held else held)


def is_first_class(node: Node) -> bool:
    """``f(...)`` is the function itself."""
    arguments = node.child_by_field_name("arguments") if node.type.endswith("call_expression") else None
    if arguments is None or arguments.named_child_count != 1:
        return False
    return arguments.named_children[0].type == "variadic_placeholder"


def _branches(value: Node | None) -> list[Node]:
    """The alternatives of ``a ?? b``, ``a ?: b``, ``c ? a : b``."""
    found: list[Node] = []
    waiting = [value] if value is not None else []
    while waiting and len(found) + len(waiting) <= _CHOICES:
        node = waiting.pop()
        kind = node.type
        if kind == "parenthesized_expression" and node.named_child_count:
            waiting.append(node.named_children[0])
        elif kind == "conditional_expression":
            sides = [node.child_by_field_name("body") or node.child_by_field_name("condition")]
            waiting += [side for side in (*sides, node.child_by_field_name("alternative")) if side is not None]
        elif kind == "binary_expression" and (operator := node.child_by_field_name("operator")) is not None:
            if operator.type != "??":
                found.append(node)
                continue
            sides = [node.child_by_field_name("left"), node.child_by_field_name("right")]
            waiting += [side for side in sides if side is not None]
        else:
            found.append(node)
    return found + waiting


def on_loop(walk: Walk, node: Node) -> None:
    """``foreach ($items as $key => $item)``: the item is an element of the items, the key may be anything."""
    parts = node.named_children
    if len(parts) < 2:
        return
    items = (*chain(walk, parts[0]), "[*]")
    value = parts[1]
    if value.type == "pair" and value.named_child_count == 2:
        _spread(walk, value.named_children[0], itself=True)
        value = value.named_children[1]
    if value.type == "by_ref" and value.named_child_count:
        value = value.named_children[0]
    if value.type == "variable_name":
        walk.bind((walk.read(value),), value, value=_UNKNOWN if "?" in items else items)
    else:
        _spread(walk, value)


def on_return(walk: Walk, node: Node) -> None:
    """What the function around it gives, unless it is a generator; closures are functions of their own."""
    if node.start_byte < walk.anonymous_end:
        return
    if node.type != "return_statement":
        walk.bind_return(node, _UNKNOWN)
        return
    for branch in _branches(node.named_children[0] if node.named_child_count else None):
        if branch.type != "null":
            held = chain(walk, branch)
            walk.bind_return(node, _UNKNOWN if "?" in held or branch.type == "cast_expression" else held)


def _catch(walk: Walk, node: Node) -> None:
    name, types = node.child_by_field_name("name"), node.child_by_field_name("type")
    if name is None:
        return
    several = types is None or types.named_child_count != 1
    if several:
        walk.bind((walk.read(name),), name, value=_UNKNOWN)
    else:
        walk.bind((walk.read(name),), name, type_=type_text(walk, types))


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)
    start, end = node.start_byte, node.end_byte
    if walk.text.startswith(b"/**", start) and end - start > len("/**/"):
        note(walk, node)
    if walk.scope < 0 or walk.text.find(b"@var", start, end) < 0:
        return
    written = walk.slice(start, end)
    for found in _TOLD.finditer(written):
        walk.bind((found[2],), node, type_=found[1])
        walk.extra.setdefault("told", []).append(f"{walk.scope} {found[2]}")
    for found in _TOLD_SWAPPED.finditer(written):
        walk.bind((found[1],), node, type_=found[2])
        walk.extra.setdefault("told", []).append(f"{walk.scope} {found[1]}")


def forget_unknown(walk: Walk) -> None:
    """Keep the unknown values of a name only beside known ones; what a comment tells of a name decides."""
    told = set(walk.extra.get("told", ()))
    known: set[tuple[int, tuple[str, ...]]] = set()
    for binding in walk.bindings:
        if binding.value != _UNKNOWN:
            known.add((binding.scope, binding.target))
    walk.bindings = [each for each in walk.bindings if _says_something(each, known, told)]


def _says_something(binding: Binding, known: set[tuple[int, tuple[str, ...]]], told: set[str]) -> bool:
    if told and f"{binding.scope} {binding.target[0]}" in told:
        return bool(binding.type)
    return (binding.scope, binding.target) in known
