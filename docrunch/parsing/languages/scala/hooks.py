"""Scala: packages, types, members, imports, bindings of locals and patterns, references."""

import re

from docrunch.parsing.languages.scala import entries
from docrunch.parsing.languages.scala.define import on_alias, on_function, on_namespace, on_type, on_variable
from docrunch.parsing.languages.scala.imports import on_import
from docrunch.parsing.languages.scala.names import chain, name_of, type_text
from docrunch.parsing.model import Reference
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Handler, Walk

_LOCAL_NAMES = frozenset({"identifier"})
# Operators of numbers, strings, collections and equality: hardly ever a method of the repository.
_COMMON_WORDS = "+ - * / % == != < > <= >= && || & | ^ :: ::: ++ += -= ++= -> <- << >> >>> eq ne :+ +:"
_COMMON_OPERATORS = frozenset(_COMMON_WORDS.split())
_NO_USES = frozenset({"?", "this", "super"})
_SQUARE = frozenset({b"[", b"]"})
_LIST_AHEAD = re.compile(rb"\s*+[({:/]")  # behind a call: a further list of arguments may follow
_NO_ARGUMENTS = frozenset({"comment", "block_comment"})


def on_call(walk: Walk, node: Node) -> None:
    kind = node.type
    if kind == "call_expression":
        _call(walk, node)
    elif kind == "infix_expression":
        _infix(walk, node)
    elif kind == "instance_expression":
        _instance(walk, node)
    elif kind == "extends_clause":
        _construct_above(walk, node)
    else:
        _apply_types(walk, node)


def _call(walk: Walk, node: Node) -> None:
    function = node.child_by_field_name("function")
    kind = function.type if function is not None else "call_expression"
    if function is None or kind == "call_expression":
        return  # another list of arguments for a call that is read by itself
    if kind == "generic_function":
        function = function.child_by_field_name("function") or function
        kind = function.type
    walk.seen.add(-function.end_byte)
    found = chain(walk, function)
    last = found[-1]
    if last == "?" or (len(found) == 1 and last == "_"):
        return
    called = (*found[:-1], last.removesuffix("()")) if last[-2:] == "()" else found
    _refer(walk, "call", called, _name_line(function, kind), _all_arguments(walk.text, node))
    if called[-1] in entries.MARKED:
        walk.mark(called, node)


def _refer(walk: Walk, kind: str, found: tuple[str, ...], line: int, arguments: int = -1) -> None:
    if "" in found:  # a name that the grammar only supposes, in broken text
        found = tuple([part or "?" for part in found])
    walk.references.append(Reference(kind, found, line, walk.scope, arguments))


def _construct_above(walk: Walk, node: Node) -> None:
    """``extends Base(x)`` runs the constructor of the class above."""
    made, arguments = node.child_by_field_name("type"), node.child_by_field_name("arguments")
    found = chain(walk, made) if made is not None else ("?",)
    if made is not None and found[-1] not in ("", "?"):
        walk.refer("call", (*found[:-1], ":" + found[-1].removesuffix("()")), made, _count(arguments, walk.text))


def _apply_types(walk: Walk, node: Node) -> None:
    """``Monad[F]`` and ``empty[Int]``: calls without arguments of their own."""
    around, function = node.parent, node.child_by_field_name("function")
    if function is None or (around is not None and around.type == "call_expression"):
        return
    walk.seen.add(-function.end_byte)
    found = chain(walk, node)
    if "?" not in (found[0], found[-1]) and found[-1]:
        called = (*found[:-1], found[-1].removesuffix("()"))
        _refer(walk, "call", called, _name_line(function, function.type), 0)


def _name_line(function: Node, kind: str) -> int:
    """Where the name of what is called stands: a fluent chain goes over several lines and ends in it."""
    return (function.end_point if kind == "field_expression" else function.start_point)[0] + 1


def _all_arguments(text: bytes, node: Node) -> int:
    """How many arguments a call has, those of further lists included."""
    count = 0
    current: Node | None = node
    while current is not None and current.type == "call_expression":
        count += _count(current.child_by_field_name("arguments"), text)
        if _LIST_AHEAD.match(text, current.end_byte) is None:
            break  # what is around a node takes the way from the root
        around = current.parent
        if around is None or around.type != "call_expression" or around.child_by_field_name("function") != current:
            break
        current = around
    return count


def _count(arguments: Node | None, text: bytes) -> int:
    if arguments is None:
        return 0
    if arguments.type != "arguments":
        return 1  # a block
    if text.find(b"/", arguments.start_byte, arguments.end_byte) < 0:  # no comment
        return arguments.named_child_count
    return sum(1 for child in arguments.named_children if child.type not in _NO_ARGUMENTS)


def _instance(walk: Walk, node: Node) -> None:
    made = node.named_child(0) if node.named_child_count else None
    if made is None or made.type in ("template_body", "arguments"):
        return
    inner = (made.child_by_field_name("type") if made.type == "generic_type" else made) or made
    walk.seen.add(inner.start_byte)
    if inner.type == "stable_type_identifier":
        walk.type_end = max(walk.type_end, inner.end_byte)  # the names inside are no uses
    found = chain(walk, made)
    if found[-1] in ("", "?"):
        return
    if found[-1][0] != ":":
        found = (*found[:-1], ":" + found[-1])
    count = sum(_count(child, walk.text) for child in node.named_children if child.type == "arguments")
    walk.refer("call", found, made, count)


def _infix(walk: Walk, node: Node) -> None:
    left, operator = node.child_by_field_name("left"), node.child_by_field_name("operator")
    if left is None or operator is None:
        return
    name = name_of(walk, operator)
    if name in _COMMON_OPERATORS:
        return
    holder = node.child_by_field_name("right") if name.endswith(":") else left
    if holder is None:
        return
    found = chain(walk, holder)
    walk.refer("call", (*found, name), operator, 1)


def on_use(walk: Walk, node: Node) -> None:
    if -node.end_byte in walk.seen or node.start_byte < walk.type_end:
        return
    found = chain(walk, node)
    last = found[-1]
    if len(found) == 1:
        if last not in _NO_USES and not walk.is_local(last, walk.scope):
            _refer(walk, "use", found, node.start_point[0] + 1)
        return
    if node.type == "stable_identifier":
        walk.type_end = node.end_byte
        line = node.start_point[0] + 1
    else:
        line = node.end_point[0] + 1
    if last not in _NO_USES and found[0] != "?":
        _refer(walk, "use", found, line)


def on_type_use(walk: Walk, node: Node) -> None:
    start, end = node.start_byte, node.end_byte
    if start < walk.type_end or start in walk.seen:
        return
    parts = walk.dotted.get(walk.text[start:end])
    if parts is None:  # a file repeats few of them often
        parts = _named_type(walk, start, end)
    if len(parts) > 1:
        walk.type_end = end
    elif walk.local_names and walk.is_local(parts[0][1:], walk.scope):
        return  # a type parameter
    walk.references.append(Reference("use", parts, node.start_point[0] + 1, walk.scope))


def _named_type(walk: Walk, start: int, end: int) -> tuple[str, ...]:
    written = walk.text[start:end]
    *outer, last = b"".join(written.split()).decode("utf-8", "replace").replace("`", "").split(".")
    parts = walk.dotted[written] = (*[part or "?" for part in outer], ":" + (last or "?"))
    return parts


def on_assignment(walk: Walk, node: Node) -> None:
    kind = node.type
    if kind == "assignment_expression":
        left = node.child_by_field_name("left")
        if left is None:
            return
        target = chain(walk, left)
        walk.seen.add(-left.end_byte)
        if "?" not in target:
            walk.refer("write", target, node)
    elif kind == "typed_pattern":
        name, type_ = node.child_by_field_name("pattern"), node.child_by_field_name("type")
        if name is not None and name.type in _LOCAL_NAMES:
            word = name_of(walk, name)
            walk.make_local([word])
            walk.bind((word,), name, type_=type_text(walk, type_))
    elif kind == "self_type":
        name = node.named_child(0) if node.named_child_count else None
        if name is not None and name.type in _LOCAL_NAMES:
            word = name_of(walk, name)
            if word != "this":
                walk.bind((word,), name, value=("this",))
    else:
        _enumerator(walk, node)


def _enumerator(walk: Walk, node: Node) -> None:
    """``x <- xs`` names something in ``xs``; ``x = y`` is ``y``."""
    parts = node.named_children
    if not parts or parts[0].type not in _LOCAL_NAMES:
        return
    word = name_of(walk, parts[0])
    walk.make_local([word])
    if len(parts) == 2 and any(child.type == "=" for child in node.children):
        held = chain(walk, parts[1])
        if "?" not in held:
            walk.bind((word,), parts[0], value=held)
    elif len(parts) == 2:
        held = chain(walk, parts[1])
        if "?" not in held:
            walk.bind((word,), parts[0], value=(*held, "[*]"))


def on_local(walk: Walk, node: Node) -> None:
    kind = node.type
    if kind == "identifier":
        word = name_of(walk, node)
        if word[:1].isupper() and not _is_bracketed(walk.text, node):
            parent = node.parent
            if parent is not None and parent.type.endswith(("pattern", "clause")):
                walk.refer("use", (word,), node)  # a constant is compared, not bound
                return
        walk.make_local([word])
        return
    name = node.child_by_field_name("name")
    if name is None:
        return
    word, type_ = name_of(walk, name), type_text(walk, node.child_by_field_name("type"))
    walk.make_local([word])
    if type_:
        walk.bind((word,), name, type_=type_)


def _is_bracketed(text: bytes, node: Node) -> bool:
    """Whether a name stands at a square bracket, as type parameters do and patterns never."""
    start, end = node.start_byte, node.end_byte
    return text[start - 1 : start] == b"[" or text[end : end + 1] in _SQUARE


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def finish(walk: Walk, root: Node) -> None:
    entries.add_entries(walk)


HANDLERS: dict[str, Handler] = {
    "definition.namespace": on_namespace,
    "definition.class": on_type,
    "definition.type": on_alias,
    "definition.function": on_function,
    "definition.variable": on_variable,
    "reference.call": on_call,
    "reference.use": on_use,
    "reference.type": on_type_use,
    "assignment": on_assignment,
    "local": on_local,
    "import": on_import,
    "decision": on_decision,
    "comment": on_comment,
}
