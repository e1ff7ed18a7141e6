"""Entry points of Scala: routes of http4s.

``HttpRoutes.of`` is given cases; ``Router("/api" -> users)`` puts routes that are values or functions below an address.
"""

import re

from docrunch.parsing.entries.address import UNKNOWN
from docrunch.parsing.languages.scala.names import chain
from docrunch.parsing.model import Entry, Mount
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Mark, Walk

MARKED = frozenset({"of", "Router"})
_ROUTES = frozenset({"HttpRoutes", "AuthedRoutes", "ContextRoutes"})
_CASE = re.compile(r"(?:\w+\s*@\s*)?\(?\s*(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s*->\s*Root\b([^:]*)\Z", re.DOTALL)
_PART = re.compile(r'"([^"\\]*)"|\w+\((\w+)\)|(\w+)')
_MAX_LABEL = 200  # characters


def add_entries(walk: Walk) -> None:
    if not any(each.module.startswith("org.http4s") for each in walk.imports):
        return
    for mark in walk.marks:
        arguments = mark.node.child_by_field_name("arguments")
        if arguments is None:
            continue
        if mark.chain[-1] == "Router":
            _mounted(walk, mark, arguments)
        elif len(mark.chain) > 1 and mark.chain[-2] in _ROUTES and arguments.type == "case_block":
            _cases(walk, mark, arguments)


def _cases(walk: Walk, mark: Mark, block: Node) -> None:
    for case in block.named_children:
        pattern = case.child_by_field_name("pattern") if case.type == "case_clause" else None
        found = _CASE.fullmatch(walk.read(pattern).split(":?", 1)[0].strip()) if pattern is not None else None
        if found is None:
            continue
        parts = [said or f"{{{typed or plain}}}" for said, typed, plain in _PART.findall(found[2])]
        label = f"{found[1]} /{'/'.join(parts)}"[:_MAX_LABEL]
        line = case.start_point[0] + 1
        walk.entries.append(Entry("route", label, line, -1, (), mark.scope, "http4s", mark.scope))


def _mounted(walk: Walk, mark: Mark, arguments: Node) -> None:
    for pair in arguments.named_children:
        left, right = pair.child_by_field_name("left"), pair.child_by_field_name("right")
        if pair.type != "infix_expression" or left is None or right is None:
            continue
        router = chain(walk, right)
        if "?" not in router:
            prefix = walk.read(left).strip('"') if left.type == "string" else UNKNOWN
            line = pair.start_point[0] + 1
            walk.mounts.append(Mount(prefix[:_MAX_LABEL], line, mark.scope, router, holder=mark.scope))
