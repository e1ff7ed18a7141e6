"""Step 3 of linking: imports and re-exports."""

from docrunch.graph.build import EdgeSet
from docrunch.graph.model import EdgeKind
from docrunch.graph.nodes import NodeSet
from docrunch.graph.resolve import imports as rule
from docrunch.graph.resolve.resolver import Resolver
from docrunch.graph.resolve.values import EXTERNAL, INSTANCE, MISS, MODULE, NO_MEMBER, PACKAGE, SYMBOL, Value
from docrunch.ids import NodeId
from docrunch.parsing.model import FileFacts, Import


class ImportEdges:
    """Edges from a module to the modules and names it imports. ``known`` is what each file can name afterwards."""

    def __init__(self, resolver: Resolver, nodes: NodeSet, edges: EdgeSet) -> None:
        self._r = resolver
        self._index = resolver.index
        self._nodes = nodes
        self._edges = edges
        self.known: list[frozenset[int]] = []

    def add(self) -> None:
        for file, facts in enumerate(self._index.facts):
            reached: set[int] = {file}
            for found in facts.imports:
                self._add_import(file, facts, found, reached)
            self._add_listed(file, facts)
            if self._index.families[file] == "go":
                reached.update(self._r.go.files.get(self._r.go.key(file), ()))
            self.known.append(frozenset(reached))

    def _add_import(self, file: int, facts: FileFacts, found: Import, reached: set[int]) -> None:
        origin = rule.origin(self._r, file, found)
        if origin[0] == MISS:
            self._edges.unresolved(self._index.paths[file], facts.language, f"import_{origin[1]}")
            return
        value = self._r.imported(file, found) if found.name not in ("", "*") else origin
        source = self._nodes.modules[self._index.paths[file]]
        self._add_edge(source, origin, found, reached)
        if value[0] == MISS:
            if value[1] == NO_MEMBER and origin[0] != EXTERNAL:
                self._edges.unresolved(self._index.paths[file], facts.language, "import_no_member")
            return
        if value[:2] != origin[:2] and value[0] != EXTERNAL:
            self._add_edge(source, value, found, reached)
        if value[0] in (SYMBOL, MODULE, PACKAGE) and self._is_reexport(file, facts, found):
            target = self.node(value)
            if target is not None and target != source:
                self._edges.add(source, target, EdgeKind.EXPORTS, value[2], found.line)

    def _add_listed(self, file: int, facts: FileFacts) -> None:
        """Names that a module lists (``__all__``, ``export {…}``) but takes from elsewhere, stars included."""
        source = self._nodes.modules[self._index.paths[file]]
        lines = {found.alias or found.name: found.line for found in facts.imports if found.scope < 0}
        for public, _ in facts.exports:
            value = self._r.module_member(file, public)
            if value[0] != SYMBOL or not isinstance(value[1], int) or self._index.symbol_file[value[1]] == file:
                continue
            line = lines.get(public, 0) or lines.get("*", 0)
            self._edges.add(source, self._nodes.symbols[value[1]], EdgeKind.EXPORTS, value[2], line)

    def _add_edge(self, source: NodeId, value: Value, found: Import, reached: set[int]) -> None:
        target = self.node(value)
        if target is not None and target != source:
            self._edges.add(source, target, EdgeKind.IMPORTS, value[2], found.line)
        self._reach(value, reached)

    def _reach(self, value: Value, reached: set[int]) -> None:
        tag, payload, _ = value
        if tag == MODULE and isinstance(payload, int):
            reached.add(payload)
        elif tag in (SYMBOL, INSTANCE) and isinstance(payload, int):
            reached.add(self._index.symbol_file[payload])
        elif tag == PACKAGE and isinstance(payload, str):
            reached.update(self._r.go.files.get(payload, ()))

    def _is_reexport(self, file: int, facts: FileFacts, found: Import) -> bool:
        if found.reexport:
            return True
        if facts.language != "python" or found.scope >= 0 or found.name == "":
            return False
        bound = found.alias or found.name
        if facts.exports:
            return False  # `_add_listed` has them
        return self._index.paths[file].endswith("/__init__.py") and not bound.startswith("_")

    def node(self, value: Value) -> NodeId | None:
        """The node of a value: a symbol, a module, a directory, something outside."""
        tag, payload, _ = value
        if isinstance(payload, int):
            if tag == MODULE:
                return self._nodes.modules[self._index.paths[payload]]
            return self._nodes.symbols[payload] if tag == SYMBOL else None
        if tag == PACKAGE:
            return self._nodes.packages.get(payload.split("\0", 1)[0])
        return self._nodes.external(payload) if tag == EXTERNAL else None
