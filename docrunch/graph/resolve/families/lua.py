"""Lua: a module is what its file returns; ``require("a.b")`` means ``a/b.lua`` or ``a/b/init.lua`` below some root."""

from typing import TYPE_CHECKING

from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.interface import Using
from docrunch.graph.resolve.paths import first_file, upwards
from docrunch.graph.resolve.values import EXACT, EXTERNAL, MODULE, SELF_MEMBER, SYMBOL, Value, lower
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver

_ROOTS = ("", "src/", "lua/", "lib/")
_FILES = (".lua", "/init.lua", ".luau")


class Lua(Family):
    def receiver(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        """``self`` in ``function M:run()`` is M, or an instance whose class M is."""
        if name != "self":
            return None
        while scope >= 0:
            symbol = r.index.symbol(file, scope)
            if symbol.kind is SymbolKind.METHOD and symbol.parent >= 0:
                return (SYMBOL, r.index.number(file, symbol.parent), SELF_MEMBER)
            scope = symbol.parent
        return None

    def module_value(self, r: "Resolver", file: int) -> Value | None:
        return r.module_member(file, "default")

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        place = found.module.replace(".", "/").strip("/")
        tails = [root + place + suffix for root in _ROOTS for suffix in _FILES]
        number = first_file(r.index, self.key, upwards(r.index.paths[file], *tails)) if place else -1
        return (MODULE, number, EXACT) if number >= 0 else (EXTERNAL, found.module, EXACT)

    def target(self, r: "Resolver", file: int, found: Using) -> Value:
        """The table that the module returns, where it has a name."""
        origin = self.origin(r, file, found)
        if origin[0] != MODULE or not isinstance(origin[1], int):
            return origin
        whole = self.module_value(r, origin[1])
        return lower(whole, origin[2]) if whole is not None and whole[0] == SYMBOL else origin
