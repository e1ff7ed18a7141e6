"""Rule: members of modules. Definitions, then what the module imports or re-exports, then its submodules."""

from typing import TYPE_CHECKING

from docrunch.graph.resolve.values import (
    EXTERNAL,
    MISS,
    MODULE,
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
    index = r.index
    family = index.families[file]
    if family == "go":
        return r.go.file_member(r, file, name)
    if family == "rust" and name in ("super", "self", "crate"):
        return r.rust.special(file, -1, name) or miss(NO_CANDIDATE)
    local = index.exported_as(file, name)
    if local:
        return r.chain(file, -1, tuple(local.split(".")))
    found = index.top(file, name)
    if found:
        return r.hierarchy.pick(found, family)
    if family == "rust":  # before imports: `mod name;` counts as one
        child = r.rust.child(file, (), name)
        if child is not None:
            return child
    imported = index.imports(file, -1, name)
    if imported:
        return r.imported(file, imported[-1] if family == "python" and len(imported) == 1 else imported[0])
    if family == "python":
        value = r.python.submodule(file, name)
        if value is not None:
            return value
    if family == "rust" and name.endswith("!"):
        return r.rust.macro(file, name)
    return _starred(r, file, name)


def _starred(r: "Resolver", file: int, name: str) -> Value:
    """Through star imports; a star import of an outside module may hide anything."""
    index = r.index
    outside = False
    for star in index.stars(file, -1):
        origin = r.imported(file, star)
        if origin[0] in (EXTERNAL, MISS):
            outside = outside or (origin[0] == EXTERNAL and not str(origin[1]).startswith("std::"))
            continue
        if index.families[file] == "python" and not _starred_out(r, origin, name):
            continue
        if index.families[file] == "javascript" and name == "default":
            continue
        value = r.member(origin, name)
        if value[0] != MISS:
            return lower(value, STAR_IMPORT)
    return miss(STAR_EXTERNAL if outside else NO_CANDIDATE)


def _starred_out(r: "Resolver", origin: Value, name: str) -> bool:
    """Does ``from origin import *`` bring the name along? ``__all__`` decides, else the leading underscore."""
    if origin[0] != MODULE or not isinstance(origin[1], int):
        return False
    listed = r.index.is_listed(origin[1], name)
    return not name.startswith("_") if listed is None else listed
