"""Swift: types, extensions and their members, properties, closures, references by name and label."""

from docrunch.parsing.entries.find import find
from docrunch.parsing.entries.tables import marked_names
from docrunch.parsing.languages.swift.begin import begin as begin
from docrunch.parsing.languages.swift.definitions import on_alias, on_case, on_function, on_macro, on_type
from docrunch.parsing.languages.swift.entries import SwiftReader
from docrunch.parsing.languages.swift.names import (
    BUILTIN_ATTRIBUTES,
    annotation,
    bare,
    callee,
    chain,
    is_subscript,
    labels_of,
)
from docrunch.parsing.languages.swift.variables import on_assignment, on_local, on_loop, on_variable
from docrunch.parsing.model import Base, Import
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import TYPE_KINDS, Handler, Walk

_BUILTIN_TYPES = frozenset(
    b"Int Int8 Int16 Int32 Int64 UInt UInt8 UInt16 UInt32 UInt64 String Bool Double Float CGFloat Void Any AnyObject "
    b"Self Never Character AnyClass Type Protocol".split()
)
_READER = SwiftReader()
_MARKED = marked_names("swift")
_NO_CALLS = frozenset({"defer", "willSet", "didSet", "get", "set"})  # blocks that the grammar may take for calls


def on_call(walk: Walk, node: Node) -> None:
    if node.type == "constructor_expression":
        _construction(walk, node)
        return
    if is_subscript(walk, node):
        return
    called: Node | None = node.named_child(0)
    while called is not None and called.type in ("try_expression", "await_expression"):
        called = called.child_by_field_name("expr")
    if called is None or called.type == "lambda_literal":
        return
    if called.type == "call_expression" and not is_subscript(walk, called):
        walk.seen.add(-called.end_byte)  # ``try f(x) { … }``: the closure belongs to the inner call
        return
    labels = labels_of(walk, node)
    found = callee(walk, node, called)
    if found[-1] == "?" or (found in _SKIPPED and labels == ("{",)):
        return
    if found[0] == "?" and len(found) == 2:
        found = (*_expected(walk, node), found[1])
    if labels is None:
        walk.refer("use", found, node)
    elif -node.end_byte in walk.seen:
        walk.refer("call", found, node)
    else:
        walk.refer("call", found, node, len(labels), labels)
        if found[-1] in _MARKED:
            walk.mark(found, node)


def _expected(walk: Walk, node: Node) -> tuple[str, ...]:
    """The type before ``.made()``, where the place says it: ``let x: Foo = .made()``, ``return .made()``."""
    parent = node.parent
    written = ""
    if parent is not None and parent.type == "property_declaration":
        written = annotation(walk, next((c for c in parent.named_children if c.type == "type_annotation"), None))
    elif parent is not None and parent.type in ("control_transfer_statement", "statements"):
        around = walk.parent
        last = parent.type == "control_transfer_statement" or parent.named_child_count == 1
        written = around.returns if around is not None and last and not _in_closure(node) else ""
    name = bare(written)
    return tuple(name.split(".")) if name.replace(".", "").isidentifier() else ("?",)


def _in_closure(node: Node) -> bool:
    """Whether a closure stands between a place and the function or property around it."""
    current = node.parent
    while current is not None and current.type not in _CALLABLES:
        if current.type == "lambda_literal":
            return True
        current = current.parent
    return False


_CALLABLES = frozenset({"function_declaration", "init_declaration", "subscript_declaration", "property_declaration"})
_SKIPPED = frozenset((name,) for name in _NO_CALLS)


def _construction(walk: Walk, node: Node) -> None:
    made = node.child_by_field_name("constructed_type")
    if made is None or made.type != "user_type":
        return
    walk.seen.add(made.start_byte)
    name = bare(walk.read(made))
    labels = labels_of(walk, node) or ()
    if name:
        walk.refer("call", tuple(name.split(".")), node, len(labels), labels)


def on_use(walk: Walk, node: Node) -> None:
    if node.start_byte in walk.seen:
        return
    found = chain(walk, node)
    if len(found) > 1 and found[-1] == "self":
        found = found[:-1]
    if found[-1] not in ("?", "self", "super", "_") and not found[0].startswith("$"):
        walk.refer("use", found, node)


def on_type_use(walk: Walk, node: Node) -> None:
    start = node.start_byte
    if start in walk.seen:
        return
    written = walk.text[start : node.end_byte]
    if walk.text[start - 1 : start] == b"@" and walk.slice(start, node.end_byte) in BUILTIN_ATTRIBUTES:
        return
    if written in _BUILTIN_TYPES:
        return
    if written in walk.dotted:  # seen before: a plain name
        walk.refer_type(written, node)
        return
    if b"<" in written or b" " in written or b"\n" in written:
        names = [child for child in node.named_children if child.type == "type_identifier"]
        written = b".".join(walk.text[name.start_byte : name.end_byte] for name in names)
    written = written.removesuffix(b".Type").removesuffix(b".Protocol")
    if written and written not in _BUILTIN_TYPES:
        walk.refer_type(written, node)


def on_import(walk: Walk, node: Node) -> None:
    """``import Core`` brings all names of a module along, ``import struct Core.Point`` one."""
    name = next((child for child in node.named_children if child.type == "identifier"), None)
    if name is None:
        return
    written = "".join(walk.read(name).split())
    line = node.start_point[0] + 1
    first = node.child(0)
    reexport = first is not None and first.type == "modifiers" and "_exported" in walk.read(first)
    if any(not child.is_named and child.type != "import" for child in node.children) and "." in written:
        module, _, last = written.rpartition(".")
        walk.imports.append(Import(module, line, last, reexport=reexport))
    else:
        walk.imports.append(Import(written, line, "*", reexport=reexport))


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def on_decision(walk: Walk, node: Node) -> None:
    first = node.child(0)
    if node.type != "switch_entry" or first is None or first.type not in ("default", "default_keyword"):
        walk.decide()


def finish(walk: Walk, root: Node) -> None:
    """What extensions add to types of this file, and whether statements stand at its top."""
    find(walk, _READER)
    for draft in walk.symbols:
        draft.modifiers = [word for word in draft.modifiers if "(" not in word]
    noted = walk.extra.get("conformances", [])
    types = {draft.local_name: draft for draft in walk.symbols if draft.kind in TYPE_KINDS}
    for receiver, protocol, line in zip(noted[::3], noted[1::3], noted[2::3], strict=True):
        extended = types.get(receiver)
        if extended is not None and protocol not in {base.name for base in extended.bases}:
            extended.bases = (*extended.bases, Base(protocol, int(line), "implements"))
    walk.entry_point = walk.entry_point or any(child.type == "call_expression" for child in root.named_children)


HANDLERS: dict[str, Handler] = {
    "definition.class": on_type,
    "definition.function": on_function,
    "definition.macro": on_macro,
    "definition.variable": on_variable,
    "definition.member": on_case,
    "definition.type": on_alias,
    "reference.call": on_call,
    "reference.type": on_type_use,
    "reference.use": on_use,
    "assignment": on_assignment,
    "local": on_local,
    "loop": on_loop,
    "import": on_import,
    "decision": on_decision,
    "comment": on_comment,
}
