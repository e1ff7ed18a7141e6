"""Dotted chains of names, in the notation of `model.Reference.chain`."""

import re

import msgspec

from docrunch.parsing.parser import Node

_PLAIN = re.compile(rb"[^\W\d]\w*(?:(?:\.|::)[^\W\d]\w*)*\Z")
_SEPARATOR = re.compile(r"\.|::")
_MAX_PARTS = 32
TYPE_MARK = ":"  # in front of a part that can only be a type
_PLAIN_BYTES = 200  # longer expressions are hardly plain names, and nested ones would be copied again and again


class ChainRules(msgspec.Struct, frozen=True):
    """How a grammar spells member access, calls and wrappers: node kind → field that leads inward."""

    members: dict[str, tuple[str, str]]  # kind → (field of the object, field of the member, "" for the last child)
    calls: dict[str, str]  # kind → field of what is called, "" for the first named child
    wrappers: dict[str, str]  # kind → field, or "" for the first named child (await, parentheses, non-null)
    names: frozenset[str]  # kinds that are names by themselves
    marks: dict[str, tuple[str, str]] = {}  # elements: kind → (field, or "" for the first named child; part)
    types: frozenset[str] = frozenset()  # those of ``calls`` that name a type: constructions, casts
    invocations: dict[str, tuple[str, str]] = {}  # calls with the member: kind → fields of object and name


ChainCache = dict[tuple[int, int] | bytes, tuple[str, ...]]
_Inside = tuple[tuple[int, int], int, bool]  # (byte range, parts outside it, whether it ends in a call)


def chain_of(text: bytes, node: Node, rules: ChainRules, cache: ChainCache | None = None) -> tuple[str, ...]:
    """The chain of an expression, outermost part last; longer chains than 32 parts keep their end behind a "?".

    ``cache`` (byte range → chain) receives the chains of the calls inside, so that a fluent chain of n calls, which
    is asked for from the outside in, costs n steps and not n²; and (text → chain) those of plain names, which a file
    repeats.
    """
    cache = {} if cache is None else cache
    start, end = node.start_byte, node.end_byte
    raw = text[start:end] if end - start <= _PLAIN_BYTES else b""
    if (known := cache.get(raw)) is not None:
        return known
    if _PLAIN.match(raw):
        plain = tuple(_SEPARATOR.split(raw.decode()) if b"::" in raw else raw.decode().split("."))
        cache[raw] = plain
        return plain
    known = cache.get((start, end))
    return known if known is not None else _nested(text, node, rules, cache)


def _nested(text: bytes, node: Node, rules: ChainRules, cache: ChainCache) -> tuple[str, ...]:
    """The chain of what is more than a plain name, from the outside in."""
    parts: list[str] = []
    inside: list[_Inside] = []
    called = mark_type = ""
    current: Node | None = node
    while current is not None and len(parts) < _MAX_PARTS:
        kind = current.type
        if kind in rules.members:
            inward, outward = rules.members[kind]
            member = current.child_by_field_name(outward) if outward else _last_named(current)
            parts.append(mark_type + _name(text, member) + called if member is not None else "?")
            called = mark_type = ""
            current = current.child_by_field_name(inward)
        elif kind in rules.calls:
            field = rules.calls[kind]
            current = current.child_by_field_name(field) if field else _first_named(current)
            if current is not None and not called:
                inside.append(((current.start_byte, current.end_byte), len(parts), current.type in rules.calls))
            called = "()"
            mark_type = TYPE_MARK if kind in rules.types else ""
        elif kind in rules.invocations:
            inward, outward = rules.invocations[kind]
            inside.append(((current.start_byte, current.end_byte), len(parts), True))
            member = current.child_by_field_name(outward)
            parts.append(_name(text, member) + "()" if member is not None else "?")
            called = ""
            current = current.child_by_field_name(inward)
            if current is None:  # called by its bare name
                break
        elif kind in rules.marks:
            field, mark = rules.marks[kind]
            parts.append(mark + called)
            called = ""
            current = current.child_by_field_name(field) if field else _first_named(current)
        elif kind in rules.wrappers:
            field = rules.wrappers[kind]
            current = current.child_by_field_name(field) if field else _first_named(current)
        else:
            parts.append(mark_type + _name(text, current) + called if kind in rules.names else "?")
            break
    else:
        parts.append("?")
    parts.reverse()
    if inside and len(parts) < _MAX_PARTS:
        _remember(cache, parts, inside)
    return tuple(parts)


def _remember(cache: ChainCache, parts: list[str], inside: list[_Inside]) -> None:
    for span, outer, is_call in inside:
        inner = parts[: len(parts) - outer]
        if inner[-1] != "?" and not is_call:
            inner[-1] = inner[-1].removesuffix("()")
        cache[span] = tuple(inner)


def _name(text: bytes, node: Node) -> str:
    return text[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _first_named(node: Node) -> Node | None:
    return node.named_child(0) if node.named_child_count else None


def _last_named(node: Node) -> Node | None:
    return node.named_child(node.named_child_count - 1) if node.named_child_count else None
