"""Rule: annotations. Which type of the repository an annotation as written names, if exactly one."""

import re
from typing import TYPE_CHECKING

from docrunch.graph.resolve.interface import TYPES
from docrunch.graph.resolve.values import (
    DYNAMIC_RECEIVER,
    EXTERNAL,
    EXTERNAL_INSTANCE,
    INSTANCE,
    MISS,
    SYMBOL,
    Value,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver

# Wrappers whose member access is that of what they wrap.
_TRANSPARENT = frozenset(
    {"Optional", "Annotated", "Final", "ClassVar", "Required", "NotRequired", "Readonly", "Promise", "Awaitable"}
    | {"Box", "Rc", "Arc", "Coroutine", "NonNullable"}
)
_EMPTY = frozenset({"None", "null", "undefined", "void", "NoneType"})
_NAME = re.compile(r"[^\W\d]\w*(?:(?:\.|::)[^\W\d]\w*)*\Z")
_RUST_PREFIX = re.compile(r"^(?:&\s*)?(?:'\w+\s+)?(?:mut\s+|dyn\s+|impl\s+)*")


def instance(r: "Resolver", file: int, scope: int, written: str, grade: int) -> Value:
    """An instance of the annotated type; a miss for unions, containers, type parameters and what is outside."""
    family = r.family(file)
    name = family.type_name(written)
    if not name:
        return miss(DYNAMIC_RECEIVER)
    parts = tuple(name.replace("::", ".").split("."))
    owner = family.itself(r, file, scope, parts[-1])
    if owner >= 0:
        return (INSTANCE, owner, grade)
    value = r.chain(file, scope, parts)
    return _instance_of(r, value, grade)


def _instance_of(r: "Resolver", value: Value, grade: int) -> Value:
    if value[0] == EXTERNAL:
        return (EXTERNAL_INSTANCE, value[1], grade)
    if value[0] != SYMBOL or not isinstance(value[1], int):
        return miss(DYNAMIC_RECEIVER)
    symbol = r.index.symbols[value[1]]
    if symbol.kind is SymbolKind.TYPE and symbol.type:
        file, scope = r.index.scope_of(value[1])
        aliased = r.annotated(file, scope, symbol.type, grade)
        if aliased[0] != MISS and r.family(file).follows_aliases:
            return aliased
    if symbol.kind not in TYPES:
        return miss(DYNAMIC_RECEIVER)
    return (INSTANCE, value[1], min(grade, value[2]))


def type_name(written: str, family: str) -> str:
    """The one type name in an annotation, "" where it is a union, a container or no name at all."""
    text = written.strip().lstrip(":").strip()
    if family == "go" and text.startswith("("):
        text = _first_argument(text[1:-1]).split(" ")[-1]  # `(n int, err error)`: the first result
    for _ in range(6):  # wrappers nest a few deep at most
        text = text.strip("\"' ") if family == "python" else text.strip()
        if family in ("go", "rust"):
            text = _RUST_PREFIX.sub("", text.lstrip("*& ")).strip() if family == "rust" else text.lstrip("*")
        if "|" in text and "[" not in text.split("|", 1)[0] and "<" not in text.split("|", 1)[0]:
            kept = [part.strip() for part in text.split("|") if part.strip() not in _EMPTY]
            if len(kept) != 1:
                return ""
            text = kept[0]
            continue
        if _NAME.match(text):
            return text
        opened = min((at for at in (text.find("["), text.find("<")) if at > 0), default=-1)
        if opened < 0 or text[-1] not in "]>":
            return ""
        if family == "javascript" and "[" in (text[opened], text[-2]):
            return ""  # `T[]` is a list, `T["x"]` a member's type
        outer, inner = text[:opened].strip().removesuffix("::"), text[opened + 1 : -1]
        if outer.rsplit(".", 1)[-1].rsplit("::", 1)[-1] in _TRANSPARENT:
            text = _first_argument(inner) if outer != "Coroutine" else inner.rsplit(",", 1)[-1]
            continue
        return outer if _NAME.match(outer) else ""
    return ""


def _first_argument(inner: str) -> str:
    depth = 0
    for at, character in enumerate(inner):
        if character in "[<(":
            depth += 1
        elif character in "]>)":
            depth -= 1
        elif character == "," and depth == 0:
            return inner[:at]
    return inner
