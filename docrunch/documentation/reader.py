"""What a page may know of the world, and a note of everything it asked for.

A page is a pure function of what its reader answered. So a page made from one input is the page of another input too
wherever `Reads.hold` there: every question it asked has the same answer. Views get a `Reader` and nothing else;
whatever they can learn from it is noted here, by the file where the whole of a file was open to them, else one by one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

import msgspec

from docrunch.documentation.dependencies import Dependency
from docrunch.documentation.digest import Digest, digest
from docrunch.documentation.files import FileView
from docrunch.documentation.readme import CodeBlock
from docrunch.documentation.world import FUNCTIONS, World
from docrunch.graph.model import Edge, EdgeKind, EntryPoint, Node, NodeKind
from docrunch.ids import NodeId
from docrunch.parsing.model import FileFacts, Symbol


class Face(Protocol):
    """What every page may know of a node without noting it: what its id is made of (`docrunch.ids.node_id`)."""

    @property
    def id(self) -> NodeId: ...
    @property
    def kind(self) -> NodeKind: ...
    @property
    def qualified_name(self) -> str: ...
    @property
    def path(self) -> str: ...


class User(msgspec.Struct, frozen=True):
    """One symbol that uses another: where it is defined, and the edges between the two."""

    face: Face
    line: int
    edges: list[Edge]


class Reads(msgspec.Struct, frozen=True, gc=False):
    """What one page was told, without the answers themselves where they are large."""

    files: tuple[tuple[str, Digest], ...]
    edges: tuple[tuple[str, bool, Digest], ...]  # (path, out?): all edges that leave or reach a file
    answers: tuple[tuple[str, object, object], ...]  # (question, about, answer)
    modules: tuple[tuple[str, NodeId | None], ...]  # path → its module, which has a page
    paged: frozenset[NodeId]  # functions that have a page of their own
    unpaged: frozenset[NodeId]  # functions that have none
    reach: tuple[tuple[str, int], ...]  # files cited up to a line, which they have
    linked: bool  # citations are links

    def count(self) -> int:
        """Number of reads, for an estimate of what they occupy."""
        named = sum(len(about) for _, about, _ in self.answers if isinstance(about, tuple))
        noted = (self.files, self.edges, self.answers, self.modules, self.paged, self.unpaged, self.reach)
        return named + sum(map(len, noted))

    def hold(self, world: World) -> bool:
        """Whether another world gives the same answers."""
        return (
            self.linked == world.cite.linked
            and all(world.file_digest(path) == known for path, known in self.files)
            and all(world.edges.digest(path, out=out) == known for path, out, known in self.edges)
            and all(world.module_id(path) == known for path, known in self.modules)
            and self.paged <= world.paged
            and self.unpaged.isdisjoint(world.paged)
            and all(world.cite.lines(path) >= line for path, line in self.reach)
            and all(_QUESTIONS[name](world, about) == answer for name, about, answer in self.answers)
        )


class Reader:
    """Answers the questions of one page."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._files: dict[str, FileView] = {}
        self._edges: set[tuple[str, bool]] = set()
        self._answers: dict[tuple[str, object], object] = {}
        self._modules: dict[str, NodeId | None] = {}
        self._paged: set[NodeId] = set()
        self._unpaged: set[NodeId] = set()
        self._reach: dict[str, int] = {}

    def reads(self) -> Reads:
        """What was asked so far."""
        world = self._world
        return Reads(
            tuple((path, world.file_digest(path)) for path in self._files),
            tuple((path, out, world.edges.digest(path, out=out)) for path, out in sorted(self._edges)),
            tuple((name, about, answer) for (name, about), answer in self._answers.items()),
            tuple(self._modules.items()),
            frozenset(self._paged),
            frozenset(self._unpaged),
            tuple(self._reach.items()),
            world.cite.linked,
        )

    def _ask(self, question: str, about: object) -> object:
        key = (question, about)
        if key not in self._answers:
            self._answers[key] = _QUESTIONS[question](self._world, about)
        return self._answers[key]

    # Files: whatever is asked of one opens all of it.

    def file(self, path: str) -> FileView:
        found = self._files.get(path)
        if found is None:
            found = self._files[path] = self._world.file(path)
        return found

    def facts(self, node: Node) -> FileFacts | None:
        return self.file(node.path).facts

    def symbol(self, node: Node) -> Symbol | None:
        """The facts of a symbol node."""
        return self.file(node.path).symbol(node)

    def symbols_of(self, path: str) -> list[Node]:
        """Symbols of a file in source order."""
        return self.file(path).symbols

    def children(self, node: Node) -> list[Node]:
        """Symbols directly inside a symbol, in source order."""
        return self.file(node.path).children(node)

    def lines(self, path: str) -> list[str]:
        """Lines of a stored text; empty without one."""
        self.file(path)
        return self._world.lines(path)

    def text(self, path: str) -> bytes:
        self.file(path)
        return self._world.data.texts[path]

    def node(self, node: NodeId) -> Node:
        """All about a node; opens its file."""
        found = self._world.nodes[node]
        self.file(found.path)
        return found

    # Edges

    def face(self, node: NodeId) -> Face:
        return self._world.nodes[node]

    def dependencies(self, path: str, *, out: bool) -> Mapping[str, Dependency]:
        """Path of another module → what this one takes from it, or what it takes from this one."""
        self._edges.add((path, out))
        for other in self._world.edges.between(path, out=out):
            self._note_module(other)  # files that are no module are left out, until they are one
        return self._world.dependencies(path, out=out)

    def module(self, path: str) -> Face:
        """The module of a file that has one."""
        self._note_module(path)
        return self._world.module_at[path]

    def _note_module(self, path: str) -> None:
        if path not in self._modules:
            self._modules[path] = self._world.module_id(path)

    def externals(self, path: str) -> dict[str, list[int]]:
        """What a module imports from outside the repository, by name → lines."""
        self._edges.add((path, True))
        return self._world.externals(path)

    def edges_in(self, node: Face, *kinds: EdgeKind) -> list[Edge]:
        """Notes all edges that reach the file, unless `users` noted those of the node."""
        if ("uses", node.id) not in self._answers:
            self._edges.add((node.path, False))
        found = self._world.edges.of(node.id, node.path, out=False)
        return [edge for edge in found if edge.kind in kinds] if found else found

    def edges_out(self, node: Face, *kinds: EdgeKind) -> list[Edge]:
        self._edges.add((node.path, True))
        return [edge for edge in self._world.edges.of(node.id, node.path, out=True) if edge.kind in kinds]

    def users(self, node: Node, *kinds: EdgeKind) -> list[User]:
        """What uses a symbol, by place."""
        self._ask("uses", node.id)
        found: dict[NodeId, User] = {}
        for edge, line in self._world.uses(node.id):
            if edge.kind in kinds:
                found.setdefault(edge.source, User(self.face(edge.source), line, [])).edges.append(edge)
        return sorted(found.values(), key=lambda user: (user.face.path, user.line, user.face.id))

    def reexports(self, module: Node) -> list[Node]:
        """Symbols of other modules that a module offers as its own, by name."""
        targets = dict.fromkeys(edge.target for edge in self.edges_out(module, EdgeKind.EXPORTS))
        others = (self.face(target) for target in targets)
        found = [self.node(other.id) for other in others if other.path and other.path != module.path]
        return sorted(found, key=lambda n: (n.name, n.path, n.line))

    def started(self, path: str) -> tuple[EntryPoint, ...]:
        """Routes, commands and jobs that start code of a file, wherever it is said."""
        return cast(tuple[EntryPoint, ...], self._ask("started", path))

    # Figures over the whole graph

    def most_important(self, nodes: Iterable[Node], limit: int) -> list[Node]:
        """The first by PageRank, best first; ties by path and id."""
        about = (limit, tuple(node.id for node in nodes))
        first = cast(tuple[NodeId, ...], self._ask("order", about))
        return [self.node(node) for node in first]

    def coupling(self, module: Face) -> tuple[int, int, float]:
        """(Ca, Ce, instability)."""
        return cast(tuple[int, int, float], self._ask("coupling", module.id))

    def cycle(self, module: Face) -> int:
        """Number of modules in the import cycle that a module is part of; 0 without one."""
        return cast(int, self._ask("cycle", module.id))

    def related(self, node: Face) -> Sequence[Face]:
        """Symbols of this repository that are similar by their vectors, nearest first."""
        return [self.face(other) for other in cast(tuple[NodeId, ...], self._ask("related", node.id))]

    # Pages and citations

    def page_of(self, node: Face) -> str | None:
        """The page that describes a node: its own, else that of its module."""
        if node.kind in FUNCTIONS:
            own = self._world.function_pages.get(node.id)
            if own is not None:
                self._paged.add(node.id)
                return own
            self._unpaged.add(node.id)
        path = node.path
        if path not in self._modules:
            self._note_module(path)
        return self._world.module_pages.get(path)

    def cite(self, path: str, start: int, end: int = 0) -> str:
        """See `Citer`."""
        if path not in self._files:
            last, wanted = self._world.cite.lines(path), max(start, end, 1)
            if wanted <= last:
                self._reach[path] = max(wanted, self._reach.get(path, 0))
            else:
                self._ask("lines", path)
        return self._world.cite(path, start, end)

    def cite_node(self, node: Node) -> str:
        """Citation of a symbol's whole definition, or of a whole module's first line to last."""
        start = node.start_line or node.line or 1
        return self.cite(node.path, start, max(node.end_line, start))

    def readme_block(self, names: tuple[str, ...]) -> tuple[CodeBlock, str] | None:
        """The first short block of code in the README that uses one of ``names``, and the first name it uses."""
        return cast(tuple[CodeBlock, str] | None, self._ask("readme", names))


def _readme(world: World, names: tuple[str, ...]) -> tuple[CodeBlock, str] | None:
    numbers = [min(world.readme_words[name]) for name in names if name in world.readme_words]
    if not numbers:
        return None
    first = min(numbers)
    return world.readme_blocks[first], next(n for n in names if first in world.readme_words.get(n, ()))


def _related(world: World, node: NodeId) -> tuple[NodeId, ...]:
    near = world.data.assembly.related.get(node, ())
    return tuple(other for other, _ in near if other in world.nodes and world.nodes[other].path)


def _coupling(world: World, node: NodeId) -> tuple[int, int, float]:
    metric = world.metric(node)
    return metric.afferent, metric.efferent, metric.instability


_QUESTIONS: dict[str, Callable[[World, Any], object]] = {
    "uses": lambda world, node: digest(world.uses(node)),
    "order": lambda world, about: world.order(*about),
    "coupling": _coupling,
    "cycle": lambda world, node: world.cycle_of.get(node, 0),
    "related": _related,
    "lines": lambda world, path: world.cite.lines(path),
    "started": lambda world, path: world.started(path),
    "readme": _readme,
}
