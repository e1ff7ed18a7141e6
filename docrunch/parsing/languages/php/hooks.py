"""PHP: what each capture means, in source order."""

import re

from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.php.declarations import on_function, on_member, on_type
from docrunch.parsing.languages.php.documentation import text_of
from docrunch.parsing.languages.php.entries import MARKED, add_entries
from docrunch.parsing.languages.php.flow import (
    forget_unknown,
    is_first_class,
    on_assignment,
    on_comment,
    on_loop,
    on_return,
)
from docrunch.parsing.languages.php.imports import on_import, on_namespace
from docrunch.parsing.languages.php.names import BUILTIN_TYPES, chain, created
from docrunch.parsing.languages.php.parameters import on_closure
from docrunch.parsing.model import SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Handler, Walk
from docrunch.parsing.wording import signature

_CONSTRUCTS = frozenset({"isset", "empty", "array", "list", "unset", "eval", "exit", "die"})
_WORDS = frozenset({"true", "false", "null", "TRUE", "FALSE", "NULL", "True", "False", "Null"})
_DEFINED = re.compile(r"\(\s*(['\"])\\?([^\W\d][\w\\]*)\1\s*,")
_STRING = re.compile(r"^['\"](\w+)['\"]$")
_HEAD_CHARACTERS = 600


def on_call(walk: Walk, node: Node) -> None:
    if node.type == "object_creation_expression":
        name = created(walk, node)
        if name:
            arguments = next((child for child in node.named_children if child.type == "arguments"), None)
            walk.refer("call", (name,), node, _count(walk, arguments) if arguments is not None else 0)
            if name not in ("self", "static", "parent"):
                walk.refer("use", (name,), node)  # the call leads to its constructor
        return
    found = chain(walk, node)
    last = found[-1].removesuffix("()")
    if last == "?" or (len(found) == 1 and last in _CONSTRUCTS):
        return
    callee = (*found[:-1], last)
    arguments = node.child_by_field_name("arguments")
    if is_first_class(node):
        walk.refer("use", callee, _name_of(node))
        return
    walk.refer("call", callee, _name_of(node), _count(walk, arguments))
    if last in MARKED and callee[0].startswith("Route"):
        walk.mark(callee, node)
    if len(found) == 1 and last in ("define", "\\define") and arguments is not None:
        _define(walk, node, arguments)


def _name_of(node: Node) -> Node:
    """Where a call is: fluent calls span many lines, each with a name of its own."""
    return node.child_by_field_name("name") or node


def _count(walk: Walk, arguments: Node | None) -> int:
    if arguments is None:
        return -1
    raw = walk.text[arguments.start_byte : arguments.end_byte]
    if b"..." in raw and any(
        child.type == "argument" and child.named_child_count and child.named_children[0].type == "variadic_unpacking"
        for child in arguments.named_children
    ):
        return -1
    if b"*" not in raw and b"#" not in raw and b"//" not in raw:
        return arguments.named_child_count
    return sum(1 for child in arguments.named_children if child.type != "comment")


def _define(walk: Walk, node: Node, arguments: Node) -> None:
    """``define('NAME', …)`` makes a constant, wherever it stands."""
    head = walk.slice(arguments.start_byte, min(arguments.end_byte, arguments.start_byte + _HEAD_CHARACTERS))
    found = _DEFINED.match(head)
    if found is None:
        return
    name = found[2]
    if name in walk.defined:
        return
    walk.defined.add(name)
    line = node.start_point[0] + 1 + head.count("\n", 0, found.start(2))
    draft = Draft(name, SymbolKind.CONSTANT, name, -1, line, node)
    draft.modifiers, draft.exported = ["define"], True
    draft.signature = signature("define" + head)
    walk.add(draft)


def on_use(walk: Walk, node: Node) -> None:
    kind = node.type
    if kind == "array_creation_expression":
        _callable_pair(walk, node)
        return
    if kind == "name":
        name = walk.read(node)
        if name not in _WORDS and not name.startswith("__"):
            walk.refer("use", (name,), node)
        return
    found = chain(walk, node)
    if found[-1] == "class" and kind == "class_constant_access_expression":
        found = found[:-1]
        if found[0].startswith("$") or found in (("self",), ("static",), ("parent",)):
            return
    if "?" not in found and found[-1] != "?":
        walk.refer("use", found, node)


def _callable_pair(walk: Walk, node: Node) -> None:
    """``[$this, 'method']`` and ``[Foo::class, 'method']`` name a method."""
    first, second = (child.named_children[0] for child in node.named_children[:2])
    named = _STRING.match(walk.read(second))
    if named is None:
        return
    found = chain(walk, first)
    if found[-1] == "class" and len(found) == 2:
        found = found[:1]
    elif found != ("this",):
        return
    walk.refer("use", (*found, named[1]), node)


def on_type_use(walk: Walk, node: Node) -> None:
    written = walk.text[node.start_byte : node.end_byte]
    if written in BUILTIN_TYPES:
        return
    parts = walk.dotted.get(written)
    if parts is None:
        parts = walk.dotted[written] = (written.decode("utf-8", "replace"),)
    walk.refer("use", parts, node)


def on_decorator(walk: Walk, node: Node) -> None:
    name = walk.read(node)
    walk.refer("use", (name,), node)
    if name.rsplit("\\", 1)[-1] == "Route" and node.parent is not None:
        walk.mark((name,), node.parent)


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def finish(walk: Walk, root: Node) -> None:
    """The doc comment of the file, and what is known of names."""
    forget_unknown(walk)
    add_entries(walk)
    for child in root.named_children[:8]:
        if child.type == "comment":
            raw = walk.read(child)
            documented = {draft.doc_end_line for draft in walk.symbols}
            if raw.startswith("/**") and child.end_point[0] + 1 not in documented:
                _file_doc(walk, text_of(raw), child.start_point[0] + 1, child.end_point[0] + 1)
                return


def _file_doc(walk: Walk, doc: str, first: int, last: int) -> None:
    walk.doc, walk.doc_line, walk.doc_end_line = doc, first, last


HANDLERS: dict[str, Handler] = {
    "definition.class": on_type,
    "definition.function": on_function,
    "definition.member": on_member,
    "definition.namespace": on_namespace,
    "reference.call": on_call,
    "reference.use": on_use,
    "reference.type": on_type_use,
    "reference.decorator": on_decorator,
    "assignment": on_assignment,
    "local": on_closure,
    "loop": on_loop,
    "return": on_return,
    "import": on_import,
    "decision": on_decision,
    "comment": on_comment,
}
