"""C#: namespaces, types and their members, XML documentation, bindings of locals and patterns, references."""

from collections.abc import Iterator

from docrunch.parsing.draft import Draft
from docrunch.parsing.entries.tables import marked_names
from docrunch.parsing.languages.csharp.define import (
    on_delegate,
    on_function,
    on_namespace,
    on_property,
    on_type,
    on_variable,
)
from docrunch.parsing.languages.csharp.directives import seen
from docrunch.parsing.languages.csharp.entries import CSharpReader, add_entries
from docrunch.parsing.languages.csharp.names import bare, chain, name_of, read_parameters, type_chain, type_text
from docrunch.parsing.model import Import
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import TYPE_KINDS, Handler, Walk
from docrunch.parsing.wording import one_line

_NAMES = frozenset({"identifier", "discard"})
_READER = CSharpReader()
_MARKED = marked_names("csharp")


def begin(text: bytes, language: str) -> tuple[bytes, Walk]:
    return seen(text), Walk(text)


def on_call(walk: Walk, node: Node) -> None:
    kind = node.type
    if kind == "constructor_initializer":
        owner = next((_own_name(each) for each in _around(walk) if each.kind in TYPE_KINDS), "?")
        above = any(child.type == "base" for child in node.children)
        walk.refer("call", ("base",) if above else (":" + owner,), node, _count(_arguments(node)))
        return
    if kind == "implicit_object_creation_expression":
        made = _target_type(walk, node)
        if made:
            walk.refer("call", type_chain(made), node, _count(_arguments(node)))
        return
    if kind == "object_creation_expression":
        type_ = node.child_by_field_name("type")
        if type_ is not None:
            walk.seen.add(type_.start_byte)
    found = chain(walk, node)
    if found == ("nameof()",):
        return  # calls nothing; its argument is a use, which the query finds by itself
    arguments = node.child_by_field_name("arguments")
    count = 0 if arguments is None and kind == "object_creation_expression" else _count(arguments)
    callee = (*found[:-1], found[-1].removesuffix("()"))
    walk.refer("call", callee, node, count)
    if callee[-1] in _MARKED:
        walk.mark(callee, node)


def _own_name(type_: Draft) -> str:
    """A type as its own code calls it, with the number of its parameters."""
    return f"{type_.name}`{len(type_.type_params)}" if type_.type_params else type_.name


def _around(walk: Walk) -> Iterator[Draft]:
    """The symbols around a place, innermost first."""
    scope = walk.scope
    while scope >= 0:
        yield walk.symbols[scope]
        scope = walk.symbols[scope].parent


def _arguments(node: Node) -> Node | None:
    return next((child for child in node.named_children if child.type == "argument_list"), None)


def _count(arguments: Node | None) -> int:
    if arguments is None:
        return -1
    return sum(1 for child in arguments.named_children if child.type == "argument")


def _target_type(walk: Walk, node: Node) -> str:
    """The type that ``new(…)`` makes, where the declaration around it names it."""
    around = node.parent
    if around is None:
        return ""
    if around.type == "variable_declarator" and around.parent is not None:
        around = around.parent
    elif around.type not in ("property_declaration",):
        return ""
    return type_text(walk, around.child_by_field_name("type"))


def on_use(walk: Walk, node: Node) -> None:
    found = chain(walk, node)
    if found[-1] != "?":
        walk.refer("use", found, node)


def on_type_use(walk: Walk, node: Node) -> None:
    start = node.start_byte
    if start in walk.seen:
        return
    written = walk.text[start : node.end_byte]
    parts = walk.dotted.get(written)
    if parts is None:  # a file repeats few of them often
        parts = walk.dotted[written] = type_chain(one_line(walk.read(node)))
    if walk.local_names and len(parts) == 1 and walk.is_local(parts[0][1:], walk.scope):
        return  # a type parameter
    walk.refer("use", parts, node)


def on_decorator(walk: Walk, node: Node) -> None:
    """``[Serializable]`` means the class ``SerializableAttribute``."""
    found = chain(walk, node)
    last = found[-1]
    if last in _MARKED and node.parent is not None:
        walk.mark(found, node.parent)
    walk.refer("use", (*found[:-1], ":" + (last if last.endswith("Attribute") else last + "Attribute")), node)


def on_assignment(walk: Walk, node: Node) -> None:
    kind = node.type
    if kind == "assignment_expression":
        left = node.child_by_field_name("left")
        if left is not None:
            target = chain(walk, left)
            if "?" not in target:
                walk.refer("write", target, left)
        return
    type_ = type_text(walk, node.child_by_field_name("type"))
    if kind == "variable_declaration":
        for declarator in node.named_children:
            if declarator.type == "variable_declarator":
                name = declarator.child_by_field_name("name")
                _bind(walk, name, type_, None if type_ else _value(declarator, name))
    elif kind == "foreach_statement":
        _bind(walk, node.child_by_field_name("left"), type_, None)
        _bind_item(walk, node, type_)
    else:  # a caught exception, a pattern, an `out` argument
        _bind(walk, node.child_by_field_name("name"), type_, None)


def _bind_item(walk: Walk, node: Node, type_: str) -> None:
    """``foreach (var x in xs)``."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if type_ or left is None or right is None or left.type != "identifier":
        return
    held = chain(walk, right)
    if "?" not in held:
        walk.bind((name_of(walk, left),), left, value=(*held, "[*]"))


def _value(declarator: Node, name: Node | None) -> Node | None:
    last = declarator.named_children[-1] if declarator.named_child_count else None
    return last if last is not None and last != name and last.type != "bracketed_argument_list" else None


def _bind(walk: Walk, name_node: Node | None, type_: str, value: Node | None) -> None:
    if name_node is None or name_node.type not in _NAMES:
        return
    name = name_of(walk, name_node)
    walk.make_local([name])
    if not type_ and value is not None and value.type == "object_creation_expression":
        type_ = type_text(walk, value.child_by_field_name("type"))  # with its arguments, which a chain has not
    if type_:
        walk.bind((name,), name_node, type_=type_)
    elif value is not None:
        held = chain(walk, value)
        if "?" not in held:
            walk.bind((name,), name_node, value=held)


def on_local(walk: Walk, node: Node) -> None:
    kind = node.type
    if kind in ("identifier", "implicit_parameter"):
        walk.make_local([name_of(walk, node)])
    elif kind == "parameter_list":
        read_parameters(walk, node)
    else:  # a type parameter, the names of a deconstruction
        walk.make_local([name_of(walk, child) for child in node.children_by_field_name("name")])


def on_import(walk: Walk, node: Node) -> None:
    """``using A.B`` brings all of a namespace, ``using static A.C`` all of a type, ``using X = A.C`` one name."""
    alias = node.child_by_field_name("name")
    named = node.named_children[-1] if node.named_child_count else None
    if named is None:
        return
    line = node.start_point[0] + 1
    written = bare("".join(walk.read(named).split()))
    everywhere = any(child.type == "global" for child in node.children)
    if alias is None:
        walk.imports.append(Import(written, line, "*", scope=walk.scope, reexport=everywhere))
        return
    module, _, last = written.rpartition(".")
    walk.imports.append(Import(module, line, last, name_of(walk, alias), scope=walk.scope, reexport=everywhere))


def on_guard(walk: Walk, node: Node) -> None:
    walk.entry_point = True  # top-level statements are the program


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def finish(walk: Walk, root: Node) -> None:
    add_entries(walk, _READER)


HANDLERS: dict[str, Handler] = {
    "definition.namespace": on_namespace,
    "definition.class": on_type,
    "definition.type": on_delegate,
    "definition.function": on_function,
    "definition.member": on_property,
    "definition.variable": on_variable,
    "reference.call": on_call,
    "reference.use": on_use,
    "reference.type": on_type_use,
    "reference.decorator": on_decorator,
    "assignment": on_assignment,
    "local": on_local,
    "import": on_import,
    "guard": on_guard,
    "decision": on_decision,
    "comment": on_comment,
}
