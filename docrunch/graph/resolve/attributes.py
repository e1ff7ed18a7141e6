"""Rule: what variables, properties and assigned attributes hold."""

from typing import TYPE_CHECKING

from docrunch.graph.resolve import names
from docrunch.graph.resolve.values import (
    ATTRIBUTE,
    CONSTRUCTED,
    DYNAMIC_RECEIVER,
    MISS,
    NO_MEMBER,
    Value,
    lower,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver


def held(r: "Resolver", symbol: int) -> Value:
    """By the declared type, else by the one value it is bound to."""
    found = r.index.symbols[symbol]
    file, scope = r.index.scope_of(symbol)
    written = found.type or (found.returns if found.kind is SymbolKind.PROPERTY else "")
    if written:
        return r.annotated(file, scope, written, ATTRIBUTE)
    bindings = r.index.bindings(file, scope, found.name)
    if bindings:
        value = names.bound(r, file, scope, bindings)
        return lower(value, CONSTRUCTED) if value[0] != MISS else miss(DYNAMIC_RECEIVER)
    owner = r.index.parents[symbol]
    if owner >= 0:
        value = r.attribute(owner, found.name)
        return value if value[0] != MISS else miss(DYNAMIC_RECEIVER)
    return miss(DYNAMIC_RECEIVER)


def assigned(r: "Resolver", owner: int, name: str) -> Value:
    """All assignments of ``self.name`` in the class itself must agree.

    The miss is ``no_member`` where nothing assigns the name, so that base classes are asked next.
    """
    found = [*(r.index.attributes(owner, name) or ())]
    for part in r.family_of(owner).other_parts(r, owner):
        found += r.index.attributes(part, name) or ()
    if not found:
        return miss(NO_MEMBER)
    typed = [item for item in found if item[1].type]
    agreed: Value | None = None
    for file, binding in typed or found:
        value = names.evaluate(r, file, binding.scope, binding)
        if value[0] == MISS or (agreed is not None and agreed[:2] != value[:2]):
            return miss(DYNAMIC_RECEIVER)
        agreed = value if agreed is None else lower(agreed, value[2])
    return agreed if agreed is not None else miss(NO_MEMBER)
