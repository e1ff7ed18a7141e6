"""Symbols by what a person calls them: exact names, then other spellings, then names made of the words."""

import math
import re
from collections import Counter
from collections.abc import Callable
from difflib import get_close_matches
from functools import cached_property

from docrunch.ask.words import normal, parts, stem, terms
from docrunch.errors import AmbiguousName, DocrunchError
from docrunch.graph.model import NodeKind
from docrunch.graph.queries.select import select
from docrunch.graph.queries.view import EXPORTED, TEST, GraphView

MISTYPED = 2  # letters that somebody left out or wrote too much
SIMILAR = 0.8  # of difflib's ratio
LONGEST_NAME = 100  # characters that are compared
MAX_NODES = 300_000  # a larger graph is searched by exact names only
_ASIDE = re.compile(
    r"(?:^|/)_?(?:examples?|samples?|demos?|docs?|benchmarks?|testdata|fixtures|scripts|third_party|vendor)/"
)
_WEIGHT = {
    NodeKind.CLASS: 1.3, NodeKind.INTERFACE: 1.3, NodeKind.TRAIT: 1.3, NodeKind.STRUCT: 1.3, NodeKind.ENUM: 1.1,
    NodeKind.FUNCTION: 1.25, NodeKind.METHOD: 1.0, NodeKind.CONSTRUCTOR: 0.9, NodeKind.MODULE: 1.1, NodeKind.MACRO: 1.1,
    NodeKind.TYPE: 1.1, NodeKind.NAMESPACE: 1.0, NodeKind.PACKAGE: 0.9, NodeKind.PROPERTY: 0.7,
    NodeKind.CONSTANT: 0.7, NodeKind.VARIABLE: 0.6,
}  # fmt: skip
_NAMED = frozenset(_WEIGHT) | {NodeKind.TABLE, NodeKind.VIEW, NodeKind.TARGET, NodeKind.BLOCK}


Group = tuple[int, ...]
"""Nodes that are one symbol to a person: one, or overloads."""


class Lexicon:
    def __init__(self, view: GraphView) -> None:
        self._view = view

    # -- by name ---------------------------------------------------------------------------------------------------

    def called(self, name: str) -> list[Group]:
        """All symbols that a name may mean, the likeliest first; overloads are one group, in source order.

        As `graph.queries.select`; then, if nothing is called exactly so, the same name in another spelling.
        """
        try:
            return [tuple(select(self._view, name))]
        except AmbiguousName as error:
            found = [self._view.number(str(each["id"])) for each in error.candidates]
            return self.grouped([node for node in found if node is not None])
        except DocrunchError:
            return self.spelled(name)

    def spelled(self, name: str, keep: Callable[[int], bool] = lambda _: True) -> list[Group]:
        """Symbols whose name is the same without regard to case and separators; the same case first, and then alone.

        Args: ``keep``: which of them may be meant.
        """
        key = normal(re.split(r"::|[./#\\]", name)[-1])
        found = self._by_normal.get(key, []) if len(key) > 1 else []
        wanted = normal(name)
        if wanted != key:
            found = [node for node in found if normal(self._view.qualified_name(node)).endswith(wanted)]
        found = [node for node in found if keep(node)]
        exact = [node for node in found if self._called(node) == name]
        return self.grouped(exact or found)

    def _called(self, node: int) -> str:
        """A file is called by its name, whatever its language calls the module."""
        if self._view.node_kind(node) is NodeKind.MODULE:
            return self._view.path(node).rsplit("/", 1)[-1].split(".", 1)[0]
        return self._view.name(node)

    def outside(self, name: str) -> Group:
        """What is called so and comes from outside the repository."""
        view = self._view
        whole = view.texts["qualified_name"].find(name, view.arrays["qualified_name_order"])
        found = whole or view.texts["name"].find(name, view.arrays["name_order"])
        return tuple(node for node in found if view.node_kind(node) is NodeKind.EXTERNAL)

    def grouped(self, nodes: list[int]) -> list[Group]:
        """Overloads and accessors together, as `select` takes them."""
        view = self._view
        found: dict[tuple[str, NodeKind, str], list[int]] = {}
        for node in self.ordered(nodes):
            found.setdefault((view.path(node), view.node_kind(node), view.qualified_name(node)), []).append(node)
        return [tuple(sorted(group, key=lambda n: (view.line(n), n))) for group in found.values()]

    def ordered(self, nodes: list[int]) -> list[int]:
        """Product code before examples and tests, what is exported and used before what is not; ties by place."""
        view = self._view
        return sorted(nodes, key=lambda n: (-self._standing(n), view.path(n), view.line(n), n))

    def _standing(self, node: int) -> float:
        view = self._view
        made = _WEIGHT.get(view.node_kind(node), 0.5)
        if view.has(node, TEST):
            made *= 0.2
        if _ASIDE.search(view.path(node)):
            made *= 0.3
        if view.has(node, EXPORTED):
            made *= 1.3
        return made * (1 + 0.15 * math.log1p(int(view.arrays["in_degree"][node])))

    @cached_property
    def _candidates(self) -> list[int]:
        view = self._view
        if view.size > MAX_NODES:
            return []
        return [n for n in range(view.size) if view.node_kind(n) in _NAMED and view.path(n)]

    @cached_property
    def _by_normal(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for node in self._candidates:
            found.setdefault(normal(self._called(node)), []).append(node)
        return found

    # -- by words --------------------------------------------------------------------------------------------------

    @cached_property
    def _postings(self) -> dict[str, list[int]]:
        """Stem → symbols outside tests whose name, or the name of whose file, is made with it."""
        view = self._view
        found: dict[str, list[int]] = {}
        for node in self._candidates:
            if view.has(node, TEST):
                continue
            for term in {stem(piece) for piece in parts(view.name(node)) if len(piece) > 1}:
                found.setdefault(term, []).append(node)
        return found

    def about(self, wanted: tuple[str, ...], limit: int = 6) -> list[tuple[int, float]]:
        """Symbols whose names and first line of documentation have most of the terms, with the share they have."""
        weights = self._weights(wanted)
        mass = sum(weights.values()) or 1.0
        scores: Counter[int] = Counter()
        for term, weight in weights.items():
            for node in self._postings.get(term, ())[:5_000]:
                scores[node] += weight  # type: ignore[assignment]
        best = sorted(scores, key=lambda n: (-scores[n], n))[:400]
        rated = [(node, self._share(node, weights, mass)) for node in best]
        rated.sort(key=lambda row: (-row[1] * self._standing(row[0]), self._view.path(row[0]), row[0]))
        return rated[:limit]

    def share(self, node: int, wanted: tuple[str, ...]) -> float:
        """How much of the terms, by weight, a symbol's name, file and documentation have."""
        weights = self._weights(wanted)
        return self._share(node, weights, sum(weights.values()) or 1.0)

    def _weights(self, wanted: tuple[str, ...]) -> dict[str, float]:
        total = max(len(self._candidates), 1)
        return {term: math.log(1 + total / (1 + len(self._postings.get(term, ())))) for term in wanted}

    def _share(self, node: int, weights: dict[str, float], mass: float) -> float:
        doc = self._view.texts["doc"][node].split("\n\n", 1)[0][:400]
        path = self._view.path(node).rsplit("/", 1)[-1].split(".", 1)[0]
        held = set(terms(f"{self._view.name(node)} {path}"))
        told = set(terms(doc))
        return sum(w * (1.0 if t in held else 0.6 if t in told else 0.0) for t, w in weights.items()) / mass

    def near(self, name: str, limit: int = 5) -> list[str]:
        """Qualified names that are spelled nearly so, then such as contain it, for somebody who mistyped or half
        remembers a name."""
        key = normal(name)
        if len(key) < 3:
            return []
        keys = [each for each in self._by_normal if key in each or (len(each) > 3 and each in key)]
        keys.sort(key=lambda each: (abs(len(each) - len(key)), each))
        alike = [each for each in self._by_normal if abs(len(each) - len(key)) <= MISTYPED]
        close = get_close_matches(key[:LONGEST_NAME], alike, limit, SIMILAR)
        nodes = [
            node
            for group in (close, keys[:20])
            for node in self.ordered([node for each in group for node in self._by_normal[each]])
        ]
        found = [self._view.qualified_name(n) for n in nodes if not self._view.has(n, TEST)]
        return list(dict.fromkeys(found))[:limit]
