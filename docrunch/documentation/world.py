"""The graph, the facts and the inventory indexed for pages: built once, asked by every view."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from docrunch.documentation import paths
from docrunch.documentation.cite import Citer
from docrunch.documentation.model import DocumentationInput
from docrunch.graph.model import Edge, EdgeKind, Node, NodeKind, NodeMetrics
from docrunch.ids import NodeId
from docrunch.parsing.model import FileFacts, Symbol
from docrunch.source.model import FileEntry, Issue

FUNCTION_PAGES = 500
FUNCTIONS = (NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CONSTRUCTOR)
TYPES = (NodeKind.CLASS, NodeKind.INTERFACE, NodeKind.TRAIT, NodeKind.STRUCT, NodeKind.ENUM)
DEPENDENCIES = (
    EdgeKind.IMPORTS,
    EdgeKind.CALLS,
    EdgeKind.INHERITS,
    EdgeKind.IMPLEMENTS,
    EdgeKind.USES,
    EdgeKind.EXPORTS,
)
_TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|__tests__|spec|specs|testing|testdata|e2e|fixtures)/"
    r"|(?:^|/)(?:test_[^/]*|conftest)\.py$|_test\.(?:py|go|rs)$|\.(?:test|spec)(?:-d)?\.[cm]?[jt]sx?$|_spec\.rb$"
)
_EXAMPLE_PATH = re.compile(r"(?:^|/)(?:examples?|docs|benchmarks?|bench|samples?|scripts?|tools?|dist)/")


@dataclass(slots=True)
class Dependency:
    """What one module takes from another: number of references by edge kind, and where."""

    kinds: dict[EdgeKind, int] = field(default_factory=dict)
    import_lines: list[int] = field(default_factory=list)  # in the depending file
    other_lines: list[int] = field(default_factory=list)

    @property
    def weight(self) -> int:
        return sum(self.kinds.values())

    @property
    def first_line(self) -> int:
        """The first import, else the first use; 0 where no line is known."""
        return min(self.import_lines or self.other_lines, default=0)

    def describe(self) -> str:
        words = {EdgeKind.IMPORTS: "imports", EdgeKind.EXPORTS: "re-exports", EdgeKind.CALLS: "calls"}
        words |= {EdgeKind.INHERITS: "inherits", EdgeKind.IMPLEMENTS: "implements", EdgeKind.USES: "uses"}
        return ", ".join(f"{words[kind]} {self.kinds[kind]}" for kind in DEPENDENCIES if kind in self.kinds)


class World:
    """Indexes over one `DocumentationInput`; everything it returns is ordered."""

    def __init__(self, data: DocumentationInput) -> None:
        self.data = data
        self.cite = Citer(data.source, data.entries)
        self.entries: dict[str, FileEntry] = {entry.path: entry for entry in data.entries}
        self.nodes: dict[NodeId, Node] = {node.id: node for node in data.graph.nodes}
        self.metrics = data.assembly.metrics.nodes
        coded = {node.language for node in data.graph.nodes if node.symbol >= 0}
        modules = [n for n in data.graph.nodes if n.kind is NodeKind.MODULE and n.language in coded]
        self.modules: tuple[Node, ...] = tuple(sorted(modules, key=lambda n: n.path))
        self.module_at: dict[str, Node] = {node.path: node for node in self.modules}
        self._symbols: dict[str, list[Node]] = defaultdict(list)
        for node in data.graph.nodes:
            if node.symbol >= 0:
                self._symbols[node.path].append(node)
        for found in self._symbols.values():
            found.sort(key=lambda n: (n.start_byte, n.symbol, n.id))
        self.by_symbol = {(n.path, n.symbol): n for n in data.graph.nodes if n.symbol >= 0}
        self._children: dict[NodeId, list[Node]] = defaultdict(list)
        for found in self._symbols.values():
            for node in found:
                above = self.parent(node)
                if above is not None:
                    self._children[above.id].append(node)
        self.issues_at: dict[str, list[Issue]] = defaultdict(list)
        for issue in data.issues:
            self.issues_at[issue.path].append(issue)
        self._index_edges(data.graph.edges)
        self.ranks = self._module_ranks()

    def _index_edges(self, edges: Iterable[Edge]) -> None:
        self.outgoing: dict[NodeId, list[Edge]] = defaultdict(list)
        self.incoming: dict[NodeId, list[Edge]] = defaultdict(list)
        self.depends_on: dict[NodeId, dict[NodeId, Dependency]] = defaultdict(dict)
        self.used_by: dict[NodeId, dict[NodeId, Dependency]] = defaultdict(dict)
        self.externals: dict[NodeId, dict[str, list[int]]] = defaultdict(dict)
        for edge in edges:
            if edge.kind is EdgeKind.CONTAINS:
                continue
            self.outgoing[edge.source].append(edge)
            self.incoming[edge.target].append(edge)
            if edge.kind in DEPENDENCIES:
                self._add_dependency(edge)

    def _add_dependency(self, edge: Edge) -> None:
        source, target = self.nodes.get(edge.source), self.nodes.get(edge.target)
        if source is None or target is None:
            return
        module = self.module_at.get(source.path)
        if module is None:
            return
        if target.kind is NodeKind.EXTERNAL:
            if edge.kind is EdgeKind.IMPORTS:
                self.externals[module.id].setdefault(target.qualified_name, []).extend(edge.lines)
            return
        other = self.module_at.get(target.path)
        if other is None or other.id == module.id:
            return
        found = self.depends_on[module.id].get(other.id)
        if found is None:
            found = self.depends_on[module.id][other.id] = Dependency()
            self.used_by[other.id][module.id] = found
        found.kinds[edge.kind] = found.kinds.get(edge.kind, 0) + edge.count
        if edge.kind in (EdgeKind.IMPORTS, EdgeKind.EXPORTS):
            found.import_lines.extend(edge.lines)
        else:
            found.other_lines.extend(edge.lines)

    def _module_ranks(self) -> dict[NodeId, float]:
        """PageRank of a module: its own plus that of its symbols."""
        ranks: dict[NodeId, float] = {}
        for module in self.modules:
            members = (self.metric(node.id).pagerank for node in self._symbols.get(module.path, ()))
            ranks[module.id] = self.metric(module.id).pagerank + sum(members)
        return ranks

    def metric(self, node: NodeId) -> NodeMetrics:
        return self.metrics.get(node, _NO_METRICS)

    def facts(self, node: Node) -> FileFacts | None:
        return self.data.facts.get(node.path)

    def symbol(self, node: Node) -> Symbol | None:
        """The facts of a symbol node."""
        found = self.data.facts.get(node.path)
        return found.symbols[node.symbol] if found and 0 <= node.symbol < len(found.symbols) else None

    def symbols_of(self, path: str) -> list[Node]:
        """Symbols of a file in source order."""
        return self._symbols.get(path, [])

    def reexports(self, module: Node) -> list[Node]:
        """Symbols of other modules that a module offers as its own, by name."""
        found = {e.target: self.nodes[e.target] for e in self.edges_out(module.id, EdgeKind.EXPORTS)}
        others = (n for n in found.values() if n.path and n.path != module.path)
        return sorted(others, key=lambda n: (n.name, n.path, n.line))

    def parent(self, node: Node) -> Node | None:
        symbol = self.symbol(node)
        return self.by_symbol.get((node.path, symbol.parent)) if symbol and symbol.parent >= 0 else None

    def children(self, node: Node) -> list[Node]:
        """Symbols directly inside a symbol, in source order."""
        return self._children.get(node.id, [])

    def edges_in(self, node: NodeId, *kinds: EdgeKind) -> list[Edge]:
        return [edge for edge in self.incoming.get(node, ()) if edge.kind in kinds]

    def edges_out(self, node: NodeId, *kinds: EdgeKind) -> list[Edge]:
        return [edge for edge in self.outgoing.get(node, ()) if edge.kind in kinds]

    def most_important(self, nodes: Iterable[Node]) -> list[Node]:
        """By PageRank, best first; modules count with their symbols; ties by path and id."""
        return sorted(nodes, key=lambda n: (-self.ranks.get(n.id, self.metric(n.id).pagerank), n.path, n.line, n.id))

    @cached_property
    def product_modules(self) -> tuple[Node, ...]:
        """Modules that are neither tests nor examples; all modules where that leaves nothing."""
        chosen = tuple(m for m in self.modules if not is_test(m.path) and not is_example(m.path))
        return chosen or tuple(m for m in self.modules if not is_test(m.path)) or self.modules

    @cached_property
    def function_pages(self) -> dict[NodeId, str]:
        """Node → page of exported and entry-point functions outside tests, at most 500 by rank, examples last."""
        chosen = [
            n
            for n in self.data.graph.nodes
            if n.kind in FUNCTIONS
            and n.path in self.module_at
            and (n.exported or n.entry_point)
            and not is_test(n.path)
        ]
        chosen = sorted(self.most_important(chosen), key=lambda n: is_example(n.path))[:FUNCTION_PAGES]  # stable
        return {n.id: paths.function_page(n.qualified_name, n.id) for n in chosen}

    @cached_property
    def module_pages(self) -> dict[NodeId, str]:
        return {n.id: paths.module_page(n.qualified_name, n.path) for n in self.modules}

    def page_of(self, node: Node) -> str | None:
        """The page that describes a node: its own, else that of its module."""
        own = self.function_pages.get(node.id) or self.module_pages.get(node.id)
        if own is not None:
            return own
        module = self.module_at.get(node.path)
        return self.module_pages[module.id] if module else None

    def cite_node(self, node: Node) -> str:
        """Citation of a symbol's whole definition, or of a whole module's first line to last."""
        start = node.start_line or node.line or 1
        return self.cite(node.path, start, max(node.end_line, start))


_NO_METRICS = NodeMetrics()


def is_test(path: str) -> bool:
    return _TEST_PATH.search(path) is not None


def is_example(path: str) -> bool:
    """Examples, documentation, tooling and build output: real code, but not what the repository is about."""
    return _EXAMPLE_PATH.search(path) is not None
