"""Go: which interfaces of the repository a type fulfils, by the names and signatures of its methods."""

import re
from typing import TYPE_CHECKING

from docrunch.graph.resolve.attachments import SymbolName
from docrunch.graph.resolve.interface import CALLABLE, Definition
from docrunch.graph.resolve.reads import CONTRACT
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_QUALIFIER = re.compile(r"\b\w+\.(?=\w)")
_RESULT_NAME = re.compile(r"(?<=[(,])\s*\w+\s+(?=[\w*\[.])")
_SPACE = re.compile(r"\s+")


class GoContracts:
    def __init__(self, index: "Index") -> None:
        self._index = index
        self._known: dict[int, tuple[tuple[int, ...], int]] = {}
        self._by_method: dict[str, list[tuple[int, str]]] = {}  # first method → file and local name of interfaces
        for number, outline in enumerate(index.outlines):
            for local_name, method in outline.contracts:
                self._by_method.setdefault(method, []).append((number, local_name))

    def table(self) -> dict[str, str]:
        paths = self._index.paths
        return {
            method: "\n".join(f"{paths[file]}:{name}" for file, name in found)
            for method, found in self._by_method.items()
        }

    def of(self, r: "Resolver", symbol: int) -> tuple[int, ...]:
        """The interfaces that a type fulfils; () for an interface."""
        return self._index.reads.remembered(self._known, symbol, lambda number: self._of(r, number))

    def _of(self, r: "Resolver", symbol: int) -> tuple[int, ...]:
        if self._index.symbols[symbol].kind is SymbolKind.INTERFACE:
            return ()
        own = self._methods(r, symbol)
        found = []
        for name in sorted(own):
            self._index.reads.note(CONTRACT, name)
            for file, local_name in self._by_method.get(name, ()):
                contract = self._index.named(SymbolName(self._index.paths[file], local_name, SymbolKind.INTERFACE, 0))
                if contract >= 0 and self._fulfils(r, symbol, own, contract):
                    found.append(contract)
        return tuple(found)

    def _methods(self, r: "Resolver", symbol: int) -> dict[str, Definition]:
        found: dict[str, Definition] = {}
        for place in r.hierarchy.order(symbol)[0]:
            numbers = [number for each in self._index.members.get(place, {}).values() for number in each]
            numbers += [
                self._index.method(path, method.symbol)
                for methods in r.hierarchy.attached(place).values()
                for path, method in methods
            ]
            for number in numbers:
                definition = self._index.symbols[number]
                if definition.kind in CALLABLE:
                    found.setdefault(definition.name, definition)
        return found

    def _fulfils(self, r: "Resolver", symbol: int, own: dict[str, Definition], contract: int) -> bool:
        if r.hierarchy.order(contract)[1]:
            return False  # it embeds interfaces that we cannot see
        wanted = self._methods(r, contract)
        same_directory = self._directory(symbol) == self._directory(contract)
        return all(
            name in own and (same_directory or name[:1].isupper()) and _signature(own[name]) == _signature(method)
            for name, method in wanted.items()
        )

    def _directory(self, symbol: int) -> str:
        return self._index.paths[self._index.symbol_file[symbol]].rpartition("/")[0]


def _signature(method: Definition) -> tuple[str, ...]:
    """Types of parameters and results, the names of packages left out: each file has its own for them."""
    results = _RESULT_NAME.sub("", method.returns)
    if results.startswith("(") and "," not in results:
        results = results[1:-1]
    return tuple(_SPACE.sub("", _QUALIFIER.sub("", text)) for text in (*(p.type for p in method.params), results))
