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
_MAX_CHAIN = 64
_MAX_LABEL = 200  # characters
_NESTING = ("nest", "merge", "service")


class _Around(NamedTuple):
    prefix: str
    variable: str  # that the chain is given to; "" for none


def add_routes(walk: Walk) -> None:
    marks = [mark for mark in walk.marks if mark.chain[-1] in MARKED and mark.node.type == "call_expression"]
    if not marks:
        return
    modules = tuple(each.module.split("::", 1)[0] for each in walk.imports)
    nested = _variables(walk, marks)
    for mark in marks:
        word, places = mark.chain[-1], _places(mark.node)
        above = _above(walk, mark, nested)
        if word == "route" and "axum" in modules:
            _axum(walk, mark, places, above)
        elif word in ("nest", "merge") and "axum" in modules and places:
            prefix = _literal(walk, places[0]) if word == "nest" else ""
            _mount(walk, mark, places[-1], joined(above, UNKNOWN if prefix is None else prefix))
        elif word in ("service", "configure") and "actix_web" in modules and len(places) == 1:
            _mount(walk, mark, places[0], joined(above, _scope(walk, mark.node)))
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
    for _ in range(_MAX_CHAIN):
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


def _variables(walk: Walk, marks: list[Mark]) -> dict[tuple[int, str], tuple[str, Mark]]:
    """Where the variables of a function are nested: (scope, name) → prefix, the call that nests."""
    found: dict[tuple[int, str], tuple[str, Mark]] = {}
    for mark in marks:
        places = _places(mark.node)
        if mark.chain[-1] in _NESTING and places and places[-1].type == "identifier":
            prefix = _literal(walk, places[0]) if mark.chain[-1] == "nest" else _scope(walk, mark.node)
            found[mark.scope, walk.read(places[-1])] = (UNKNOWN if prefix is None else prefix, mark)
    return found


def _above(walk: Walk, mark: Mark, nested: dict[tuple[int, str], tuple[str, Mark]]) -> str:
    """What stands in front of the paths of the chain that a call is in, inside of its function."""
    prefix = ""
    seen: set[str] = set()
    around = _outside(walk, mark.node)
    while True:
        prefix = joined(around.prefix, prefix)
        known = nested.get((mark.scope, around.variable))
        if known is None or around.variable in seen:
            return prefix
        seen.add(around.variable)
        prefix = joined(known[0], prefix)
        around = _outside(walk, known[1].node)


def _outside(walk: Walk, call: Node) -> _Around:
    """The addresses of the ``nest`` and ``scope`` calls that a chain is an argument of, and where its value goes."""
    prefix = ""
    current: Node | None = call
    for _ in range(_MAX_CHAIN):
        outer = current.parent if current is not None else None
        if current is None or outer is None:
            break
        if outer.type == "let_declaration":
            pattern = outer.child_by_field_name("pattern")
            name = walk.read(pattern) if pattern is not None else ""
            return _Around(prefix, name.removeprefix("mut "))
        if outer.type == "arguments" and outer.parent is not None:
            function = outer.parent.child_by_field_name("function")
            word = chain(walk, function)[-1] if function is not None else ""
            if word not in _NESTING:
                break
            first = _places(outer.parent)[0]
            said = _literal(walk, first) if word == "nest" else _scope(walk, outer.parent)
            prefix = joined(UNKNOWN if said is None else said, prefix)
            outer = outer.parent
        elif outer.type not in ("call_expression", "field_expression", "try_expression", "await_expression"):
            break
        current = outer
    return _Around(prefix, "")


def _scope(walk: Walk, call: Node) -> str:
    """The address of ``web::scope("/x")`` at the start of a chain."""
    current: Node | None = call
    for _ in range(_MAX_CHAIN):
        function = current.child_by_field_name("function") if current is not None else None
        if current is None or function is None:
            return ""
        if function.type != "field_expression":
            places = _places(current)
            return (_literal(walk, places[0]) or UNKNOWN) if chain(walk, function)[-1] == "scope" and places else ""
        current = function.child_by_field_name("value")
    return ""


def _places(call: Node) -> list[Node]:
    node = call.child_by_field_name("arguments")
    return [c for c in node.named_children if not c.type.endswith("comment")] if node is not None else []


def _literal(walk: Walk, node: Node) -> str | None:
    return walk.read(node)[1:-1] if node.type == "string_literal" else None
