"""Rule: imports. Which module an import names, and which of its members it binds."""

from typing import TYPE_CHECKING

from docrunch.graph.resolve.interface import Using
from docrunch.graph.resolve.values import EXTERNAL, MISS, NO_CANDIDATE, NO_MEMBER, Value, miss

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver


def origin(r: "Resolver", file: int, found: Using) -> Value:
    """The module, package or outside name that the import names, before any member of it."""
    family = r.index.families[file]
    if family == "python":
        return r.python.module(file, found)
    if family == "javascript":
        return r.javascript.module(file, found)
    if family == "go":
        return r.go.package(found.module)
    if family == "rust":
        return r.rust.use(r, file, found)
    return (EXTERNAL, found.module, 1000) if found.module else miss(NO_CANDIDATE)


def target(r: "Resolver", file: int, found: Using) -> Value:
    """What the bound name means: the module itself or the member that the import names."""
    family = r.index.families[file]
    if family == "python" and not found.name and not found.alias:
        return r.python.first_part(file, found)
    start = origin(r, file, found)
    if start[0] == MISS or found.name in ("", "*") or family == "go":
        return start
    if family == "rust" and found.name == "self":
        return start
    value = r.member(start, found.name)
    return miss(NO_MEMBER) if value[0] == MISS and value[1] == NO_CANDIDATE else value
