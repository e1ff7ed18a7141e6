"""Rule: one of several functions of a name, by the number of arguments of the call."""

from collections.abc import Sequence

from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.interface import Definition
from docrunch.parsing.model import SymbolKind

_RECEIVERS = frozenset({"self", "cls", "&self", "&mut self", "mut self"})
_MANY = ("*", "...", "{", "[", "params ", "vararg ", "&")


def fits(definition: Definition, arguments: int) -> bool:
    """Whether a call with so many arguments can mean it; True where their number is not known (-1)."""
    if arguments < 0:
        return True
    params = [p for p in definition.params if p.name not in _RECEIVERS]
    if any(p.name.startswith(_MANY) or p.type.startswith("...") or p.type.endswith("...") for p in params):
        return True
    needed = sum(1 for p in params if not p.optional and not p.name.endswith("?"))
    return needed <= arguments <= len(params)


def _takes_anything(definition: Definition) -> bool:
    """C: a macro without parameters may stand for any function."""
    return definition.kind is SymbolKind.MACRO and "function" not in definition.modifiers


def fitting(index: Index, found: Sequence[int], arguments: int) -> list[int]:
    """Those that fit exactly in number, else those with defaults or any number of arguments that fit."""
    if any(_takes_anything(index.symbols[number]) for number in found):
        return list(found)
    kept = [number for number in found if fits(index.symbols[number], arguments)]
    exact = [number for number in kept if len(index.symbols[number].params) == arguments]
    return exact if len(exact) == 1 else kept
