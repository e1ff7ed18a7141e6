"""All facts of a tree to its graph. Pure: the same facts give the same graph, whatever their order."""

from collections.abc import Mapping, Sequence

from docrunch.graph import inheritance
from docrunch.graph.build import EdgeSet
from docrunch.graph.imports import ImportEdges
from docrunch.graph.layout import parent_of
from docrunch.graph.model import EdgeKind, Graph, NodeKind
from docrunch.graph.naming import ModuleNames
from docrunch.graph.nodes import NodeSet, module_facts
from docrunch.graph.references import ReferenceEdges
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.resolver import Resolver
from docrunch.graph.resolve.values import EXACT
from docrunch.graph.testing import is_test_file, is_test_scope
from docrunch.ids import NodeId
from docrunch.parsing.model import FileFacts
from docrunch.source.model import FileEntry, SourceRef


def link(source: SourceRef, entries: Sequence[FileEntry], facts: Mapping[str, FileFacts]) -> Graph:
    """Nodes for every inventoried file and its symbols; edges between what their names mean.

    Args:
        source: names the repository and commit in the graph.
        entries: the inventory, in any order; skipped files become modules without symbols.
        facts: by path; paths that are not in the inventory are ignored.
    """
    return _Linking(source, entries, facts).run()


class _Linking:
    """The steps share the index, the resolver and the rows found so far."""

    def __init__(self, source: SourceRef, entries: Sequence[FileEntry], facts: Mapping[str, FileFacts]) -> None:
        self._source = source
        entries = sorted(entries, key=lambda entry: entry.path)
        known = module_facts(entries, facts)
        self._index = Index(known, ModuleNames.build(entries, known))
        self._nodes = NodeSet(source.repository, entries, self._index)
        self._edges = EdgeSet()
        self._resolver = Resolver(self._index)

    def run(self) -> Graph:
        self._contain()
        imported = ImportEdges(self._resolver, self._nodes, self._edges)
        imported.add()
        inheritance.add(self._resolver, self._nodes, self._edges)
        ReferenceEdges(self._resolver, self._nodes, self._edges, imported.known).add()
        self._test()
        return Graph(
            repository=self._source.repository,
            commit=self._source.commit,
            nodes=tuple(sorted(self._nodes.nodes.values(), key=lambda node: node.id)),
            edges=self._edges.edges(),
            candidates=self._edges.candidates(),
            unresolved=self._edges.misses(),
        )

    def _contain(self) -> None:
        """Every node but the repository and the outside is contained in exactly one other."""
        nodes, index = self._nodes, self._index
        for place, package in nodes.packages.items():
            self._edges.add(nodes.container(place), package, EdgeKind.CONTAINS, EXACT)
        for path, module in nodes.modules.items():
            self._edges.add(
                nodes.packages.get(parent_of(path), nodes.container(path)), module, EdgeKind.CONTAINS, EXACT
            )
        for number, symbol in enumerate(index.symbols):
            parent = index.parents[number]
            if symbol.receiver:
                owner = self._resolver.hierarchy.owner(number)
                parent = owner if owner >= 0 else parent
            path = index.paths[index.symbol_file[number]]
            outer = nodes.symbols[parent] if parent >= 0 else nodes.modules[path]
            line = symbol.line if parent < 0 or index.symbol_file[parent] == index.symbol_file[number] else 0
            self._edges.add(outer, nodes.symbols[number], EdgeKind.CONTAINS, EXACT, line)

    def _test(self) -> None:
        """What a test calls or imports directly is what it tests."""
        tests = self._test_nodes()
        plain = (
            frozenset(
                node.id
                for node in self._nodes.nodes.values()
                if node.kind not in (NodeKind.EXTERNAL, NodeKind.REPOSITORY)
            )
            - tests
        )
        for kind in (EdgeKind.CALLS, EdgeKind.IMPORTS):
            for source, target, grade, lines in self._edges.items(kind):
                if source in tests and target in plain:
                    for line in lines or [0]:
                        self._edges.add(source, target, EdgeKind.TESTS, grade, line)

    def _test_nodes(self) -> frozenset[NodeId]:
        index = self._index
        found: set[NodeId] = set()
        for number, path in enumerate(index.paths):
            facts, offset = index.facts[number], index.offsets[number]
            whole = is_test_file(path, facts.language)
            if whole:
                found.add(self._nodes.modules[path])
            for scope in range(len(facts.symbols)):
                if whole or is_test_scope(facts, scope):
                    found.add(self._nodes.symbols[offset + scope])
        return frozenset(found)
