"""Type annotations as written, read one level deep: the outer type and the texts of its arguments.

Shapes that have no name get one that no type can have: ``[]`` a sequence, ``{}`` a map (key, value), ``()`` a tuple,
``->`` a function (its result), ``class`` the type itself as a value.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from docrunch.remembered import remembered

SEQUENCE, MAP, TUPLE, FUNCTION, CLASS = "[]", "{}", "()", "->", "class"
_NAME = re.compile(r"[^\W\d]\w*(?:(?:\.|::|\\)[^\W\d]\w*)*\Z")
_EMPTY = frozenset({"None", "null", "undefined", "void", "NoneType", "nil"})
_RUST_PREFIX = re.compile(r"\A(?:&\s*|'\w+\s+|mut\s+|dyn\s+|impl\s+)*")
_JAVA_PREFIX = re.compile(r"(?:final\s+|@[\w.]+\s+|\?\s*extends\s+|\?\s*super\s+)*")
_DEPTH = 6  # wrappers nest a few deep at most
_MOST = 2_000  # characters; longer annotations say nothing that one name could
_OPENING, _CLOSING = "[<({", "]>)}"


class Expression(NamedTuple):
    name: str  # as written, or one of the shapes
    args: tuple[str, ...] = ()


Parsed = Expression | None  # ``None``: a union, a literal, nothing that one name stands for

# Wrappers whose member access is that of what they wrap.
_TRANSPARENT = {
    "python": frozenset(
        [
            "Optional",
            "Annotated",
            "Final",
            "ClassVar",
            "Required",
            "NotRequired",
            "Readonly",
            "ReadOnly",
            "Awaitable",
            "Coroutine",
        ]
    ),
    "javascript": frozenset({"Promise", "PromiseLike", "Awaited", "Readonly", "NonNullable", "Required", "Partial"}),
    "rust": frozenset({"Box", "Rc", "Arc", "Pin", "Cow", "Ref", "RefMut", "MutexGuard"}),
}


def parse(written: str, family: str) -> Parsed:
    return _parse(written, family)


@remembered(8192)
def _parse(written: str, family: str) -> Parsed:
    if len(written) > _MOST:
        return None
    step = _STEPS.get(family, _step_plain)
    text = written.strip().lstrip(":").strip()
    for _ in range(_DEPTH):
        found = step(text)
        if not isinstance(found, str):
            return found
        if not found or found == text:
            return None
        text = found
    return None


def _step_python(text: str) -> Parsed | str:
    text = text.strip("\"' ")
    if "|" in text:
        return _one_of(text, "|") or _generic(text, "[", "python")
    found = _generic(text, "[", "python")
    if isinstance(found, Expression):
        last = found.name.rsplit(".", 1)[-1]
        if last in ("type", "Type") and found.args:
            return Expression(CLASS, found.args[:1])
        if last == "Callable" and len(found.args) == 2:
            return Expression(FUNCTION, found.args[1:])
        if last in ("tuple", "Tuple") and found.args:
            return Expression(SEQUENCE, found.args[:1]) if found.args[-1] == "..." else Expression(TUPLE, found.args)
    return found


def _step_javascript(text: str) -> Parsed | str:
    text = text.removeprefix("readonly ").strip()
    if text.startswith("(") and (arrow := _arrow(text, "=>")):
        return Expression(FUNCTION, (arrow,))
    if text.startswith(("async ", "keyof ", "typeof ", "new ", "asserts ", "infer ")):
        return None
    if "|" in text and (kept := _one_of(text, "|")) is not None:
        return kept
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip()
    if text.endswith("[]"):
        return Expression(SEQUENCE, (text[:-2].strip(),))
    if text.startswith("[") and text.endswith("]"):
        return Expression(TUPLE, _split(text[1:-1]))
    return _generic(text, "<", "javascript")


def _step_go(text: str) -> Parsed | str:
    text = text.lstrip("*").strip()
    if text.startswith("..."):
        return Expression(SEQUENCE, (text[3:],))
    if text.startswith("map["):
        end = _end(text, 3)
        return Expression(MAP, (text[4:end], text[end + 1 :])) if 0 < end < len(text) - 1 else None
    if text.startswith("["):
        end = _end(text, 0)
        return Expression(SEQUENCE, (text[end + 1 :],)) if 0 < end < len(text) - 1 else None
    if text.startswith(("func(", "func (")):
        end = _end(text, text.index("("))
        return Expression(FUNCTION, (text[end + 1 :].strip(),)) if 0 < end < len(text) - 1 else None
    for channel in ("<-chan ", "chan<- ", "chan "):
        if text.startswith(channel):
            return Expression(SEQUENCE, (text.removeprefix(channel),))
    if text.startswith("(") and text.endswith(")"):
        parts = [_unnamed(part) for part in _split(text[1:-1])]
        return Expression(TUPLE, tuple(parts)) if len(parts) > 1 else "".join(parts)
    return _generic(text, "[", "go")


def _unnamed(result: str) -> str:
    """``err error`` → ``error``; ``map[string] T`` and ``chan T`` have no name."""
    name, space, rest = result.partition(" ")
    return rest.strip() if space and name.isidentifier() and name not in ("chan", "func") else result


def _step_rust(text: str) -> Parsed | str:
    text = _RUST_PREFIX.sub("", text, count=1)
    if text.startswith(("Fn(", "FnMut(", "FnOnce(", "fn(")) and (result := _arrow(text, "->")):
        return Expression(FUNCTION, (result,))
    if text.startswith("[") and text.endswith("]"):
        return Expression(SEQUENCE, (text[1:-1].split(";", 1)[0].strip(),))
    if text.startswith("(") and text.endswith(")"):
        parts = _split(text[1:-1])
        return Expression(TUPLE, parts) if len(parts) > 1 else text[1:-1].strip()
    if " + " in text:
        return _top(text, "+")[0]
    return _generic(text, "<", "rust")


def _step_plain(text: str) -> Parsed | str:
    """Java and what is written like it: ``Foo<Bar>[]``, ``List<? extends Foo>``, ``Foo?``, ``Foo...``, ``?Foo``."""
    found = _JAVA_PREFIX.match(text)
    text = (text[found.end() :] if found is not None else text).strip("&* ").removeprefix("const ").strip()
    if text.endswith(("...", "[]")):
        return Expression(SEQUENCE, (text.removesuffix("...").removesuffix("[]").strip(),))
    text = text.strip("?!").strip()
    if "->" in text and (result := _arrow(text, "->")):
        return Expression(FUNCTION, (result,))
    if "|" in text:
        return _one_of(text, "|")
    if text.startswith("[") and text.endswith("]"):
        parts = _top(text[1:-1], ":")
        return Expression(MAP, tuple(parts)) if len(parts) == 2 else Expression(SEQUENCE, (text[1:-1].strip(),))
    if text.startswith("(") and text.endswith(")"):
        parts = list(_split(text[1:-1]))
        return Expression(TUPLE, tuple(parts)) if len(parts) > 1 else text[1:-1].strip()
    return _generic(text, "[" if "<" not in text else "<", "")


_STEPS = {"python": _step_python, "javascript": _step_javascript, "go": _step_go, "rust": _step_rust}


def _generic(text: str, opening: str, family: str) -> Parsed | str:
    """``Foo``, ``Foo<A, B>``; the argument of a wrapper that lets everything through."""
    if _NAME.match(text):
        return Expression(text)
    at = text.find(opening)
    if at <= 0 or _end(text, at) != len(text) - 1:
        return None
    outer, args = text[:at].strip().removesuffix("::"), _split(text[at + 1 : -1])
    if not _NAME.match(outer) or not args:
        return None
    last = outer.rsplit(".", 1)[-1].rsplit("::", 1)[-1]
    if last in _TRANSPARENT.get(family, ()):
        return args[-1] if last == "Coroutine" else args[0]
    return Expression(outer, tuple(arg for arg in args if not arg.startswith("'")))


def _one_of(text: str, separator: str) -> str | None:
    """The only part of a union that is not nothing."""
    kept = [part for part in _top(text, separator) if part not in _EMPTY]
    return kept[0] if len(kept) == 1 and kept[0] != text else None


def _arrow(text: str, arrow: str) -> str:
    """What stands behind the first arrow outside brackets, "" without one."""
    depth = 0
    for at, character in enumerate(text):
        if not depth and text.startswith(arrow, at):
            return text[at + len(arrow) :].strip()
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING and text[at - 1 : at] not in ("=", "-"):
            depth -= 1
    return ""


def function_parameter(written: str, at: int) -> str | None:
    """The annotation of a parameter of a function type in JavaScript's notation, "" without; ``None`` for others."""
    text = written.strip()
    for _ in range(_DEPTH):
        if "|" in text and (kept := _one_of(text, "|")) is not None:
            text = kept
        end = _end(text, 0) if text.startswith("(") else -1
        if end < 0:
            return None
        if text[end + 1 :].lstrip().startswith("=>"):
            parts = _split(text[1:end])
            name, colon, type_ = parts[at].partition(":") if at < len(parts) else ("", "", "")
            return type_.strip() if colon and name.strip().rstrip("?").isidentifier() else ""
        if end != len(text) - 1:
            return None
        text = text[1:-1].strip()
    return None


def _end(text: str, start: int) -> int:
    """Where the bracket that opens at ``start`` closes, -1 where it does not."""
    depth = 0
    for at in range(start, len(text)):
        if text[at] in _OPENING:
            depth += 1
        elif text[at] in _CLOSING and not (text[at] == ">" and text[at - 1] in "=-"):
            depth -= 1
            if not depth:
                return at
    return -1


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in _top(text, ",") if part)


def _top(text: str, separator: str) -> list[str]:
    return list(pieces(text, separator))


def pieces(text: str, separator: str) -> Iterator[str]:
    """The parts between separators outside brackets."""
    depth = start = 0
    for at, character in enumerate(text):
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING and not (character == ">" and text[at - 1 : at] in ("=", "-")):
            depth -= 1
        elif character == separator and depth == 0:
            yield text[start:at].strip()
            start = at + 1
    yield text[start:].strip()
