"""Rule: what a function without a name gets that is passed to another: what the type of that one's parameter says.

The part ``(0.1)`` behind a chain is the second parameter of what the chain takes as its first argument.
"""

import re
from typing import TYPE_CHECKING

from docrunch.graph.resolve.annotations import function_parameter
from docrunch.graph.resolve.interface import CALLABLE, TYPES, Definition
from docrunch.graph.resolve.values import (
    ANNOTATED,
    DYNAMIC_RECEIVER,
    MEMBER_OF,
    MISS,
    SYMBOL,
    Value,
    lower,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.flow import Meanings
    from docrunch.graph.resolve.resolver import Resolver

_PART = re.compile(r"\(([0-9]{1,9})\.([0-9]{1,9})\)")
_UNKNOWN = miss(DYNAMIC_RECEIVER)


def parameter(r: "Resolver", value: Value, part: str) -> Value:
    """Overloads must agree."""
    numbers = _PART.fullmatch(part)
    if numbers is None:
        return _UNKNOWN  # of damaged text
    argument, at = int(numbers[1]), int(numbers[2])
    meanings: Meanings = ()
    if value[0] == MEMBER_OF:
        symbol, meanings = r.numbered.member(value)
    elif value[0] == SYMBOL and isinstance(value[1], int):
        symbol = value[1]
        if r.index.symbols[symbol].kind in TYPES:
            made = r.hierarchy.member(symbol, "constructor")
            symbol = made[1] if made[0] == SYMBOL and isinstance(made[1], int) else symbol
    else:
        return _UNKNOWN
    agreed = _UNKNOWN
    for number in _signatures(r, symbol):
        found = _of(r, number, argument, at, meanings)
        if found[0] == MISS or (agreed[0] != MISS and agreed[:2] != found[:2]):
            return _UNKNOWN
        agreed = found
    return lower(agreed, value[2]) if agreed[0] != MISS else _UNKNOWN


def _signatures(r: "Resolver", symbol: int) -> list[int]:
    """Those of a function that callers see: its overloads without a body, where it has such."""
    definition, parent = r.index.symbols[symbol], r.index.parents[symbol]
    if definition.kind not in CALLABLE:
        return []
    names = r.index.top(r.index.symbol_file[symbol], definition.name) if parent < 0 else ()
    several = names or r.index.members.get(parent, {}).get(definition.name, ())
    found = [number for number in several if r.index.symbols[number].kind in CALLABLE]
    open_ = [number for number in found if not r.index.symbols[number].has_body]
    return open_ or [symbol]


def _of(r: "Resolver", number: int, argument: int, at: int, meanings: "Meanings") -> Value:
    definition = r.index.symbols[number]
    file, scope = r.index.place_of(number)
    written = definition.params[argument].type if argument < len(definition.params) else ""
    text = function_parameter(written, at)
    if text is None:
        return _of_alias(r, file, scope, written, at)
    return r.typed(file, scope, text, meanings, ANNOTATED) if text and not _is_free(definition, text) else _UNKNOWN


def _of_alias(r: "Resolver", file: int, scope: int, written: str, at: int) -> Value:
    """``listener: Listener`` with ``type Listener = (event: Event) => void``."""
    parsed = r.family(file).parse(written) if written else None
    if parsed is None or parsed.args:
        return _UNKNOWN
    family = r.family(file)
    value = family.beside(r, r.chain(file, scope, family.parts(parsed.name)))
    if value[0] != SYMBOL or not isinstance(value[1], int):
        return _UNKNOWN
    alias = r.index.symbols[value[1]]
    text = function_parameter(alias.type, at) if alias.kind is SymbolKind.TYPE and not alias.type_params else None
    return r.annotated(*r.index.scope_of(value[1]), text, ANNOTATED) if text else _UNKNOWN


def _is_free(definition: Definition, text: str) -> bool:
    """A type parameter of the function itself: what is passed decides, not its bound."""
    return any(name == text for name, _ in definition.type_params)
