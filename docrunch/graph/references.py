"""Step 5 of linking: calls and uses."""

from docrunch.graph.build import EdgeSet
from docrunch.graph.model import EdgeKind
from docrunch.graph.nodes import NodeSet
from docrunch.graph.resolve.index import CALLABLE, VALUES
from docrunch.graph.resolve.resolver import Resolver
from docrunch.graph.resolve.unique_method import UniqueMethods
from docrunch.graph.resolve.values import (
    AMBIGUOUS,
    DYNAMIC_RECEIVER,
    EXTERNAL,
    INSTANCE,
    LOCAL_VALUE,
    MISS,
    SYMBOL,
    UNTYPED_RETURN,
    Value,
    miss,
)
from docrunch.ids import NodeId
from docrunch.parsing.model import Reference

_UNKNOWN_RECEIVER = frozenset({DYNAMIC_RECEIVER, LOCAL_VALUE, UNTYPED_RETURN})


class ReferenceEdges:
    """The source of an edge is the innermost symbol around the reference, else the module."""

    def __init__(self, resolver: Resolver, nodes: NodeSet, edges: EdgeSet, known: list[frozenset[int]]) -> None:
        self._r = resolver
        self._index = resolver.index
        self._nodes = nodes
        self._edges = edges
        self._known = known
        self._unique = UniqueMethods(resolver.index)

    def add(self) -> None:
        for file, facts in enumerate(self._index.facts):
            module = self._nodes.modules[self._index.paths[file]]
            offset = self._index.offsets[file]
            for reference in facts.references:
                source = self._nodes.symbols[offset + reference.scope] if reference.scope >= 0 else module
                if reference.kind == "call":
                    self._add_call(file, source, reference)
                else:
                    self._add_use(file, source, reference)

    def _add_call(self, file: int, source: NodeId, reference: Reference) -> None:
        value = self._callee(self._r.chain(file, reference.scope, reference.chain))
        if value[0] == MISS:
            several = self._r.hierarchy.ambiguity(value)
            if several:
                self._edges.ambiguous(source, EdgeKind.CALLS, reference.line, [self._nodes.symbols[n] for n in several])
            value = self._guess(file, source, reference, value)
        if value[0] == MISS:
            self._edges.unresolved(self._index.paths[file], self._index.facts[file].language, str(value[1]))
            return
        target = self._target(value)
        if target is not None:
            self._edges.add(source, target, EdgeKind.CALLS, value[2], reference.line)

    def _callee(self, value: Value) -> Value:
        """What a call of the value runs: an alias is followed, an instance is called by its ``__call__``."""
        if value[0] == INSTANCE and isinstance(value[1], int):
            return self._r.member(value, "__call__")
        if value[0] == SYMBOL and isinstance(value[1], int) and self._index.symbols[value[1]].kind in VALUES:
            held = self._r.held(value[1])
            if held[0] == SYMBOL and isinstance(held[1], int) and self._index.symbols[held[1]].kind in CALLABLE:
                return held
        return value if value[0] in (SYMBOL, EXTERNAL, MISS) else miss(DYNAMIC_RECEIVER)

    def _guess(self, file: int, source: NodeId, reference: Reference, value: Value) -> Value:
        """The heuristic, for methods of receivers nobody knows."""
        if len(reference.chain) < 2 or value[1] not in _UNKNOWN_RECEIVER:
            return value
        name = reference.chain[-1]
        found = self._unique.find(file, name, reference.args, self._known[file])
        if found is not None:
            return found
        several = self._unique.candidates(file, name, reference.args, self._known[file])
        if several:
            targets = [self._nodes.symbols[number] for number in several]
            self._edges.ambiguous(source, EdgeKind.CALLS, reference.line, targets)
            return miss(AMBIGUOUS)
        return value

    def _add_use(self, file: int, source: NodeId, reference: Reference) -> None:
        """Uses of what the repository defines; a use of something outside says nothing about this code."""
        value = self._r.chain(file, reference.scope, reference.chain)
        if value[0] != SYMBOL:
            return
        target = self._target(value)
        if target is not None and target != source:
            self._edges.add(source, target, EdgeKind.USES, value[2], reference.line)

    def _target(self, value: Value) -> NodeId | None:
        if value[0] == SYMBOL and isinstance(value[1], int):
            return self._nodes.symbols[value[1]]
        return self._nodes.external(str(value[1])) if value[0] == EXTERNAL else None
