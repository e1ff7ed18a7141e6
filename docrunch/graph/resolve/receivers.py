"""Methods written outside their type, seen from inside them."""

from typing import TYPE_CHECKING

from docrunch.graph.resolve.interface import Definition

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver


def attached_method(r: "Resolver", file: int, scope: int) -> tuple[int, Definition] | None:
    """The innermost method with a receiver around a scope: its own scope and itself."""
    current = scope
    while current >= 0:
        symbol = r.index.symbol(file, current)
        if symbol.receiver:
            return current, symbol
        current = symbol.parent
    return None


def bare_type(written: str) -> str:
    """``*Mux[K]`` → ``Mux``."""
    return written.lstrip("*& ").split("[", 1)[0].split("<", 1)[0].strip()
