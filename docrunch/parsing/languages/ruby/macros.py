"""Calls in class bodies that define something: ``attr_reader``, ``define_method``, ``include``, ``delegate`` …"""

from collections.abc import Callable

from docrunch.parsing.languages.ruby.declarations import (
    VISIBILITIES,
    add_property,
    apply_visibility,
    asked_visibility,
    change_visibility,
    start_method,
)
from docrunch.parsing.languages.ruby.documentation import document
from docrunch.parsing.languages.ruby.names import constant_parts, in_singleton, is_type, literal, type_scope
from docrunch.parsing.languages.ruby.parameters import enter_parameters, read_parameters
from docrunch.parsing.model import Base, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import signature

_ATTRIBUTES = {
    "attr_reader": ["reader"],
    "attr_writer": ["writer"],
    "attr_accessor": ["reader", "writer"],
    "attr": ["reader"],
    "mattr_accessor": ["reader", "writer"],
    "mattr_reader": ["reader"],
    "cattr_accessor": ["reader", "writer"],
    "class_attribute": ["reader", "writer"],
    "thread_mattr_accessor": ["reader", "writer"],
}
_MOST_BASES = 256  # of one class body; nobody includes more
_OF_CLASS = frozenset({"mattr_accessor", "mattr_reader", "cattr_accessor", "class_attribute", "thread_mattr_accessor"})


def on_macro(walk: Walk, node: Node, word: str, arguments: Node | None) -> bool:
    """Whether the call without receiver was a definition, which is no call worth telling."""
    if word in VISIBILITIES or word in ("private_class_method", "public_class_method", "private_constant"):
        if arguments is not None and is_type(walk, walk.scope):
            change_visibility(walk, word, arguments)
            return True
        return False
    if arguments is None or not (is_type(walk, walk.scope) or word in ("define_method", "alias_method")):
        return False
    if word in _ATTRIBUTES:
        _attributes(walk, node, word, arguments)
        return True
    handle = _MACROS.get(word)
    if handle is None:
        return False
    handle(walk, node, arguments)
    return True


def _attributes(walk: Walk, node: Node, word: str, arguments: Node) -> None:
    static = word in _OF_CLASS or in_singleton(walk, node)
    asked = asked_visibility(walk, node)
    for child in arguments.named_children:
        name = literal(walk, child)
        if not name:
            continue
        draft = add_property(walk, child, name, _ATTRIBUTES[word], static=static, whole=node)
        draft.signature = f"{word} :{name}"
        document(walk, draft, node.start_point[0] + 1)
        draft.type = draft.returns
        draft.returns = draft.returns_doc = ""
        if asked in ("private", "protected"):
            apply_visibility(draft, asked)


def _include(walk: Walk, node: Node, arguments: Node) -> None:
    """The last module included is asked first; of several in one call, the first one."""
    if in_singleton(walk, node):
        _extend(walk, node, arguments)
        return
    draft = walk.symbols[walk.scope]
    found = []
    for child in arguments.named_children:
        written = constant_parts(walk, child)
        if written:
            walk.seen.add(child.start_byte)
        found.append(Base("::".join(written) or "?", child.start_point[0] + 1, "inherits"))
    if len(draft.bases) < _MOST_BASES:
        draft.bases = (*found, *draft.bases)


def _prepend(walk: Walk, node: Node, arguments: Node) -> None:
    _include(walk, node, arguments)
    for child in arguments.named_children:
        written = constant_parts(walk, child)
        if written:
            walk.bind(("prepend",), child, value=written)


def _extend(walk: Walk, node: Node, arguments: Node) -> None:
    """The methods of the module become methods of the class itself."""
    for child in arguments.named_children:
        written = constant_parts(walk, child)
        if written:
            walk.bind(("extend",), child, value=written)
        elif child.type == "self":
            walk.symbols[walk.scope].modifiers.append("extend_self")
        else:
            walk.bind(("extend",), child, value=("?",))


def _define_method(walk: Walk, node: Node, arguments: Node) -> None:
    """``define_method(:name) { … }``: the block is the body of the method."""
    if not arguments.named_child_count or type_scope(walk) < 0:
        return
    name_node = arguments.named_children[0]
    name = literal(walk, name_node)
    if not name:
        walk.symbols[type_scope(walk)].modifiers.append("dynamic")
        return
    draft = start_method(walk, node, name_node, name)
    draft.complexity = 1
    draft.signature = f"define_method(:{name})"
    document(walk, draft, draft.start_line)
    block = node.child_by_field_name("block")
    parameters = block.child_by_field_name("parameters") if block is not None else None
    draft.params = read_parameters(walk, parameters)
    if block is None:
        walk.add(draft)
        return
    walk.open(draft)
    enter_parameters(walk, parameters, draft.params)


def _alias_method(walk: Walk, node: Node, arguments: Node) -> None:
    if arguments.named_child_count == 2:
        new, old = arguments.named_children
        add_alias(walk, node, new, literal(walk, new), literal(walk, old))


def add_alias(walk: Walk, node: Node, at: Node, name: str, original: str) -> None:
    """Another name of a method is a method of its own, which uses the first."""
    if not name or not original or type_scope(walk) < 0:
        return
    draft = start_method(walk, node, at, name)
    draft.kind = SymbolKind.METHOD
    draft.modifiers.append("alias")
    draft.signature = f"alias {name} {original}"
    document(walk, draft, draft.start_line)
    walk.add(draft)
    walk.refer("use", ("self", original), at)


def on_alias(walk: Walk, node: Node) -> None:
    new, old = node.child_by_field_name("name"), node.child_by_field_name("alias")
    if new is not None and old is not None and new.type != "global_variable":
        add_alias(walk, node, new, walk.read(new).lstrip(":"), walk.read(old).lstrip(":"))


def _delegate(walk: Walk, node: Node, arguments: Node) -> None:
    """``delegate :a, :b, to: :target`` (Rails) and ``def_delegators :target, :a, :b`` (Forwardable)."""
    listed = arguments.named_children
    names = [child for child in listed if child.type == "simple_symbol"]
    if any(child.type == "pair" for child in listed):
        _delegated(walk, node, names)


def _def_delegators(walk: Walk, node: Node, arguments: Node) -> None:
    _delegated(walk, node, [child for child in arguments.named_children[1:] if literal(walk, child)])


def _def_delegator(walk: Walk, node: Node, arguments: Node) -> None:
    listed = arguments.named_children
    if len(listed) >= 2:
        _delegated(walk, node, [listed[2] if len(listed) > 2 else listed[1]])


def _delegated(walk: Walk, node: Node, names: list[Node]) -> None:
    for child in names:
        name = literal(walk, child)
        if not name:
            continue
        draft = start_method(walk, child, child, name)
        draft.modifiers.append("delegate")
        draft.signature = signature(walk.slice(node.start_byte, min(node.end_byte, node.start_byte + 300)))
        walk.add(draft)


_MACROS: dict[str, Callable[[Walk, Node, Node], None]] = {
    "include": _include,
    "extend": _extend,
    "prepend": _prepend,
    "define_method": _define_method,
    "alias_method": _alias_method,
    "delegate": _delegate,
    "def_delegators": _def_delegators,
    "def_delegator": _def_delegator,
}
