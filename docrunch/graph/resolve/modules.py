"""Rule: names at the top of a file. Definitions, what the file imports or re-exports, what its star imports bring.

Each answers ``None`` where the next may be asked; a family puts them in its order (`families.base.Family.file_member`).
"""

from typing import TYPE_CHECKING

from docrunch.graph.resolve.values import (
    EXTERNAL,
    MISS,
    NO_CANDIDATE,
    STAR_EXTERNAL,
    STAR_IMPORT,
    Value,
    lower,
    miss,
)

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver


def member(r: "Resolver", file: int, name: str) -> Value:
    """The name at the top level of a file, however it came there."""
    return r.family(file).file_member(r, file, name)


def listed(r: "Resolver", file: int, name: str) -> Value | None:
    """What a file lists under a public name (``export {a as b}``)."""
    local = r.index.exported_as(file, name)
    return r.chain(file, -1, tuple(local.split("."))) if local else None


def defined(r: "Resolver", file: int, name: str) -> Value | None:
    found = r.index.top(file, name)
    return r.hierarchy.pick(found, r.family(file)) if found else None


def imported(r: "Resolver", file: int, name: str, *, last: bool = False) -> Value | None:
    """``last``: of several imports of one name the last one counts."""
    found = r.index.imports(file, -1, name)
    return r.imported(file, found[-1 if last else 0]) if found else None


def starred(r: "Resolver", file: int, name: str) -> Value:
    """Through star imports; a star import of an outside module may hide anything."""
    family = r.family(file)
    outside = False
    for star in r.index.stars(file, -1):
        origin = r.imported(file, star)
        if origin[0] in (EXTERNAL, MISS):
            outside = outside or (origin[0] == EXTERNAL and not family.is_quiet_star(str(origin[1])))
            continue
        if not family.is_starred_out(r, origin, name):
            continue
        value = r.member(origin, name)
        if value[0] != MISS:
            return lower(value, STAR_IMPORT)
    return miss(STAR_EXTERNAL if outside else NO_CANDIDATE)
