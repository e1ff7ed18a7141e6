"""Ruby: what each capture means, in source order."""

import re

from docrunch.parsing.languages.ruby.declarations import (
    VISIBILITIES,
    apply_visibility,
    asked_visibility,
    is_open_type,
    on_method,
    on_singleton_class,
    on_type,
    set_visibility,
    settle_visibility,
)
from docrunch.parsing.languages.ruby.documentation import doc_before
from docrunch.parsing.languages.ruby.entries import MARKED, add_entries
from docrunch.parsing.languages.ruby.flow import (
    ITERATORS,
    bind_items,
    forget_unknown,
    on_assignment,
    on_exception,
    on_return,
)
from docrunch.parsing.languages.ruby.imports import LOADERS, on_require
from docrunch.parsing.languages.ruby.macros import on_alias, on_macro
from docrunch.parsing.languages.ruby.names import bare_chain, constant_parts, is_local, member_chain, method_name
from docrunch.parsing.languages.ruby.parameters import names_in
from docrunch.parsing.parser import Node
from docrunch.parsing.tables import rails
from docrunch.parsing.walk import Handler, Walk

_MAIN = re.compile(rb"__FILE__\s*==\s*\$(?:0|PROGRAM_NAME)|\$(?:0|PROGRAM_NAME)\s*==\s*__FILE__")
_OPENERS = frozenset({"class_eval", "class_exec", "module_eval", "module_exec"})
_BARE_PARTS = 2  # of ``puts "a"`` and ``loop { … }``
_OPENING_COMMENTS = 200  # at the top of a file, looked at for its description
_NO_CALLS = frozenset({"__FILE__", "__LINE__", "__dir__", "__method__", "__ENCODING__", "block_given?", "binding"})


def on_function(walk: Walk, node: Node) -> None:
    before = len(walk.symbols)
    asked = asked_visibility(walk, node)
    on_method(walk, node)
    if asked and len(walk.symbols) > before:
        apply_visibility(walk.symbols[before], asked)


def on_call(walk: Walk, node: Node) -> None:
    if node.type == "super":
        _super(walk, node)
        return
    receiver, method, arguments, block = _parts(node)
    word = walk.read(method) if method is not None else ""
    if word == "super" and method is not None and method.type == "super":
        walk.seen.add(method.start_byte)  # the word inside is no second call
    if block is not None:
        walk.anonymous_end = max(walk.anonymous_end, block.end_byte)
        if receiver is not None and word in ITERATORS:
            bind_items(walk, receiver, word, block)
    if receiver is None and method is not None:
        if word in LOADERS and arguments is not None:
            on_require(walk, node, word, arguments)
            return
        if on_macro(walk, node, word, arguments) or word in _NO_CALLS:
            return
        if word == "refine" and block is not None and arguments is not None:
            walk.implementations.append((block.end_byte, "?", ""))  # methods of a class that we do not see
            return
        if word == "class_methods" and block is not None and is_open_type(walk):
            walk.implementations.append((block.end_byte, "self", ""))
    elif block is not None and receiver is not None and word in _OPENERS:
        owner = "::".join(constant_parts(walk, receiver))
        if receiver.type != "self":
            walk.implementations.append((block.end_byte, owner or "?", ""))
    if -node.end_byte in walk.seen:
        return
    called = member_chain(walk, receiver, word or "call") if receiver is not None else bare_chain(walk, method)
    last = called[-1]
    if last != "?":
        walk.refer("call", called, method or node, _count(arguments))
        if last in MARKED:
            walk.mark(called, node)


def _parts(node: Node) -> tuple[Node | None, Node | None, Node | None, Node | None]:
    """(receiver, method, arguments, block) of a call. Of two children the shape is known by their kinds."""
    if node.child_count == _BARE_PARTS:
        method, last = node.children
        kind = last.type
        if method.type == "identifier" and kind in ("argument_list", "do_block", "block"):
            return (None, method, last, None) if kind == "argument_list" else (None, method, None, last)
    field = node.child_by_field_name
    return field("receiver"), field("method"), field("arguments"), field("block")


def _super(walk: Walk, node: Node) -> None:
    name = method_name(walk)
    if node.start_byte not in walk.seen and name != "?":
        walk.refer("call", ("super", name), node)


def _count(arguments: Node | None) -> int:
    if arguments is None or not arguments.named_child_count:
        return 0
    count = 0
    for child in arguments.named_children:
        kind = child.type
        if kind in ("pair", "splat_argument", "hash_splat_argument", "forward_argument"):
            return -1
        count += kind not in ("block_argument", "comment", "heredoc_body")
    return count


def on_use(walk: Walk, node: Node) -> None:
    """A bare name that is no local variable calls a method of self."""
    name = walk.read(node)
    if is_local(walk, name) or name in _NO_CALLS:
        return
    if name in VISIBILITIES and is_open_type(walk):
        set_visibility(walk, node, name)
        return
    walk.refer("call", (name,), node, 0)


def on_constant_use(walk: Walk, node: Node) -> None:
    start = node.start_byte
    if start < walk.type_end:
        return
    if start in walk.seen:
        walk.type_end = node.end_byte
        return
    parts = constant_parts(walk, node)
    if node.type == "scope_resolution":
        if not parts:
            return
        walk.type_end = node.end_byte
    walk.refer("use", parts, node)


def on_guard(walk: Walk, node: Node) -> None:
    if _MAIN.search(walk.text, node.start_byte, node.end_byte):
        walk.entry_point = True


def on_local(walk: Walk, node: Node) -> None:
    if node.type == "identifier":
        on_exception(walk, node)
    elif node.start_byte in walk.seen:
        return  # of an iteration, whose items are known
    else:
        names_in(walk, node)


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def finish(walk: Walk, root: Node) -> None:
    """The comment that opens the file, where it belongs to nothing else; what is known of names; tables."""
    forget_unknown(walk)
    settle_visibility(walk)
    add_entries(walk)
    walk.local_names.pop(-1, None)
    rails.read(walk, root)
    line = 0
    for child in root.named_children[:_OPENING_COMMENTS]:
        if child.type != "comment":
            break
        if line and child.start_point[0] + 1 > line + 1 and _opens(walk, line):
            return
        line = child.end_point[0] + 1
    _opens(walk, line)


def _opens(walk: Walk, last_line: int) -> bool:
    """Take the comment that ends on a line as that of the file, unless it is one of a definition."""
    doc, first, last = doc_before(walk, last_line + 1)
    if not doc or last in {draft.doc_end_line for draft in walk.symbols}:
        return False
    walk.doc, walk.doc_line, walk.doc_end_line = doc, first, last
    return True


HANDLERS: dict[str, Handler] = {
    "definition.class": on_type,
    "definition.implementation": on_singleton_class,
    "definition.function": on_function,
    "definition.member": on_alias,
    "reference.call": on_call,
    "reference.use": on_use,
    "reference.type": on_constant_use,
    "assignment": on_assignment,
    "local": on_local,
    "return": on_return,
    "decision": on_decision,
    "guard": on_guard,
    "comment": on_comment,
}
