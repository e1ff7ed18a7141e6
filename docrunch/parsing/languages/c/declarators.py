"""Declarators: what is being declared, and whether that is a function."""

import msgspec

from docrunch.parsing.languages.c.names import bare, operator
from docrunch.parsing.languages.c.walk import CWalk
from docrunch.parsing.model import Param
from docrunch.parsing.parser import Node
from docrunch.parsing.wording import default, one_line

_NAMES = frozenset(
    {
        "identifier",
        "field_identifier",
        "type_identifier",
        "namespace_identifier",
        "qualified_identifier",
        "destructor_name",
        "operator_name",
        "operator_cast",
        "template_function",
        "template_method",
        "structured_binding_declarator",
    }
)
_AROUND = {
    "pointer_declarator": "*",
    "reference_declarator": "&",
    "array_declarator": "[]",
    "function_declarator": "()",
    "parenthesized_declarator": "",
    "attributed_declarator": "",
    "init_declarator": "",
    "variadic_declarator": "...",
    "pointer_type_declarator": "*",
}
_PLAIN = frozenset({"identifier", "field_identifier", "type_identifier"})
_LAST_NAMED = frozenset({"reference_declarator", "parenthesized_declarator", "variadic_declarator"})
_MAX_WRAPPERS = 40  # `**p` and its like nest a few deep
_TYPE_CHARACTERS = 300
_BRACKETS = 2  # around no parameters


class Declared(msgspec.Struct, frozen=True):
    """One name of a declaration. ``node`` is that of the name itself, behind what qualifies it."""

    node: Node
    name: str
    receiver: str  # ``ns::Foo`` of ``ns::Foo::bar``, without template arguments
    function: Node | None  # the declarator with the parameters, where a function is declared
    marks: str  # pointers, references and arrays around it: "**", "&", "[]"; of the result for a function
    first: int  # first byte of the declarator


def declared(walk: CWalk, declarator: Node) -> Declared | None:
    """What a declarator declares, ``None`` where it has no name."""
    if declarator.type in _PLAIN:
        word = walk.read(declarator)
        return Declared(declarator, word, "", None, "", declarator.start_byte) if word else None
    marks: list[str] = []
    function: Node | None = None
    innermost = ""
    current: Node | None = declarator
    for _ in range(_MAX_WRAPPERS):
        if current is None:
            return None
        kind = current.type
        if kind in _NAMES:
            break
        mark = _AROUND.get(kind)
        if mark is None:
            return None
        if mark == "()":
            function, innermost = current, mark
        elif mark:
            innermost = mark
            if function is None:
                marks.append(mark)
        current = _inward(current, kind)
    else:
        return None
    return _name(walk, declarator, current, function if innermost == "()" else None, "".join(marks), function)


def _inward(node: Node, kind: str) -> Node | None:
    if kind in _LAST_NAMED:
        return node.named_child(node.named_child_count - 1) if node.named_child_count else None
    inner = node.child_by_field_name("declarator")
    return inner if inner is not None or kind != "attributed_declarator" else node.named_child(0)


def _name(
    walk: CWalk, whole: Node, node: Node, function: Node | None, marks: str, around: Node | None
) -> Declared | None:
    last, kind = node, node.type
    while kind == "qualified_identifier":
        inner = last.child_by_field_name("name")
        if inner is None:
            return None
        walk.seen.add(last.start_byte)
        last, kind = inner, inner.type
    receiver = ""
    if last is not node:
        scope = walk.slice(node.start_byte, last.start_byte)
        receiver = bare(scope.removesuffix("template ")).strip(":") if len(scope) < _TYPE_CHARACTERS else ""
    if kind in _PLAIN:
        name = walk.read(last)
    elif kind == "operator_cast":
        function = last.child_by_field_name("declarator")
        type_ = last.child_by_field_name("type")
        name = "operator " + (bare(walk.read(type_)) if type_ is not None else "?")
    elif kind == "operator_name":
        name = operator(walk.read(last))
    elif kind in ("template_function", "template_method"):
        inner = last.child_by_field_name("name")
        name = walk.read(inner) if inner is not None else ""
    else:
        name = "".join(walk.read(last).split()) if kind == "destructor_name" else walk.read(last)
    if around is not None and function is None:
        marks += "(*)"  # a pointer to a function
    return Declared(last, name, receiver, function, marks, whole.start_byte) if name else None


def type_text(walk: CWalk, start: int, type_: Node | None, marks: str) -> str:
    """A type in one line: from ``start`` (qualifiers before it) to its last byte, and the declarator's marks."""
    if type_ is None:
        return ""
    begin = type_.start_byte
    start = min(start, begin)
    raw = walk.parsed[start : min(type_.end_byte, begin + _TYPE_CHARACTERS)]
    written = walk.types.get(raw)
    if written is None:
        body = type_.child_by_field_name("body") if b"{" in raw else None
        head = raw if body is None else walk.parsed[start : min(body.start_byte, begin + _TYPE_CHARACTERS)]
        written = one_line(head.decode("utf-8", "replace"))
        for word in _STORAGE:
            written = written.removeprefix(word)
        walk.types[raw] = written
    return f"{written} {marks}" if marks else written


_STORAGE = ("static ", "extern ", "inline ", "register ", "constexpr ", "virtual ", "mutable ", "friend ", "typedef ")


def read_parameters(walk: CWalk, function: Node | None, *, bind: bool = True) -> tuple[Param, ...]:
    """Parameters in order; the names become local to the open scope and are bound to their types."""
    parameters = function.child_by_field_name("parameters") if function is not None else None
    if parameters is None or parameters.child_count == _BRACKETS:
        return ()
    found: list[Param] = []
    for child in parameters.children:
        kind = child.type
        if kind in ("parameter_declaration", "optional_parameter_declaration", "variadic_parameter_declaration"):
            param = _parameter(walk, child, kind, bind)
            if param is not None:
                found.append(param)
        elif kind in ("...", "variadic_parameter"):
            found.append(Param("..."))
        elif kind == "identifier":  # K&R
            name = walk.read(child)
            found.append(Param(name))
            if bind:
                walk.make_local([name])
    return tuple(found)


def _parameter(walk: CWalk, node: Node, kind: str, bind: bool) -> Param | None:
    type_, declarator = node.child_by_field_name("type"), node.child_by_field_name("declarator")
    value = node.child_by_field_name("default_value") if kind == "optional_parameter_declaration" else None
    told = default(walk.read(value)) if value is not None else ""
    name = declared(walk, declarator) if declarator is not None else None
    if name is None:
        end = declarator.end_byte if declarator is not None else node.end_byte
        written = one_line(
            walk.parsed[node.start_byte : min(end, node.start_byte + _TYPE_CHARACTERS)].decode("utf-8", "replace")
        )
        return None if written == "void" else Param("", written, told)
    written = type_text(walk, node.start_byte, type_, name.marks)
    if kind == "variadic_parameter_declaration":
        written += "..."
    if bind:
        walk.make_local([name.name])
        plain = type_ is not None and type_.type != "placeholder_type_specifier"
        if plain and not written.endswith("..."):
            walk.bind((name.name,), name.node, type_=written)
    return Param(name.name, written, told)
