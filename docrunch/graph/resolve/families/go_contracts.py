"""Go: which interfaces of the repository and of the standard library a type fulfils, by its methods' signatures.

What is embedded of other packages counts where the standard library's table knows it; an interface that embeds anything
else is fulfilled by nobody.
"""

import re
from typing import TYPE_CHECKING

from docrunch.graph.resolve.attachments import SymbolName
from docrunch.graph.resolve.families import go_outside
from docrunch.graph.resolve.families.go_outside import Signature
from docrunch.graph.resolve.interface import CALLABLE, Definition
from docrunch.graph.resolve.reads import CONTRACT
from docrunch.graph.resolve.values import EXTERNAL, SYMBOL
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

Fulfilled = tuple[tuple[int, ...], tuple[str, ...]]  # interfaces of the repository, of the standard library
_MOST = 200  # interfaces of a repository that one type is said to fulfil
_QUALIFIER = re.compile(r"\b\w+\.(?=\w)")
_RESULT_NAME = re.compile(r"(?<=[(,])\s*\w+\s+(?=[\w*\[.])")
_SPACE = re.compile(r"\s+")


class GoContracts:
    def __init__(self, index: "Index") -> None:
        self._index = index
        self._known: dict[int, tuple[Fulfilled, int]] = {}
        self._wanted: dict[int, tuple[dict[str, Signature] | None, int]] = {}
        self._by_method: dict[str, list[tuple[int, str]]] = {}  # key of `outline._contracts` → interfaces
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
        """The interfaces of the repository that a type fulfils; () for an interface."""
        return self._fulfilled(r, symbol)[0]

    def outside(self, r: "Resolver", symbol: int) -> tuple[str, ...]:
        """Those of the standard library that are worth telling (`go_outside.TOLD`)."""
        return tuple(name for name in self._fulfilled(r, symbol)[1] if name in go_outside.TOLD)

    def _fulfilled(self, r: "Resolver", symbol: int) -> Fulfilled:
        return self._index.reads.remembered(self._known, symbol, lambda number: self._of(r, number))

    def _of(self, r: "Resolver", symbol: int) -> Fulfilled:
        if self._index.symbols[symbol].kind is SymbolKind.INTERFACE:
            return (), ()
        own = self._methods(r, symbol, complete=False) or {}
        known = go_outside.fulfilled(own)
        found: list[int] = []
        asked = dict.fromkeys([*sorted(own), *(_embedding(name.rsplit(".", 1)[-1]) for name in known)])
        left = list(asked)
        while left:
            key = left.pop(0)
            self._index.reads.note(CONTRACT, key)
            for file, local_name in self._by_method.get(key, ()):
                contract = self._index.named(SymbolName(self._index.paths[file], local_name, SymbolKind.INTERFACE, 0))
                if len(found) >= _MOST:
                    return tuple(found), known
                if contract < 0 or contract in found or not self._fulfils(r, symbol, own, contract):
                    continue
                found.append(contract)
                above = _embedding(self._index.symbols[contract].name)
                if above not in asked:
                    asked[above] = None
                    left.append(above)
        return tuple(found), known

    def _methods(self, r: "Resolver", symbol: int, *, complete: bool) -> dict[str, Signature] | None:
        """By name; ``None`` where something embedded may bring more and ``complete`` ones are wanted."""
        found: dict[str, Signature] = {}
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
                    found.setdefault(definition.name, signature(definition))
        for embedded in self._embedded(r, symbol):
            known = go_outside.interfaces().get(embedded)
            if known is None and complete:
                return None
            for name, each in (known or {}).items():
                found.setdefault(name, each)
        return found

    def _embedded(self, r: "Resolver", symbol: int) -> list[str]:
        """What a type and those it embeds embed of other packages, "" for what nobody knows."""
        if not r.hierarchy.order(symbol)[1]:
            return []
        found = []
        for place in r.hierarchy.order(symbol)[0]:
            file, scope = self._index.scope_of(place)
            for written in self._index.symbols[place].bases:
                value = r.hierarchy.base(file, scope, written)
                if value[0] != SYMBOL:
                    found.append(str(value[1]) if value[0] == EXTERNAL else "")
        return found

    def _fulfils(self, r: "Resolver", symbol: int, own: dict[str, Signature], contract: int) -> bool:
        wanted = self._index.reads.remembered(
            self._wanted, contract, lambda number: self._methods(r, number, complete=True)
        )
        same_directory = self._directory(symbol) == self._directory(contract)
        return bool(wanted) and all(
            own.get(name) == method and (same_directory or name[:1].isupper())
            for name, method in (wanted or {}).items()
        )

    def _directory(self, symbol: int) -> str:
        return self._index.paths[self._index.symbol_file[symbol]].rpartition("/")[0]


def _embedding(name: str) -> str:
    """Where interfaces that only embed others are found, by one of those."""
    return "^" + name


def signature(method: Definition) -> Signature:
    """Types of parameters and results, the names of packages left out: each file has its own for them."""
    results = _RESULT_NAME.sub("", method.returns)
    if results.startswith("(") and "," not in results:
        results = results[1:-1]
    texts = (*(param.type for param in method.params), results)
    return tuple(go_outside.plain(_SPACE.sub("", _QUALIFIER.sub("", text))) for text in texts)
