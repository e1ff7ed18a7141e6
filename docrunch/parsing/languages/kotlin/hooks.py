"""Kotlin: calls, uses, imports and packages; definitions and bindings have their own modules."""

from docrunch.parsing.javadoc import javadoc_before
from docrunch.parsing.languages.kotlin.bindings import on_assignment, on_local
from docrunch.parsing.languages.kotlin.define import on_alias, on_function, on_member, on_nameless, on_type, on_variable
from docrunch.parsing.languages.kotlin.entries import KotlinReader, add_entries, mark_call, note_import
from docrunch.parsing.languages.kotlin.names import TYPES, chain, child_of, count, described, dotted, is_same_call
from docrunch.parsing.languages.kotlin.repairs import repaired
from docrunch.parsing.model import Import
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Handler, Walk

_READER = KotlinReader()
_BUILTIN = frozenset(b"Any Boolean Byte Char Double Float Int Long Nothing Short String Unit".split())


def on_call(walk: Walk, node: Node) -> None:
    kind = node.type
    if kind == "constructor_invocation":
        name = dotted(walk, child_of(node, "user_type"))
        if name:
            walk.refer("call", tuple(name.split(".")), node, count(node), described(walk, node))
    elif kind == "constructor_delegation_call":
        word = child_of(node, "this", "super")
        walk.refer("call", (walk.read(word) if word is not None else "this",), node, count(node), described(walk, node))
    elif kind == "infix_expression":
        children = node.children
        if len(children) == 3 and children[1].type == "identifier":
            walk.refer("call", (*chain(walk, children[0]), walk.read(children[1])), node, 1)
    elif ~node.end_byte not in walk.seen:
        callee = node.children[0]
        if callee.type == "call_expression" and is_same_call(node, callee):
            walk.seen.add(~callee.end_byte)  # the same call without its lambda
        found = chain(walk, node)
        given = count(node)
        words = described(walk, node) if given > 0 else ()
        last = found[-1].removesuffix("()")
        walk.refer("call", (*found[:-1], last), node, given, words)
        mark_call(walk, node, (*found[:-1], last))


def on_use(walk: Walk, node: Node) -> None:
    if node.type == "callable_reference" or (node.type == "navigation_expression" and node.children[1].type == "::"):
        _callable_reference(walk, node)
        return
    found = chain(walk, node)
    if "?" not in found and found[-1] not in ("null", "this"):
        walk.refer("use", found, node)


def _callable_reference(walk: Walk, node: Node) -> None:
    """``::f``, ``a::b`` and ``A::class``, which names the type."""
    children = node.children
    last = children[-1]
    if last.type not in ("identifier", "class"):
        return
    first = children[0]
    if first.type in TYPES:
        start = tuple(dotted(walk, first).split("."))
    else:
        start = chain(walk, first) if first.type != "::" else ()
    name = walk.read(last)
    found = start if name == "class" else (*start, name)
    if found and found[-1] != "?":
        walk.refer("use", found, node)


def on_type_use(walk: Walk, node: Node) -> None:
    name = dotted(walk, node).encode()
    if name and name not in _BUILTIN:
        walk.refer_type(name, node)


def on_import(walk: Walk, node: Node) -> None:
    name = child_of(node, "qualified_identifier", "identifier")
    if name is None:
        return
    line = node.start_point[0] + 1
    written = "".join(walk.read(name).split())
    if any(child.type == "*" for child in node.children):
        walk.imports.append(Import(written, line, "*"))
        note_import(walk, written)
        return
    module, _, last = written.rpartition(".")
    note_import(walk, written)
    alias = node.children[-1] if any(child.type == "as" for child in node.children) else None
    walk.imports.append(Import(module, line, last, walk.read(alias) if alias is not None else ""))


def on_package(walk: Walk, node: Node) -> None:
    name = child_of(node, "qualified_identifier", "identifier")
    if name is not None:
        walk.package = "".join(walk.read(name).split())
    walk.doc, walk.doc_line, walk.doc_end_line = javadoc_before(walk, node.start_point[0] + 1)


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def begin(text: bytes, language: str) -> tuple[bytes, Walk]:
    return repaired(text), Walk(text)


def finish(walk: Walk, root: Node) -> None:
    add_entries(walk, _READER)


HANDLERS: dict[str, Handler] = {
    "definition.class": on_type,
    "definition.implementation": on_nameless,
    "definition.function": on_function,
    "definition.member": on_member,
    "definition.variable": on_variable,
    "definition.type": on_alias,
    "reference.call": on_call,
    "reference.use": on_use,
    "reference.type": on_type_use,
    "assignment": on_assignment,
    "local": on_local,
    "import": on_import,
    "package": on_package,
    "decision": on_decision,
    "comment": on_comment,
}
