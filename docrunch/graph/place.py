"""One file while its edges are found: what the steps of linking share."""

from collections.abc import Mapping

from docrunch.graph.build import EdgeSet
from docrunch.graph.model import EdgeKind
from docrunch.graph.nodes import external_id, module_id
from docrunch.graph.resolve.attachments import SymbolName
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.mentions import Mentions
from docrunch.graph.resolve.reads import PACKAGE_NODE
from docrunch.graph.resolve.resolver import Resolver
from docrunch.graph.resolve.tables import Tables
from docrunch.graph.resolve.unique_method import UniqueMethods
from docrunch.graph.resolve.values import EXACT, EXTERNAL, MODULE, PACKAGE, SYMBOL, Value
from docrunch.graph.told import Mention, by_place
from docrunch.ids import NodeId
from docrunch.parsing.model import FileFacts


class Shared:
    """What all files of one link have in common."""

    def __init__(self, index: Index, resolver: Resolver, packages: Mapping[str, NodeId], tables: Tables) -> None:
        self.index = index
        self.tables = tables
        self.resolver = resolver
        self.mentions = Mentions(index)
        self.unique = UniqueMethods(resolver)
        self.externals: dict[str, NodeId] = {}
        self.modules: dict[int, NodeId] = {}
        self._packages = packages

    def package(self, directory: str) -> NodeId | None:
        self.index.reads.note(PACKAGE_NODE, directory)
        return self._packages.get(directory)

    def module(self, file: int) -> NodeId:
        found = self.modules.get(file)
        if found is None:
            found = self.modules[file] = module_id(self.index.paths[file], self.index.names)
        return found

    def external(self, name: str) -> NodeId:
        found = self.externals.get(name)
        if found is None:
            found = self.externals[name] = external_id(name)
        return found


class Place:
    """The file that is linked. ``sources`` of its edges are its own nodes, always."""

    def __init__(self, shared: Shared, file: int, facts: FileFacts, mentions: tuple[Mention, ...] = ()) -> None:
        self.shared = shared
        self.r = shared.resolver
        self.index = shared.index
        self.file = file
        self.path = shared.index.paths[file]
        self.facts = facts
        self.module = shared.module(file)
        self.edges = EdgeSet()
        self.externals: set[str] = set()
        self.mentions = mentions
        self._told = by_place(mentions)
        self._numbers: dict[SymbolName, int] = {}
        self.targets: dict[NodeId, tuple[int, int | str]] = {}  # what calls and imports lead to

    def source(self, scope: int) -> NodeId:
        """The node of a scope of this file."""
        return self.index.id_of(self.index.number(self.file, scope)) if scope >= 0 else self.module

    def told(self, line: int, word: str) -> Value | None:
        """What an index from elsewhere says that a name in a line means."""
        name = self._told.get((line, word))
        if name is None:
            return None
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = self.index.named(name)
        return (SYMBOL, number, EXACT) if number >= 0 else None

    def node(self, value: Value) -> NodeId | None:
        """The node of a value: a symbol, a module, a directory, something outside."""
        tag, payload, _ = value
        if isinstance(payload, int):
            if tag == MODULE:
                return self.shared.module(payload)
            return self.index.id_of(payload) if tag == SYMBOL else None
        if tag == PACKAGE:
            family, key = self.r.package(payload)
            directory = family.package_directory(key)
            return self.shared.package(directory) if directory is not None else None
        return self.external(payload) if tag == EXTERNAL else None

    def external(self, name: str) -> NodeId:
        name = name.removesuffix("::")
        self.externals.add(name)
        return self.shared.external(name)

    def lead(self, source: NodeId, value: Value, kind: EdgeKind, line: int) -> NodeId | None:
        """Add an edge to the node of a value; None where it has none or is the source itself."""
        target = self.node(value)
        if target is None or target == source:
            return None
        self.edges.add(source, target, kind, value[2], line)
        self.targets[target] = (value[0], value[1])
        return target

    def unresolved(self, reason: str) -> None:
        self.edges.unresolved(self.path, self.facts.language, reason)

    def unknown(self, chain: tuple[str, ...]) -> None:
        """A chain that leads nowhere: what its last part may mean is anything of that name."""
        name = chain[-1].removesuffix("()")
        if len(chain) > 1 and name.isidentifier():
            self.edges.unknown(self.path, self.facts.language, name)
