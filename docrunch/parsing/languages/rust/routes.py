"""Routes that Rust builds by calls: axum's ``route``, ``nest`` and ``merge``; the scopes of actix and rocket.

A router is the value of a chain of calls. What stands in front of its paths is found on the way out of the chain: an
argument of ``nest`` is below an address, a variable is where it is nested in the same function, what is left belongs to
the function, which others may nest.
"""

import re
from typing import NamedTuple

from docrunch.parsing.entries.address import UNKNOWN, joined
from docrunch.parsing.languages.rust.names import chain
from docrunch.parsing.model import Entry, Mount
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Mark, Walk

MARKED = frozenset({"route", "nest", "merge", "service", "configure", "mount"})
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "any"})
_ROUTES = re.compile(r"routes!\s*[\[(]([^\])]*)")
_MAX_METHODS = 64  # of one address
_MAX_NESTED = 12  # variables inside of variables
_MAX_LABEL = 200  # characters
_NESTING = ("nest", "merge", "service")


class _Around(NamedTuple):
    prefix: str
    variable: str  # that the chain is given to; "" for none


class _Chains:
    """Answers about chains of calls. What is known of one call serves the others of its chain, which may be long."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._outside: dict[int, _Around] = {}  # by the node of a call
        self._scopes: dict[int, str] = {}

    def outside(self, call: Node) -> _Around:
        """The addresses of the ``nest`` and ``scope`` calls that a chain is an argument of, and where its value goes.

        Asked of the outer calls first.
        """
        found = self._outside.get(call.id)
        if found is None:
            found = self._outside[call.id] = self._go_out(call)
        return found

    def _go_out(self, call: Node) -> _Around:
        prefix, current = "", call
        while (outer := current.parent) is not None:
            if outer.type == "let_declaration":
                pattern = outer.child_by_field_name("pattern")
                name = self._walk.read(pattern) if pattern is not None else ""
                return _Around(prefix, name.removeprefix("mut "))
            if outer.type == "arguments" and outer.parent is not None:
                outer = outer.parent
                said = self._nests(outer)
                if said is None:
                    break
                prefix = joined(said, prefix)
            elif outer.type not in ("call_expression", "field_expression", "try_expression", "await_expression"):
                break
            known = self._outside.get(outer.id)
            if known is not None:
                return known._replace(prefix=joined(known.prefix, prefix))
            current = outer
        return _Around(prefix, "")

    def _nests(self, call: Node) -> str | None:
        """The address that a call puts in front of what it is given; None where it is about something else."""
        function, places = call.child_by_field_name("function"), _places(call)
        word = chain(self._walk, function)[-1] if function is not None else ""
        if word not in _NESTING or not places:
            return None
        said = _literal(self._walk, places[0]) if word == "nest" else self.scope(call)
        return UNKNOWN if said is None else said

    def scope(self, call: Node) -> str:
        """The address of ``web::scope("/x")`` at the start of a chain."""
        current: Node | None = call
        passed: list[int] = []
        found = ""
        while current is not None:
            known = self._scopes.get(current.id)
            if known is not None:
                found = known
                break
            passed.append(current.id)
            function = current.child_by_field_name("function")
            if function is None:
                break
            if function.type != "field_expression":
                if chain(self._walk, function)[-1] == "scope" and (places := _places(current)):
                    found = _literal(self._walk, places[0]) or UNKNOWN
                break
            current = function.child_by_field_name("value")
        self._scopes.update(dict.fromkeys(passed, found))
        return found


def add_routes(walk: Walk) -> None:
    marks = [mark for mark in walk.marks if mark.chain[-1] in MARKED and mark.node.type == "call_expression"]
    if not marks:
        return
    modules = tuple(each.module.split("::", 1)[0] for each in walk.imports)
    chains = _Chains(walk)
    nested = _variables(walk, marks, chains)
    for mark in marks:
        word, places = mark.chain[-1], _places(mark.node)
        above = _above(mark, nested, chains)
        if word == "route" and "axum" in modules:
            _axum(walk, mark, places, above)
        elif word in ("nest", "merge") and "axum" in modules and places:
            prefix = _literal(walk, places[0]) if word == "nest" else ""
            _mount(walk, mark, places[-1], joined(above, UNKNOWN if prefix is None else prefix))
        elif word in ("service", "configure") and "actix_web" in modules and len(places) == 1:
            _mount(walk, mark, places[0], joined(above, chains.scope(mark.node)))
        elif word == "mount" and "rocket" in modules and len(places) == 2:
            prefix = _literal(walk, places[0])
            for name in _ROUTES.findall(walk.read(places[1]))[:1]:
                for each in name.replace("\n", " ").split(","):
                    router = tuple(part.strip() for part in each.split("::") if part.strip())
                    _add(walk, mark, router, UNKNOWN if prefix is None else prefix)


def _axum(walk: Walk, mark: Mark, places: list[Node], above: str) -> None:
    """``.route("/users", get(list).post(create))``"""
    path = _literal(walk, places[0]) if len(places) == 2 else None
    if path is None:
        return
    current: Node | None = places[1]
    for _ in range(_MAX_METHODS):
        if current is None or current.type != "call_expression":
            return
        function, arguments = current.child_by_field_name("function"), current.child_by_field_name("arguments")
        if function is None or arguments is None:
            return
        method = chain(walk, function)[-1]
        if method in _METHODS and arguments.named_child_count == 1:
            label = f"{method.upper()} {joined(above, path)}"[:_MAX_LABEL]
            line = current.start_point[0] + 1
            handler = _names(walk, arguments.named_children[0])
            walk.entries.append(Entry("route", label, line, -1, handler, mark.scope, "axum", mark.scope))
        current = function.child_by_field_name("value")


def _mount(walk: Walk, mark: Mark, node: Node, prefix: str) -> None:
    """What is nested by its name, or by a call of a function. Chains that stand here are found by their own calls."""
    if node.type == "call_expression":
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if function is None or function.type == "field_expression" or arguments is None:
            return
        node = function
    router = _names(walk, node)
    if router and not (len(router) == 1 and walk.is_local(router[0], mark.scope)):
        _add(walk, mark, router, prefix)


def _add(walk: Walk, mark: Mark, router: tuple[str, ...], prefix: str) -> None:
    line = mark.node.start_point[0] + 1
    if router:
        walk.mounts.append(Mount(prefix[:_MAX_LABEL], line, mark.scope, router, holder=mark.scope))


def _names(walk: Walk, node: Node) -> tuple[str, ...]:
    found = chain(walk, node) if node.type in ("identifier", "scoped_identifier") else ()
    return () if "?" in found else found


def _variables(walk: Walk, marks: list[Mark], chains: _Chains) -> dict[tuple[int, str], tuple[str, Mark]]:
    """Where the variables of a function are nested: (scope, name) → prefix, the call that nests."""
    found: dict[tuple[int, str], tuple[str, Mark]] = {}
    for mark in marks:
        places = _places(mark.node)
        if mark.chain[-1] in _NESTING and places and places[-1].type == "identifier":
            prefix = _literal(walk, places[0]) if mark.chain[-1] == "nest" else chains.scope(mark.node)
            found[mark.scope, walk.read(places[-1])] = (UNKNOWN if prefix is None else prefix, mark)
    return found


def _above(mark: Mark, nested: dict[tuple[int, str], tuple[str, Mark]], chains: _Chains) -> str:
    """What stands in front of the paths of the chain that a call is in, inside of its function."""
    prefix = ""
    seen: set[str] = set()
    around = chains.outside(mark.node)
    while True:
        prefix = joined(around.prefix, prefix)
        known = nested.get((mark.scope, around.variable))
        if known is None or around.variable in seen:
            return prefix
        if len(seen) == _MAX_NESTED:
            return joined(UNKNOWN, prefix)
        seen.add(around.variable)
        prefix = joined(known[0], prefix)
        around = chains.outside(known[1].node)


def _places(call: Node) -> list[Node]:
    node = call.child_by_field_name("arguments")
    return [c for c in node.named_children if not c.type.endswith("comment")] if node is not None else []


def _literal(walk: Walk, node: Node) -> str | None:
    return walk.read(node)[1:-1] if node.type == "string_literal" else None
