"""The identifiers that characterise a body, for its embedding card."""

from collections.abc import Iterable

from docrunch.parsing.model import Reference

MAX_IDENTIFIERS = 12


def salient_identifiers(references: Iterable[Reference], common: frozenset[str]) -> dict[int, tuple[str, ...]]:
    """Symbol index → the first distinct names that its body calls or uses, without the language's common ones."""
    found: dict[int, dict[str, None]] = {}
    telling: dict[str, str] = {}  # part of a chain → the name in it, "" for one that says nothing
    for reference in references:
        scope = reference.scope
        if scope < 0:
            continue
        names = found.get(scope)
        if names is None:
            names = found[scope] = {}
        if len(names) >= MAX_IDENTIFIERS:
            continue
        for part in reference.chain:
            name = telling.get(part)
            if name is None:
                name = telling[part] = _name(part, common)
            if name and len(names) < MAX_IDENTIFIERS:
                names[name] = None
    return {scope: tuple(names) for scope, names in sorted(found.items()) if names}


def _name(part: str, common: frozenset[str]) -> str:
    name = part.removesuffix("()")
    if name[:1] == ":":
        name = name[1:].split("`", 1)[0]
    elif name.find("~") > 0:  # JavaScript: one of several locals of a name
        name = name.split("~", 1)[0]
    return name if len(name) > 1 and name[0] != "[" and name not in common else ""
