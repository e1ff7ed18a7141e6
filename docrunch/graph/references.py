"""Calls and uses. The source of an edge is the innermost symbol around the reference, else the module."""

from docrunch.graph import mentions
from docrunch.graph.model import EdgeKind
from docrunch.graph.place import Place
from docrunch.graph.resolve import callables, flow, overloads
from docrunch.graph.resolve.interface import CALLABLE, TYPES, VALUES
from docrunch.graph.resolve.values import (
    AMBIGUOUS,
    DYNAMIC_RECEIVER,
    EXTERNAL,
    EXTERNAL_BASE,
    EXTERNAL_MEMBER,
    EXTERNAL_RECEIVER,
    INSTANCE,
    LOCAL_VALUE,
    MISS,
    MODULE,
    NO_MEMBER,
    RESULT,
    SUPER,
    SYMBOL,
    UNTYPED_RETURN,
    Value,
    lower,
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
    told = mentions.meaning(here, reference)
    value = _callee(here, told or here.r.chain(here.file, reference.scope, _asked(here, reference)))
    if told is None or value[0] == MISS:
        value = overloads.chosen(here.r, here.file, reference.scope, value, reference.args, reference.labels)
    if value[0] == MISS:
        several = _fitting(here, value, reference)
        if len(several) > 1:
            targets = [here.index.id_of(number) for number in several]
            here.edges.ambiguous(source, EdgeKind.CALLS, reference.line, targets)
        value = _guess(here, source, reference, value, known)
    if value[0] == MISS:
        here.unresolved(str(value[1]))
        here.unknown(reference.chain)
        return
    target = here.node(value)
    if target is not None:
        here.edges.add(source, target, EdgeKind.CALLS, value[2], reference.line)
        here.targets[target] = (value[0], value[1])


def _asked(here: Place, reference: Reference) -> tuple[str, ...]:
    """The chain, its last part as a call of so many arguments where that tells functions apart."""
    chain = reference.chain
    if reference.kind != "call" or not here.r.family(here.file).separate_calls or chain[-1] == "?":
        return chain
    return (*chain[:-1], callables.call(chain[-1], reference.args))


def _fitting(here: Place, value: Value, reference: Reference) -> list[int]:
    several = here.r.hierarchy.ambiguity(value)
    family = here.r.family(here.file)
    return family.fitting(several, here.file, reference.args, reference.labels) if several else []


def _callee(here: Place, value: Value) -> Value:
    """What a call of the value runs: an alias is followed, an instance is called by its operator."""
    if value[0] == INSTANCE and isinstance(value[1], int):
        operator = here.r.family_of(value[1]).call_operator
        return here.r.member(value, operator) if operator else miss(NO_MEMBER)
    if value[0] == SUPER and isinstance(value[1], int) and here.r.family_of(value[1]).super_constructs:
        above = here.r.hierarchy.order(value[1])[0][1:2]
        if not above:
            return miss(EXTERNAL_BASE)
        return _callee(here, here.r.family_of(above[0]).runs(here.r, above[0]))
    if value[0] == MODULE and isinstance(value[1], int):
        whole = here.r.family(value[1]).module_value(here.r, value[1])
        return _callee(here, whole) if whole is not None and whole[0] != MODULE else miss(DYNAMIC_RECEIVER)
    value = flow.plain(here.r, value)
    if value[0] == EXTERNAL_MEMBER:
        return (EXTERNAL, value[1], value[2])
    if value[0] == RESULT:
        return miss(EXTERNAL_RECEIVER)
    if value[0] == SYMBOL and isinstance(value[1], int) and here.index.symbols[value[1]].kind in TYPES:
        run = here.r.family_of(value[1]).runs(here.r, value[1])
        return lower(run, value[2]) if run[:2] == value[:2] else _callee(here, run)
    if value[0] == SYMBOL and isinstance(value[1], int) and here.index.symbols[value[1]].kind in VALUES:
        held = here.r.held(value[1])
        if held[0] == SYMBOL and isinstance(held[1], int) and here.index.symbols[held[1]].kind in CALLABLE:
            return held
        family = here.r.family_of(value[1])
        if not family.calls_values:
            operator = family.call_operator
            return flow.plain(here.r, here.r.member(held, operator)) if operator else miss(DYNAMIC_RECEIVER)
    return value if value[0] in (SYMBOL, EXTERNAL, MISS) else miss(DYNAMIC_RECEIVER)


def _guess(here: Place, source: NodeId, reference: Reference, value: Value, known: frozenset[int]) -> Value:
    """The heuristic, for methods of receivers nobody knows."""
    if len(reference.chain) < 2 or value[1] not in _UNKNOWN_RECEIVER or not here.r.family(here.file).guesses:
        return value
    name, unique = reference.chain[-1], here.shared.unique
    if reference.scope >= 0 and here.facts.symbols[reference.scope].name == name:
        return value  # a method that hands on to one of its own name means another type's
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
    told = mentions.meaning(here, reference)
    value = flow.plain(here.r, told or here.r.chain(here.file, reference.scope, reference.chain))
    if value[0] == MISS:
        here.unknown(reference.chain)
    if value[0] != SYMBOL or not isinstance(value[1], int):
        return
    target = here.index.id_of(value[1])
    if _is_bare_call(here, value[1], reference):
        here.edges.add(source, target, EdgeKind.CALLS, value[2], reference.line)
        here.targets[target] = (value[0], value[1])
    elif target != source:
        here.edges.add(source, target, EdgeKind.USES, value[2], reference.line)


def _is_bare_call(here: Place, number: int, reference: Reference) -> bool:
    symbol = here.index.symbols[number]
    if symbol.kind not in CALLABLE or reference.kind != "use" or not here.r.family_of(number).bare_calls:
        return False
    return overloads.takes(here.r.family_of(number), symbol, 0)
