"""Cognitive complexity (G. Ann Campbell, SonarSource, 2018, "Cognitive Complexity") of functions, by node kinds.

Each break of the linear flow counts 1, plus 1 for each one that it is nested in; ``else`` and ``else if`` count 1 and
nest nothing more; a sequence of one boolean operator counts 1. Unlike the paper, recursion counts nothing (it takes
names to know), and a function inside of a function counts for itself, since it is a symbol of its own.

A language's folder has ``cognitive.toml`` (`Structures`); its queries capture the nodes as ``decision`` or, where
they are no decision of cyclomatic complexity, as ``structure``.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec

from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_LANGUAGES = Path(__file__).parent / "languages"


class Structures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Kinds of nodes; those that are in none of these count nothing (cases of a switch, say)."""

    nesting: frozenset[str]  # 1 + the level, and one level more inside
    flat: frozenset[str] = frozenset()  # 1
    opening: frozenset[str] = frozenset()  # nothing, and one level more inside: anonymous functions
    boolean: frozenset[str] = frozenset()  # expressions with an ``operator``, or of a kind for each operator
    operators: frozenset[str] = frozenset()  # the operators of such expressions, where these are captured
    between: frozenset[str] = frozenset({"parenthesized_expression"})  # make no difference to a sequence of operators
    else_clauses: frozenset[str] = frozenset()  # wrap the ``if`` of ``else if`` or stand before it; else they count
    named_by: frozenset[str] = frozenset()  # around an anonymous function these make it a symbol


@cache
def structures(hooks: str) -> Structures | None:
    """Of a language folder; None where it has no ``cognitive.toml``."""
    path = _LANGUAGES / hooks / "cognitive.toml"
    return msgspec.toml.decode(path.read_bytes(), type=Structures) if path.is_file() else None


def counter(table: Structures) -> Callable[[Walk, Node], None]:
    """What is called for each captured node in source order, outer ones first."""

    def count(walk: Walk, node: Node) -> None:
        scope = walk.scope
        if scope < 0 or not walk.symbols[scope].complexity:
            return
        open_ = walk.nesting
        while open_ and open_[-1][0] <= node.start_byte:
            open_.pop()
        level = open_[-1][2] if open_ and open_[-1][1] == scope else 0
        kind = node.type
        if kind in table.nesting:
            if _is_else_if(node, table):
                walk.symbols[scope].cognitive += 1
            else:
                walk.symbols[scope].cognitive += 1 + level
                open_.append((node.end_byte, scope, level + 1))
        elif kind in table.boolean or kind in table.operators:
            walk.symbols[scope].cognitive += _starts_sequence(walk, node, table)
        elif kind in table.else_clauses:
            walk.symbols[scope].cognitive += _is_last_else(node, table)
        elif kind in table.flat:
            walk.symbols[scope].cognitive += 1
        elif kind in table.opening:
            around = node.parent
            if around is None or around.type not in table.named_by:
                open_.append((node.end_byte, scope, level + 1))

    return count


def _is_else_if(node: Node, table: Structures) -> bool:
    kind = node.type
    around = node.parent if "if" in kind else None  # both neighbours are looked for from the root on
    if around is None:
        return False
    if table.else_clauses:
        before = node.prev_sibling
        if around.type in table.else_clauses or (before is not None and before.type in table.else_clauses):
            return True
    return around.type == kind and around.child_by_field_name("alternative") == node


def _is_last_else(node: Node, table: Structures) -> bool:
    """An ``else`` without an ``if``: a clause around what follows, or the word in front of it."""
    inside = node.named_child(node.named_child_count - 1) if node.named_child_count else node.next_named_sibling
    return inside is None or inside.type not in table.nesting or "if" not in inside.type


def _starts_sequence(walk: Walk, node: Node, table: Structures) -> bool:
    """Whether the expression around is none of the same operator."""
    expression = node.parent if node.type in table.operators else node
    around = expression.parent if expression is not None else None
    while around is not None and around.type in table.between:
        around = around.parent
    if expression is None or around is None or around.type != expression.type:
        return True
    mine, other = expression.child_by_field_name("operator"), around.child_by_field_name("operator")
    return mine is not None and other is not None and walk.read(mine) != walk.read(other)
