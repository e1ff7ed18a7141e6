"""The graph, the facts and the inventory of one commit, indexed for pages.

Built once per input. Views do not ask it themselves: they ask a `Reader`, which notes what they asked for.
"""

import heapq
import math
import re
from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from threading import Lock

from docrunch.documentation import paths
from docrunch.documentation.cite import Citer
from docrunch.documentation.decisions import split_lines
from docrunch.documentation.dependencies import Dependency, FileEdges, dependency, weight
from docrunch.documentation.digest import Digest, digest
from docrunch.documentation.files import FileView, is_example, is_test
from docrunch.documentation.model import DocumentationInput
from docrunch.documentation.readme import CodeBlock, code_blocks, find_readme
from docrunch.documentation.tables import StatedTable, stated_tables
from docrunch.graph.languages import traits
from docrunch.graph.model import Edge, EdgeKind, EntryPoint, Node, NodeKind, NodeMetrics
from docrunch.ids import NodeId
from docrunch.source.model import FileEntry, Issue

FUNCTION_PAGES = 500
MAX_README_LINES = 25
FUNCTIONS = (NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CONSTRUCTOR)
STARTED = frozenset({"route", "command", "job"})  # what starts code from outside and says how it is called
TYPES = (NodeKind.CLASS, NodeKind.INTERFACE, NodeKind.TRAIT, NodeKind.STRUCT, NodeKind.ENUM)


class World:
    """Indexes over one `DocumentationInput`; everything it returns is ordered."""

    def __init__(self, data: DocumentationInput) -> None:
        self._lines: dict[str, list[str]] = {}
        self._evicting = Lock()
        self.data = data
        self.cite = Citer(data.source, data.entries)
        self.entries: dict[str, FileEntry] = {entry.path: entry for entry in data.entries}
        self.nodes: dict[NodeId, Node] = {node.id: node for node in data.graph.nodes}
        self._metrics = data.assembly.metrics.nodes
        self._symbols: dict[str, list[Node]] = {}
        coded: set[str] = set()
        working: set[str] = set()
        for node in data.graph.nodes:
            if node.symbol >= 0:
                self._symbols.setdefault(node.path, []).append(node)
                if traits(node.language).code:
                    coded.add(node.language)
                elif node.kind is not NodeKind.KEY:  # settings and data are no code, jobs and services are
                    working.add(node.path)
        modules = [
            n for n in data.graph.nodes if n.kind is NodeKind.MODULE and (n.language in coded or n.path in working)
        ]
        self.modules: tuple[Node, ...] = tuple(sorted(modules, key=lambda n: n.path))
        self.module_at: dict[str, Node] = {node.path: node for node in self.modules}
        self.edges = FileEdges(data.graph.edges, self.nodes)
        self._files: dict[str, FileView] = {}
        self._file_digests: dict[str, Digest] = {}
        self._dependencies: dict[tuple[str, str], Dependency] = {}
        self._orders: dict[tuple[int, tuple[NodeId, ...]], tuple[NodeId, ...]] = {}

    def file(self, path: str) -> FileView:
        found = self._files.get(path)
        if found is None:
            found = self._files[path] = FileView(
                self.module_at.get(path),
                self._symbols.get(path, ()),
                partial(self.data.facts.get, path),
                self.entries.get(path),
                self._issues.get(path, ()),
            )
        return found

    def file_digest(self, path: str) -> Digest:
        """Of `file`. The facts follow from the text, whose hash is in the entry, and from whether there are any."""
        found = self._file_digests.get(path)
        if found is None:
            module, symbols = self.module_at.get(path), self._symbols.get(path)
            about = (module, symbols, path in self.data.facts, self.entries.get(path), self._issues.get(path))
            found = self._file_digests[path] = digest(about)
        return found

    def started(self, path: str) -> tuple[EntryPoint, ...]:
        """Routes, commands and jobs that start code of a file, by line and label."""
        return self._started.get(path, ())

    @cached_property
    def _started(self) -> dict[str, tuple[EntryPoint, ...]]:
        found: dict[str, list[EntryPoint]] = {}
        for entry in self.data.graph.entries:
            if entry.kind in STARTED and entry.label:
                found.setdefault(self.nodes[entry.handler].path, []).append(entry)
        return {path: tuple(sorted(every, key=self._entry_order)) for path, every in found.items()}

    def _entry_order(self, entry: EntryPoint) -> tuple[int, str, str]:
        return self.nodes[entry.handler].line, entry.label, entry.kind

    @cached_property
    def _issues(self) -> dict[str, tuple[Issue, ...]]:
        found: dict[str, tuple[Issue, ...]] = {}
        for issue in self.data.issues:
            found[issue.path] = (*found.get(issue.path, ()), issue)
        return found

    def count_symbols(self, path: str) -> int:
        return len(self._symbols.get(path, ()))

    def dependencies(self, path: str, *, out: bool) -> dict[str, Dependency]:
        """Path of another module → what this one takes from it, or what it takes from this one."""
        found = {}
        if path in self.module_at:
            for other in self.edges.between(path, out=out):
                if other != path and other in self.module_at:
                    taken = self._dependency(path, other) if out else self._dependency(other, path)
                    if taken.kinds:
                        found[other] = taken
        return found

    def _dependency(self, source: str, target: str) -> Dependency:
        found = self._dependencies.get((source, target))
        if found is None:
            edges = self.edges.between(source, out=True)[target]
            found = self._dependencies[source, target] = dependency(edges)
        return found

    def count_reexports(self, module: Node) -> int:
        """How many symbols of other modules a module offers as its own."""
        between = self.edges.between(module.path, out=True).items()
        exported = (
            (e.source, e.target)
            for other, edges in between
            if other not in ("", module.path)
            for e in edges
            if e.kind is EdgeKind.EXPORTS
        )
        return len({target for source, target in exported if source == module.id})

    def count_users(self, path: str) -> int:
        """How many other modules use a module."""
        between = self.edges.between(path, out=False).items()
        return sum(1 for other, edges in between if other != path and other in self.module_at and weight(edges))

    def weights(self, path: str) -> dict[str, int]:
        """Path of another module → number of references to it."""
        between = self.edges.between(path, out=True).items()
        found = {other: weight(edges) for other, edges in between if other != path and other in self.module_at}
        return {other: number for other, number in found.items() if number}

    def externals(self, path: str) -> dict[str, list[int]]:
        """What a module imports from outside the repository, by name → lines."""
        found: dict[str, list[int]] = {}
        if path in self.module_at:
            for edge in self.edges.between(path, out=True).get("", ()):
                target = self.nodes[edge.target]
                if edge.kind is EdgeKind.IMPORTS and target.kind is NodeKind.EXTERNAL:
                    found.setdefault(target.qualified_name, []).extend(edge.lines)
        return found

    def uses(self, node: NodeId) -> list[tuple[Edge, int]]:
        """Edges that reach a node, each with the line on which its source is defined."""
        here = self.nodes.get(node)
        found = self.edges.of(node, here.path, out=False) if here else []
        return [(edge, self.nodes[edge.source].line) for edge in found]

    def module_id(self, path: str) -> NodeId | None:
        module = self.module_at.get(path)
        return module.id if module else None

    def metric(self, node: NodeId) -> NodeMetrics:
        return self._metrics.get(node, _NO_METRICS)

    @cached_property
    def ranks(self) -> Mapping[NodeId, float]:
        """PageRank of a module: its own plus that of its symbols."""
        made: dict[NodeId, float] = {}
        metrics = self._metrics
        for module in self.modules:
            members = [metrics[node.id].pagerank for node in self._symbols.get(module.path, ()) if node.id in metrics]
            made[module.id] = self.metric(module.id).pagerank + math.fsum(members)  # in whatever order they come
        return made

    def most_important(self, nodes: Iterable[Node], limit: int | None = None) -> list[Node]:
        """By PageRank, best first; modules count with their symbols; ties by path and id."""
        chosen = list(nodes)
        return heapq.nsmallest(len(chosen) if limit is None else limit, chosen, key=self._importance)

    def order(self, limit: int, nodes: tuple[NodeId, ...]) -> tuple[NodeId, ...]:
        """The most important of those nodes that are here; a module's page and its line in lists ask for the same."""
        found = self._orders.get((limit, nodes))
        if found is None:
            here = (self.nodes[node] for node in nodes if node in self.nodes)
            found = self._orders[limit, nodes] = tuple(node.id for node in self.most_important(here, limit))
        return found

    def _importance(self, node: Node) -> tuple[float, str, int, str]:
        rank = self.ranks[node.id] if node.kind is NodeKind.MODULE and node.id in self.ranks else None
        return (-(self.metric(node.id).pagerank if rank is None else rank), node.path, node.line, node.id)

    @cached_property
    def cycle_of(self) -> dict[NodeId, int]:
        """Number of modules in the import cycle of a module, where it is in one."""
        return {node: len(cycle) for cycle in reversed(self.data.assembly.metrics.cycles) for node in cycle}

    @cached_property
    def product_modules(self) -> tuple[Node, ...]:
        """Modules that are neither tests nor examples; all modules where that leaves nothing."""
        chosen = tuple(m for m in self.modules if not is_test(m.path) and not is_example(m.path))
        return chosen or tuple(m for m in self.modules if not is_test(m.path)) or self.modules

    @cached_property
    def function_pages(self) -> dict[NodeId, str]:
        """Node → page of exported and entry-point functions outside tests, at most 500 by rank, examples last."""
        found = [
            n
            for path, nodes in self._symbols.items()
            if path in self.module_at and not is_test(path)
            for n in nodes
            if (n.exported or n.entry_point) and n.kind in FUNCTIONS
        ]
        first = self.most_important((n for n in found if not is_example(n.path)), FUNCTION_PAGES)
        rest = self.most_important((n for n in found if is_example(n.path)), FUNCTION_PAGES - len(first))
        return {n.id: paths.function_page(n.qualified_name, n.id) for n in (*first, *rest)}

    @cached_property
    def paged(self) -> frozenset[NodeId]:
        """Functions that have a page of their own."""
        return frozenset(self.function_pages)

    @cached_property
    def module_pages(self) -> dict[str, str]:
        """Path of a module → its page."""
        return {n.path: paths.module_page(n.qualified_name, n.path) for n in self.modules}

    @cached_property
    def tables(self) -> tuple[StatedTable, ...]:
        return stated_tables(self.data.graph.nodes, self.data.facts)

    @cached_property
    def readme(self) -> str | None:
        return find_readme(self.data.entries, self.data.texts)

    @cached_property
    def readme_blocks(self) -> list[CodeBlock]:
        """Code shown in the README, where it is short enough to be quoted."""
        shown = code_blocks(self.readme, self.data.texts[self.readme]) if self.readme else []
        return [block for block in shown if block.end - block.start < MAX_README_LINES]

    @cached_property
    def readme_words(self) -> dict[str, set[int]]:
        """Word → which of the `readme_blocks` hold it."""
        found: dict[str, set[int]] = {}
        for number, block in enumerate(self.readme_blocks):
            for word in re.findall(r"\w+", block.text):
                found.setdefault(word, set()).add(number)
        return found

    def lines(self, path: str) -> list[str]:
        """Lines of a stored text; empty without one."""
        found = self._lines.get(path)
        if found is None:
            text = self.data.texts.get(path)
            found = split_lines(text) if text is not None else []
            with self._evicting:  # windows of one job are rendered by two threads
                while len(self._lines) >= SPLIT_FILES:
                    del self._lines[next(iter(self._lines))]
                self._lines[path] = found
        return found


SPLIT_FILES = 512  # texts kept as lines, for the next page that quotes them
_NO_METRICS = NodeMetrics()
