"""Rule: declarations and definitions of one function belong together."""

import re
from collections.abc import Sequence

import msgspec

from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.interface import Definition

_SPACE = re.compile(r"\s+|\bstruct\b|\bclass\b|\benum\b|\btypename\b")
_QUALIFIED = re.compile(r"\b(?:[A-Za-z_]\w*::)+")


class Declared(msgspec.Struct):
    """One function: where it is announced (no body), and where it is defined."""

    announced: list[int]
    defined: list[int]


def group(found: Sequence[tuple[int, Definition]], overloaded: bool) -> list[Declared]:
    """Functions of one name by their parameters; in C all are one.

    A definition may spell its parameters in other words than its declaration. Where it has as many as exactly one
    declaration that nothing else defines, it is that one's.
    """
    if not overloaded:
        made = Declared([], [])
        for number, definition in found:
            _into(made, number, definition)
        return [made] if found else []
    groups: dict[tuple[str, ...], Declared] = {}
    for number, definition in found:
        _into(groups.setdefault(_signature(definition), Declared([], [])), number, definition)
    _marry(groups, dict(found))
    return [each for each in groups.values() if each.announced or each.defined]


def _into(made: Declared, number: int, definition: Definition) -> None:
    (made.defined if definition.has_body else made.announced).append(number)


def _signature(definition: Definition) -> tuple[str, ...]:
    types = [_QUALIFIED.sub("", _SPACE.sub("", param.type)) for param in definition.params]
    return (*types, "const" if "const" in definition.modifiers else "")


def _marry(groups: dict[tuple[str, ...], Declared], symbols: dict[int, Definition]) -> None:
    only_announced: dict[int, list[Declared]] = {}
    only_defined: dict[int, list[Declared]] = {}
    for signature, each in groups.items():
        if each.announced and not each.defined:
            only_announced.setdefault(len(signature), []).append(each)
        elif each.defined and not each.announced and any(symbols[number].receiver for number in each.defined):
            only_defined.setdefault(len(signature), []).append(each)
    for count, definitions in only_defined.items():
        announced = only_announced.get(count, [])
        if len(definitions) == 1 and len(announced) == 1:
            announced[0].defined = definitions[0].defined
            definitions[0].defined = []


def chosen(each: Declared, file: int, index: Index) -> list[int]:
    """The definition that a file means: its own, else the only one, else all; the declaration where there is none."""
    if not each.defined:
        return each.announced[:1]
    own = [number for number in each.defined if index.symbol_file[number] == file]
    if len(own) == 1:
        return own
    return own or each.defined
