"""Calls and uses. The source of an edge is the innermost symbol around the reference, else the module."""

from docrunch.graph.model import EdgeKind
from docrunch.graph.place import Place
from docrunch.graph.resolve import flow
from docrunch.graph.resolve.interface import CALLABLE, VALUES
from docrunch.graph.resolve.values import (
    AMBIGUOUS,
    DYNAMIC_RECEIVER,
    EXTERNAL,
    EXTERNAL_BASE,
    EXTERNAL_RECEIVER,
    INSTANCE,
    LOCAL_VALUE,
    MISS,
    NO_MEMBER,
    RESULT,
    SUPER,
    SYMBOL,
    UNTYPED_RETURN,
    Value,
    miss,
)
from docrunch.ids import NodeId
from docrunch.parsing.model import DOCUMENT_KINDS, Reference

_UNKNOWN_RECEIVER = frozenset({DYNAMIC_RECEIVER, LOCAL_VALUE, UNTYPED_RETURN})


def add(here: Place, known: frozenset[int]) -> None:
    """Args: ``known``: files that this one can name."""
    for reference in here.facts.references:
        source = here.source(reference.scope)
        if reference.kind in DOCUMENT_KINDS:
            continue
        if reference.kind == "call":
            _add_call(here, source, reference, known)
        else:
            _add_use(here, source, reference)


def _add_call(here: Place, source: NodeId, reference: Reference, known: frozenset[int]) -> None:
    value = _callee(here, here.r.chain(here.file, reference.scope, reference.chain))
    if value[0] == MISS:
        several = here.r.hierarchy.ambiguity(value)
        if several:
            targets = [here.index.id_of(number) for number in several]
            here.edges.ambiguous(source, EdgeKind.CALLS, reference.line, targets)
        value = _guess(here, source, reference, value, known)
    if value[0] == MISS:
        here.unresolved(str(value[1]))
        return
    target = here.node(value)
    if target is not None:
        here.edges.add(source, target, EdgeKind.CALLS, value[2], reference.line)
        here.targets[target] = (value[0], value[1])


def _callee(here: Place, value: Value) -> Value:
    """What a call of the value runs: an alias is followed, an instance is called by its ``__call__``."""
    if value[0] == INSTANCE and isinstance(value[1], int):
        operator = here.r.family_of(value[1]).call_operator
        return here.r.member(value, operator) if operator else miss(NO_MEMBER)
    if value[0] == SUPER and isinstance(value[1], int) and here.r.family_of(value[1]).super_constructs:
        above = here.r.hierarchy.order(value[1])[0][1:2]
        return (SYMBOL, above[0], value[2]) if above else miss(EXTERNAL_BASE)
    value = flow.plain(here.r, value)
    if value[0] == RESULT:
        return miss(EXTERNAL_RECEIVER)
    if value[0] == SYMBOL and isinstance(value[1], int) and here.index.symbols[value[1]].kind in VALUES:
        held = here.r.held(value[1])
        if held[0] == SYMBOL and isinstance(held[1], int) and here.index.symbols[held[1]].kind in CALLABLE:
            return held
    return value if value[0] in (SYMBOL, EXTERNAL, MISS) else miss(DYNAMIC_RECEIVER)


def _guess(here: Place, source: NodeId, reference: Reference, value: Value, known: frozenset[int]) -> Value:
    """The heuristic, for methods of receivers nobody knows."""
    if len(reference.chain) < 2 or value[1] not in _UNKNOWN_RECEIVER:
        return value
    name, unique = reference.chain[-1], here.shared.unique
    found = unique.find(here.file, name, reference.args, known)
    if found is not None:
        return found
    several = unique.candidates(here.file, name, reference.args, known)
    if several:
        targets = [here.index.id_of(number) for number in several]
        here.edges.ambiguous(source, EdgeKind.CALLS, reference.line, targets)
        return miss(AMBIGUOUS)
    return value


def _add_use(here: Place, source: NodeId, reference: Reference) -> None:
    """Uses of what the repository defines; a use of something outside says nothing about this code."""
    value = flow.plain(here.r, here.r.chain(here.file, reference.scope, reference.chain))
    if value[0] != SYMBOL or not isinstance(value[1], int):
        return
    target = here.index.id_of(value[1])
    if target != source:
        here.edges.add(source, target, EdgeKind.USES, value[2], reference.line)
