"""Imports and re-exports: edges from a module to the modules and names that it imports."""

from docrunch.graph.model import EdgeKind
from docrunch.graph.place import Place
from docrunch.graph.resolve.interface import Using
from docrunch.graph.resolve.values import EXTERNAL, INSTANCE, MISS, MODULE, NO_MEMBER, PACKAGE, SYMBOL, Value
from docrunch.parsing.model import Import


def add(here: Place) -> frozenset[int]:
    """Add the edges; returns the files that this one can name afterwards."""
    reached: set[int] = {here.file}
    for found, using in zip(here.facts.imports, here.index.usings(here.file), strict=True):
        _add_import(here, found, using, reached)
    _add_listed(here)
    reached.update(here.r.family(here.file).sees(here.file))
    return frozenset(reached)


def _add_import(here: Place, found: Import, using: Using, reached: set[int]) -> None:
    origin = here.r.family(here.file).origin(here.r, here.file, using)
    if origin[0] == MISS:
        here.unresolved(f"import_{origin[1]}")
        return
    value = here.r.imported(here.file, using) if using.name not in ("", "*") else origin
    _add_edge(here, origin, found, reached)
    if value[0] == MISS:
        if value[1] == NO_MEMBER and origin[0] != EXTERNAL:
            here.unresolved("import_no_member")
        return
    if value[:2] != origin[:2] and value[0] != EXTERNAL:
        _add_edge(here, value, found, reached)
    if value[0] in (SYMBOL, MODULE, PACKAGE) and _is_reexport(here, found):
        target = here.node(value)
        if target is not None and target != here.module:
            here.edges.add(here.module, target, EdgeKind.EXPORTS, value[2], found.line)


def _add_listed(here: Place) -> None:
    """Names that a module lists (``__all__``, ``export {…}``) but takes from elsewhere, stars included."""
    lines = {found.alias or found.name: found.line for found in here.facts.imports if found.scope < 0}
    for public, _ in here.facts.exports:
        value = here.r.module_member(here.file, public)
        if value[0] != SYMBOL or not isinstance(value[1], int) or here.index.symbol_file[value[1]] == here.file:
            continue
        line = lines.get(public, 0) or lines.get("*", 0)
        here.edges.add(here.module, here.index.id_of(value[1]), EdgeKind.EXPORTS, value[2], line)


def _add_edge(here: Place, value: Value, found: Import, reached: set[int]) -> None:
    here.lead(here.module, value, EdgeKind.IMPORTS, found.line)
    tag, payload, _ = value
    if tag == MODULE and isinstance(payload, int):
        reached.add(payload)
    elif tag in (SYMBOL, INSTANCE) and isinstance(payload, int):
        reached.add(here.index.symbol_file[payload])
    elif tag == PACKAGE and isinstance(payload, str):
        family, key = here.r.package(payload)
        reached.update(family.package_files(key))


def _is_reexport(here: Place, found: Import) -> bool:
    if found.reexport:
        return True
    if here.facts.language != "python" or found.scope >= 0 or found.name == "":
        return False
    if here.facts.exports:
        return False  # `_add_listed` has them
    return here.path.endswith("/__init__.py") and not (found.alias or found.name).startswith("_")
