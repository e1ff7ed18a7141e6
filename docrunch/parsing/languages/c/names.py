"""Names, chains and types of C and C++ as written."""

import re

from docrunch.parsing.languages.c.walk import CWalk
from docrunch.parsing.parser import Node
from docrunch.parsing.wording import one_line

_ARGUMENTS = re.compile(r"<[^<>]*>")
_SCOPED = re.compile(rb"(?:::)?[A-Za-z_]\w*(?:::[A-Za-z_~]\w*)*\Z")
_MEMBERS = re.compile(rb"[A-Za-z_]\w*(?:(?:\.|->)[A-Za-z_]\w*)+\Z")
_STEP = re.compile(r"\.|->")
_VALUES = (b"nullptr", b"NULL", b"true", b"false")  # names of nothing
_PATH_BYTES = 400  # longer names are no names that anybody wrote
_PLAIN = re.compile(r"[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*\Z", re.ASCII)
_MAX_PARTS = 32
_CASTS = frozenset({b"static_cast", b"dynamic_cast", b"reinterpret_cast", b"const_cast"})
_SPACES = re.compile(r"\s+")
_WRAPPERS = frozenset({"parenthesized_expression", "co_await_expression", "pointer_expression"})
_TYPED = frozenset({"cast_expression", "new_expression", "compound_literal_expression"})
_NAMED = frozenset(
    {"identifier", "qualified_identifier", "template_function", "type_identifier", "this", "template_type"}
)
GLOBAL = "::"  # first part of a chain that starts at the global scope


def chain(walk: CWalk, node: Node) -> tuple[str, ...]:
    """The chain of an expression, outermost part last. A cast is an instance of the type it names."""
    text, cache = walk.text, walk.chains
    start, end = node.start_byte, node.end_byte
    if end - start < _PATH_BYTES:
        raw = text[start:end]
        known = cache.get(raw)
        if known is not None:
            return known
        if b"operator" in raw:
            pass
        elif _MEMBERS.match(raw) and not raw.startswith(_VALUES) and node.type == "field_expression":
            plain = tuple(_STEP.split(raw.decode()))
            if len(plain) < _MAX_PARTS:
                cache[raw] = plain
                return plain
        if _SCOPED.match(raw):
            plain = path(raw.decode("utf-8", "replace"))
            cache[raw] = plain
            return plain
    known = cache.get((start, end))
    if known is not None:
        return known
    return _nested(walk, node)


def _nested(walk: CWalk, node: Node) -> tuple[str, ...]:
    parts: list[str] = []  # innermost last
    inside: list[tuple[tuple[int, int], int]] = []  # byte range of what is called, parts outside it
    called = ""
    current: Node | None = node
    while current is not None and len(parts) < _MAX_PARTS:
        kind = current.type
        if kind == "field_expression":
            member = current.child_by_field_name("field")
            parts.append(_member(walk, member) + called if member is not None else "?")
            called = ""
            current = current.child_by_field_name("argument")
        elif kind == "call_expression":
            function = current.child_by_field_name("function")
            if function is not None and function.type == "template_function" and _is_cast(walk, function):
                parts += reversed(_instance(walk, _first_argument(function)))
                break
            if function is not None and not called:
                inside.append(((function.start_byte, function.end_byte), len(parts)))
            called = "()"
            current = function
        elif kind == "subscript_expression":
            parts.append("?" if called else "[]")
            called = ""
            current = current.child_by_field_name("argument")
        elif kind in _WRAPPERS:
            current = current.child_by_field_name("argument") or current.named_child(0)
        else:
            parts += reversed(_leaf(walk, current, kind, called))
            break
    else:
        parts.append("?")
    parts.reverse()
    if len(parts) < _MAX_PARTS:
        _remember(walk, parts, inside)
    return tuple(parts)


def _leaf(walk: CWalk, node: Node, kind: str, called: str) -> tuple[str, ...]:
    """The innermost part of an expression; a cast is an instance of its type."""
    if kind in _TYPED:
        return _instance(walk, node.child_by_field_name("type"))
    if kind not in _NAMED or node.end_byte - node.start_byte >= _PATH_BYTES:
        return ("?",)
    names = path(walk.read(node))
    return (*names[:-1], names[-1] + called)


def _remember(walk: CWalk, parts: list[str], inside: list[tuple[tuple[int, int], int]]) -> None:
    """Chains of the calls inside, which are asked for next."""
    for span, outer in inside:
        inner = parts[: len(parts) - outer]
        if inner and inner[-1] != "?":
            inner[-1] = inner[-1].removesuffix("()")
        if inner:
            walk.chains[span] = tuple(inner)


def _member(walk: CWalk, member: Node) -> str:
    if member.type in ("template_method", "dependent_name"):
        inner = member.child_by_field_name("name") or member.named_child(0)
        return bare(walk.read(inner)) if inner is not None else "?"
    if member.type in ("field_identifier", "destructor_name"):
        return _SPACES.sub("", walk.read(member))
    return operator(walk.read(member)) if member.type == "operator_name" else bare(walk.read(member)).split("::")[-1]


def _is_cast(walk: CWalk, function: Node) -> bool:
    name = function.child_by_field_name("name")
    return name is not None and walk.text[name.start_byte : name.end_byte] in _CASTS


def _first_argument(function: Node) -> Node | None:
    arguments = function.child_by_field_name("arguments")
    return arguments.named_child(0) if arguments is not None and arguments.named_child_count else None


def _instance(walk: CWalk, type_: Node | None) -> tuple[str, ...]:
    """The chain of a value of a type."""
    if type_ is None or type_.end_byte - type_.start_byte > _PATH_BYTES:
        return ("?",)
    names = path(bare_type(walk.read(type_)))
    return (*names[:-1], names[-1] + "()") if names[-1] != "?" else names


def path(written: str) -> tuple[str, ...]:
    """``a::B<C>::d`` → ("a", "B", "d"); a leading ``::`` is the part `GLOBAL`."""
    if _PLAIN.match(written) and "operator" not in written:
        return tuple(written.split("::"))
    name = bare(written)
    parts = tuple(part.removeprefix("template ").strip() for part in name.split("::"))
    if parts[0] == "" and len(parts) > 1:
        parts = (GLOBAL, *parts[1:])
    return parts if all(parts) else ("?",)


def bare(written: str) -> str:
    """Without template arguments and white space: ``a::B`` from ``a :: B<C<int>>``."""
    if written.startswith("operator") or "::operator" in written:
        return operator(written)
    while "<" in written:
        shorter = _ARGUMENTS.sub("", written)
        if shorter == written:
            written = written.split("<", 1)[0]
            break
        written = shorter
    return _SPACES.sub("", written) if not written.startswith("template ") else written


def bare_type(written: str) -> str:
    """The name in a type: ``const struct ns::Foo<int> *`` → ``ns::Foo``."""
    words = [
        word
        for word in bare_words(written)
        if word not in ("const", "volatile", "struct", "class", "union", "enum", "typename")
    ]
    return words[-1] if words else ""


def bare_words(written: str) -> list[str]:
    while "<" in written:
        shorter = _ARGUMENTS.sub("", written)
        if shorter == written:
            break
        written = shorter
    return written.replace("*", " ").replace("&", " ").split()


def operator(written: str) -> str:
    """``operator ==`` → ``operator==``, ``operator  bool`` → ``operator bool``."""
    head, _, rest = written.partition("operator")
    rest = one_line(rest)
    words = rest[:1].isalpha() or rest[:1] == "_"
    return f"{_SPACES.sub('', head)}operator{' ' if words else ''}{rest if words else _SPACES.sub('', rest)}"
