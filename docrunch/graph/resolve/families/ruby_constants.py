"""Ruby's constants: classes and modules that are written in several places, by their full names."""

from typing import TYPE_CHECKING

from docrunch.graph.resolve.families.scopes import SharedScopes
from docrunch.graph.resolve.interface import TYPES
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index

_EVERYWHERE = "*"  # the scope of all files
_MOST_PARTS = 8
_CONSTANTS = TYPES | {SymbolKind.CONSTANT}
Path = tuple[str, ...]


class RubyConstants:
    """The symbols of a full name. ``class A::B`` at the top of a file is the B of every ``module A``."""

    def __init__(self, index: "Index", scopes: SharedScopes) -> None:
        self._index = index
        self._scopes = scopes
        self._found: dict[Path, tuple[tuple[int, ...], int]] = {}

    def places(self, path: Path) -> tuple[int, ...]:
        """All definitions of a constant, the one that stands for them first."""
        if len(path) > _MOST_PARTS:
            return ()
        return self._index.reads.remembered(self._found, path, self._find)

    def _find(self, path: Path) -> tuple[int, ...]:
        found = [each for each in self._below(None, path) if self._index.symbols[each].kind in _CONSTANTS]
        kept = list(dict.fromkeys(found))
        if len(kept) < 2:
            return tuple(kept)
        first = max(range(len(kept)), key=lambda at: (*self._weight(kept[at]), -at))
        return (kept[first], *(each for each in kept if each != kept[first]))

    def _weight(self, symbol: int) -> tuple[bool, bool, int]:
        """A class with a superclass stands for those that only add to it; of others the one that holds most."""
        definition = self._index.symbols[symbol]
        of_class = definition.kind is SymbolKind.CLASS and bool(definition.bases)
        return definition.kind in TYPES, of_class, len(self._index.members.get(symbol, ()))

    def _below(self, containers: list[int] | None, path: Path) -> list[int]:
        found: list[int] = []
        for cut in range(1, len(path) + 1):
            hits = self._named(containers, "::".join(path[:cut]))
            if cut == len(path):
                found += hits
            else:
                types = [each for each in hits if self._index.symbols[each].kind in TYPES]
                found += self._below(types, path[cut:]) if types else []
        return found

    def _named(self, containers: list[int] | None, name: str) -> list[int]:
        if containers is None:
            return self._scopes.definitions(_EVERYWHERE, name)
        members = self._index.members
        return [each for container in containers for each in members.get(container, {}).get(name, ())]

    def path(self, symbol: int) -> Path:
        """The full name of a class or module, as it is nested."""
        parts: list[str] = []
        for definition in self._index.around(symbol):
            if definition.kind in _CONSTANTS:
                parts[:0] = definition.name.split("::")
        return tuple(parts)

    def main(self, symbol: int) -> int:
        """The definition that stands for all of those of its name."""
        places = self.places(self.path(symbol))
        return places[0] if places and self._index.symbols[places[0]].kind in TYPES else symbol

    def functions(self, name: str) -> list[int]:
        """Methods of that name that files define outside any class."""
        symbols = self._index.symbols
        found = self._scopes.definitions(_EVERYWHERE, name)
        return [each for each in found if symbols[each].kind is SymbolKind.FUNCTION]
