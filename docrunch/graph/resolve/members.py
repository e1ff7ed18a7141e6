"""Rule: member access. What ``value.name`` means for each kind of value."""

from typing import TYPE_CHECKING

from docrunch.graph.resolve import flow, names, passed
from docrunch.graph.resolve.interface import TYPES, VALUES
from docrunch.graph.resolve.values import (
    APPLIED,
    ATTRIBUTE,
    CONSTRUCTED,
    DYNAMIC_RECEIVER,
    EXTERNAL,
    EXTERNAL_INSTANCE,
    EXTERNAL_MEMBER,
    EXTERNAL_RECEIVER,
    INSTANCE,
    MEMBER_OF,
    MISS,
    MODULE,
    NO_CANDIDATE,
    NO_MEMBER,
    PACKAGE,
    SUPER,
    SYMBOL,
    Value,
    lower,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver


def member(r: "Resolver", value: Value, name: str) -> Value:
    tag, payload, grade = value
    if not name:
        return miss(NO_MEMBER)  # in damaged text
    if name[:1] == "[":
        return flow.element(r, value, name)
    if name[:1] == "(":
        return passed.parameter(r, value, name)
    if name[:1] == ":" and name[:2] != "::":
        return _type(r, value, name)
    if isinstance(payload, str):
        return _of_text(r, tag, payload, name, grade)
    if tag == MODULE:
        found = r.module_member(payload, name)
        if found[0] == MISS and found[1] == NO_CANDIDATE and name != "default":
            whole = r.family(payload).module_value(r, payload)
            found = r.member(whole, name) if whole is not None and whole[0] != MISS else found
        return lower_hit(found, grade)
    if tag == SUPER:
        return lower_hit(r.family_of(payload).of_instance(r, payload, name, skip_own=True), grade)
    if tag == INSTANCE:
        return flow.seen_through(r, of_instance(r, payload, name, grade), payload, ())
    if tag == APPLIED:
        return flow.member(r, value, name)
    if tag == MEMBER_OF:
        held = flow.held(r, value)
        return r.member(held, name) if held[0] != MISS else held
    return _of_symbol(r, payload, name, grade) if tag == SYMBOL else miss(DYNAMIC_RECEIVER)


def _type(r: "Resolver", value: Value, part: str) -> Value:
    """A member that can only be a type."""
    name, arity = names.type_part(part)
    found = r.member(value, name)
    several = r.hierarchy.ambiguity(found) or ((found[1],) if found[0] == SYMBOL else ())
    if not several or not isinstance(several[0], int):
        return found
    type_ = r.family_of(several[0]).as_type(r, found, arity)
    return lower_hit(type_, value[2]) if type_ is not None else miss(NO_MEMBER)


def _of_text(r: "Resolver", tag: int, payload: str, name: str, grade: int) -> Value:
    if tag == EXTERNAL:
        return (EXTERNAL, outside_member(payload, name.split("(", 1)[0]), grade)
    if tag == PACKAGE:
        family, key = r.package(payload)
        return lower_hit(family.package_member(r, key, name), grade)
    if tag == EXTERNAL_INSTANCE and not payload.endswith("()"):
        return (EXTERNAL_MEMBER, outside_member(payload, name.split("(", 1)[0]), min(grade, CONSTRUCTED))
    return miss(EXTERNAL_RECEIVER) if tag in (EXTERNAL_INSTANCE, EXTERNAL_MEMBER) else miss(payload)


def outside_member(outside: str, name: str) -> str:
    """``std::`` and ``std::fmt`` spell members like Rust and C++, ``A\\B`` like PHP, others with a dot."""
    if outside.endswith("::"):
        return outside + name
    separator = "::" if "::" in outside else "\\" if "\\" in outside else "."
    return f"{outside}{separator}{name}"


def lower_hit(value: Value, grade: int) -> Value:
    return lower(value, grade) if value[0] != MISS else value


def of_instance(r: "Resolver", owner: int, name: str, grade: int) -> Value:
    """A method, property or attribute of an instance; attributes that only assignments show give what they hold."""
    found = r.family_of(owner).of_instance(r, owner, name)
    if found[0] != MISS:
        return lower(found, grade)
    for place in r.hierarchy.order(owner)[0]:
        held = r.attribute(place, name)
        if held[0] != MISS:
            return lower(held, min(grade, ATTRIBUTE))
        if held[1] != NO_MEMBER:
            return miss(DYNAMIC_RECEIVER)
    return found


def _of_symbol(r: "Resolver", symbol: int, name: str, grade: int) -> Value:
    kind = r.index.symbols[symbol].kind
    if kind is SymbolKind.NAMESPACE:
        file, scope = r.index.place_of(symbol)
        return lower_hit(r.hierarchy.namespace_member(file, scope, name), grade)
    if kind is SymbolKind.TYPE:
        held = r.held(symbol)
        return r.member(held, name) if held[0] != MISS else lower_hit(r.hierarchy.member(symbol, name), grade)
    if kind in TYPES:
        word = r.family_of(symbol).word(r, symbol, name)
        if word is not None:
            return word
        found = r.family_of(symbol).of_type(r, symbol, name)
        return lower_hit(flow.seen_through(r, found, symbol, ()), grade)
    if kind in VALUES:
        own = r.index.members.get(symbol, {}).get(name)  # members of an object literal
        if own:
            return lower_hit(r.hierarchy.pick(own, r.family_of(symbol)), grade)
        held = r.held(symbol)
        return lower_hit(r.member(held, name), grade) if held[0] != MISS else miss(DYNAMIC_RECEIVER)
    return miss(DYNAMIC_RECEIVER)
