"""Rule: one of several Swift functions, by the labels of the arguments
(https://docs.swift.org/swift-book/documentation/the-swift-programming-language/functions, and SE-0286 for closures).
"""

from collections.abc import Sequence

from docrunch.graph.resolve.interface import Definition, Parameter

_CLOSURE = "{"  # the first closure behind the call, as `docrunch.parsing.model.Reference.labels` has it


def label(param: Parameter) -> str:
    """``with x`` → "with", ``_ x`` → "", ``x`` → "x"."""
    outside = param.name.split(" ", 1)[0]
    return "" if outside == "_" else outside


def shape(definition: Definition) -> tuple[str, ...]:
    return tuple(f"{label(param)}:{param.type}" for param in definition.params)


def fits(definition: Definition, arguments: int, labels: Sequence[str]) -> bool:
    """Whether a call can mean the function. Args: ``arguments``: -1 where they are not known."""
    if arguments < 0:
        return True
    params, at = definition.params, 0
    for given in labels:
        if given == _CLOSURE:
            return at < len(params) or _takes_many(params)
        at = _next(params, at, given)
        if at < 0:
            return False
    return all(_may_lack(param) for param in params[at:])


def _next(params: Sequence[Parameter], at: int, given: str) -> int:
    """The position behind the parameter that an argument is for, -1 without one."""
    if given == "" and at and params[at - 1].type.endswith("..."):
        return at
    while at < len(params):
        if label(params[at]) == given:
            return at + 1
        if not _may_lack(params[at]):
            return -1
        at += 1
    return -1


def _may_lack(param: Parameter) -> bool:
    return param.optional or param.type.endswith("...")


def _takes_many(params: Sequence[Parameter]) -> bool:
    return bool(params) and params[-1].type.endswith("...")
