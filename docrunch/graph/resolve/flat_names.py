"""Names below namespaces, flattened (C, C++): ``log`` in ``namespace geo::detail`` is the name "geo.detail.log".

A namespace is open: every file may add to it. So its names are names of the files, not members of one symbol. What is
in an inline namespace is in the one around it; a namespace that a macro opens is called like the macro.
"""

from collections.abc import Sequence
from typing import Protocol

from docrunch.parsing.model import SymbolKind


class Named(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> SymbolKind: ...
    @property
    def local_name(self) -> str: ...
    @property
    def parent(self) -> int: ...
    @property
    def modifiers(self) -> tuple[str, ...]: ...


def flat_names(symbols: Sequence[Named]) -> list[str]:
    """For each symbol its flattened name, "" where it is inside a type or a function.

    Enumerators without a scope of their own are names of what is around their enum. A definition outside its class or
    namespace (``void geo::log() {}``) has the name that it spells.
    """
    found: list[str] = []
    around: list[str | None] = []  # for each symbol, the path that names directly inside it start with
    for symbol in symbols:
        parent = symbol.parent
        outer = around[parent] if 0 <= parent < len(around) else ""
        if outer is None:
            found.append("")
            around.append(None)
            continue
        spelled = symbol.name
        if 0 <= parent < len(around) and "enumerator" not in symbol.modifiers:
            spelled = symbol.local_name.removeprefix(symbols[parent].local_name + ".")
        elif "enumerator" not in symbol.modifiers:
            spelled = symbol.local_name
        name = f"{outer}.{spelled}" if outer else spelled
        found.append(name)
        open_enum = symbol.kind is SymbolKind.ENUM and "scoped" not in symbol.modifiers
        inner: str | None = None
        if symbol.kind is SymbolKind.NAMESPACE:
            inner = outer if "inline" in symbol.modifiers else name
        around.append(outer if open_enum else inner)
    return found
