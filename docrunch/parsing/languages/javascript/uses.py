"""Calls, names passed on, types and decorators."""

from docrunch.parsing.entries.tables import marked_names
from docrunch.parsing.languages.javascript.frames import ScriptWalk
from docrunch.parsing.languages.javascript.modules import dynamic_import
from docrunch.parsing.languages.javascript.names import FUNCTIONS, chain
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_MARKED = marked_names("javascript")
_SHORT_BYTES = 400  # longer argument lists hold nested code: looking at the children is cheaper than at the text


def on_call(walk: ScriptWalk, node: Node) -> None:
    created = node.type == "new_expression"
    children = node.children
    if len(children) == 2 and not created:  # no type arguments, no comment; cheaper than two look-ups by field
        function: Node | None = children[0]
        arguments: Node | None = children[1]
    else:
        function = node.child_by_field_name("constructor" if created else "function")
        arguments = node.child_by_field_name("arguments")
    if function is None:
        return
    parts = chain(walk, function)
    if parts in (("require",), ("import",)) and arguments is not None:
        dynamic_import(walk, node, arguments)
        return
    walk.refer("call", parts, node, _count(walk, arguments) if arguments is not None else 0)
    routing = arguments is not None and arguments.named_child_count > 0 and "routing" in walk.extra
    if (parts[-1] in _MARKED or routing) and created is (parts[-1] == "Router"):
        walk.mark(parts, node)
    if arguments is not None and arguments.type == "arguments" and "?" not in parts:
        _note_callbacks(walk, parts, arguments)


def _note_callbacks(walk: ScriptWalk, parts: tuple[str, ...], arguments: Node) -> None:
    """Functions without a name among the arguments: what they get is what the callee's parameter says."""
    text, start, end = walk.text, arguments.start_byte, arguments.end_byte
    if text.find(b"=>", start, end) < 0 and text.find(b"function", start, end) < 0:
        return
    at = -1
    for child in arguments.named_children:
        if child.type == "spread_element":
            return
        at += child.type != "comment"
        if child.type in FUNCTIONS:
            walk.callbacks[child.start_byte] = (*parts, str(at))


def _count(walk: Walk, arguments: Node) -> int:
    if arguments.type != "arguments":
        return 1  # a tagged template
    start, end = arguments.start_byte, arguments.end_byte
    if end - start == 2:
        return 0
    raw = walk.text[start:end] if end - start < _SHORT_BYTES else b"..."
    if b"..." not in raw and b"//" not in raw and b"/*" not in raw:
        return arguments.named_child_count
    kinds = [child.type for child in arguments.named_children]
    return -1 if "spread_element" in kinds else len(kinds) - kinds.count("comment")


def on_use(walk: Walk, node: Node) -> None:
    parts = chain(walk, node)
    if parts[-1] == "?":
        return
    if parts[-1] != "undefined":
        walk.refer("use", parts, node)


def on_element(walk: Walk, node: Node) -> None:
    """``<Button …>`` runs the component, as the compiler's own call hierarchy has it; ``<div>`` is the platform's."""
    parts = chain(walk, node)
    if parts[-1] != "?" and (len(parts) > 1 or not parts[0][:1].islower()):
        walk.refer("call", parts, node)


def on_type(walk: Walk, node: Node) -> None:
    start = node.start_byte
    if start in walk.seen:
        return
    written = walk.text[start : node.end_byte]
    if node.type == "nested_type_identifier":
        name = node.child_by_field_name("name")
        if name is not None:
            walk.seen.add(name.start_byte)
    if b"\n" in written:
        walk.refer("use", tuple(walk.read(node).replace("\n", "").split(".")), node)
    else:
        walk.refer_type(written, node)


def on_decorator(walk: Walk, node: Node) -> None:
    if node.start_byte not in walk.seen:  # inside the definition, which has read it
        walk.decorators.append(node)
    target = node.named_child(0) if node.named_child_count else None
    if target is not None and target.type != "call_expression":
        walk.refer("use", chain(walk, target), node)
