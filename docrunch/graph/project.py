"""One tree, ready to be linked file by file: names, index, rules, packages and the methods outside their types."""

from collections.abc import Collection, Mapping, Sequence

from docrunch.canonical import canonical_json, sha256_hex
from docrunch.graph import (
    containment,
    entry_points,
    imports,
    inheritance,
    links,
    mentions,
    mounts,
    references,
    tables,
    tested,
)
from docrunch.graph.build import EdgeSet
from docrunch.graph.failures import LINK_FAILED, linking
from docrunch.graph.layout import parent_of
from docrunch.graph.model import EdgeKind, Marker, Node, Unresolved
from docrunch.graph.naming import ModuleNames
from docrunch.graph.nodes import Packages, external_node, module_id, module_node, repository_node, symbol_nodes
from docrunch.graph.outline import Outline
from docrunch.graph.place import Place, Shared
from docrunch.graph.resolve.attachments import Attachments, Receiver, SymbolName
from docrunch.graph.resolve.index import Index, go_clauses
from docrunch.graph.resolve.mounts import Mounted, Mounts
from docrunch.graph.resolve.reads import PACKAGE_NODE, TABLE
from docrunch.graph.resolve.resolver import Resolver, Rules
from docrunch.graph.resolve.tables import Tables
from docrunch.graph.resolve.values import EXACT
from docrunch.graph.shards import Shard
from docrunch.graph.told import NOTHING, Told
from docrunch.parsing.model import FileFacts
from docrunch.source.model import FileEntry


class Project:
    """``facts`` are read when a file is linked or asked about; the outlines say which files have any.

    ``failed``: files whose own references are left alone; what they define is linked to as ever.

    Raises:
        LinkFailed: from `receivers`, `mounts` and `file`, see `docrunch.graph.failures`.
    """

    def __init__(
        self,
        repository: str,
        entries: Sequence[FileEntry],
        outlines: Mapping[str, Outline],
        facts: Mapping[str, FileFacts],
        told: Told = NOTHING,
        failed: Collection[str] = (),
    ) -> None:
        self.repository = repository_node(repository)
        self.entries = {entry.path: entry for entry in sorted(entries, key=lambda entry: entry.path)}
        self.names = ModuleNames.build(
            entries,
            {path: each.manifest for path, each in outlines.items()},
            {path: each.package for path, each in outlines.items()},
        )
        self.index = Index(self.names, outlines, facts)
        self.packages = Packages(
            [path for path, each in outlines.items() if each.code],
            self.names,
            lambda path: outlines[path].language if path in outlines else "",
        )
        self._facts = facts
        self._told = told
        self._failed = failed
        self._outlines = outlines
        self._rules = Rules(self.index)
        self._named_tables = Tables(self.index)
        self._finder = Resolver(self.index, self._rules, None)
        self._shared: Shared | None = None
        self._mounts: Mounts | None = None

    def place(self, path: str) -> tuple[str, ...]:
        """What others see of where a file is, and what its own imports start from; only its name without facts."""
        outline, names = self._outlines.get(path), self.names
        if outline is None:
            return (names.module(path),)
        root = names.python_root(parent_of(path)) if outline.language == "python" else ""
        language = self.entries[path].language
        return language, outline.language, outline.package, names.module(path), names.prefix(path), root

    def layout(self) -> str:
        """A hash of what rules read without noting it: manifests, roots, names of Go packages."""
        described = [self.names.layout.description, go_clauses(self.names, self._outlines), self.repository.name]
        read = {key: family.layout() for key, family in self._rules.families.items()}
        return sha256_hex(canonical_json([*described, read]))

    def tables(self) -> dict[str, dict[str, str]]:
        """Answers about the tree as a whole that can be compared in full, by the group of their readings."""
        found = {
            PACKAGE_NODE: {place: str(node) for place, node in self.packages.ids.items()},
            TABLE: self._named_tables.table(),
        }
        for family in self._rules.families.values():
            for group, answers in family.tables().items():
                found.setdefault(group, {}).update(answers)
        return found

    # -- methods outside their type ------------------------------------------------------------------------------

    def receivers(self, path: str) -> tuple[Receiver, ...]:
        """The types of a file's methods with a receiver. Before `attach`; readings are noted in the open frame."""
        if path in self._failed:
            return ()
        with linking(path):
            return self._receivers(path)

    def _receivers(self, path: str) -> tuple[Receiver, ...]:
        index, finder = self.index, self._finder
        finder.begin()
        found = []
        for scope, number in enumerate(index.own_symbols(index.file_of[path])):
            symbol = index.symbols[number]
            if symbol.receiver:
                owner = finder.hierarchy.owner(number)
                trait = finder.hierarchy.named(number, symbol.trait) if symbol.trait and owner >= 0 else -1
                found.append(Receiver(scope, symbol.name, self._name(owner), self._name(trait)))
        return tuple(found)

    def _name(self, number: int) -> SymbolName | None:
        return self.index.name_of(number) if number >= 0 else None

    def attach(self, receivers: Mapping[str, tuple[Receiver, ...]]) -> None:
        """From here on, names can be resolved."""
        resolver = Resolver(self.index, self._rules, Attachments(receivers))
        self._shared = Shared(self.index, resolver, self.packages.ids, self._named_tables)

    # -- routes below addresses ----------------------------------------------------------------------------------

    def mounts(self, path: str) -> tuple[Mounted, ...]:
        """What a file puts below addresses. Between `attach` and `mount`; readings are noted in the open frame."""
        if path in self._failed:
            return ()
        with linking(path):
            return mounts.found(self._place(path))

    def mount(self, mounted: Mapping[str, tuple[Mounted, ...]]) -> dict[str, str]:
        """From here on, files can be linked. Returns what a look-up answers, by the name of the reading."""
        self._mounts = Mounts(self.index, mounted)
        return self._mounts.table()

    def _place(self, path: str) -> Place:
        if self._shared is None:
            raise RuntimeError("files are linked after `attach`")
        here = Place(self._shared, self.index.file_of[path], self._facts[path], self._told.files.get(path, ()))
        here.r.begin()
        return here

    # -- files ---------------------------------------------------------------------------------------------------

    def file(self, path: str) -> tuple[Shard, tuple[str, ...]]:
        """A file's part of the graph, and the outside names in it. Readings are noted in the open frame."""
        entry = self.entries[path]
        if path not in self._outlines:
            return Shard((module_node(entry, None, self.names),)), ()
        if path in self._failed:
            return self._unlinked(path)
        with linking(path):
            return self._linked(path)

    def _unlinked(self, path: str) -> tuple[Shard, tuple[str, ...]]:
        """What a file defines, and that nothing is known of what it refers to."""
        entry, here = self.entries[path], self._place(path)
        containment.add(here)
        nodes = [module_node(entry, here.facts, self.names), *symbol_nodes(self.index, here.file, here.facts, ())]
        nodes.sort(key=lambda node: node.id)
        lost = Unresolved(path, entry.language, {LINK_FAILED: 1})
        return Shard(tuple(nodes), here.edges.edges(), (), (lost,)), ()

    def _linked(self, path: str) -> tuple[Shard, tuple[str, ...]]:
        if self._mounts is None:
            raise RuntimeError("files are linked after `mount`")
        entry, here = self.entries[path], self._place(path)
        facts = here.facts
        containment.add(here)
        known = imports.add(here)
        inheritance.add(here)
        references.add(here, known)
        tables.add(here)
        links.add(here)
        mentions.add(here)
        tested.add(here)
        found = entry_points.find(here, self._mounts)
        programs = {each.handler for each in found if each.kind in entry_points.PROGRAMS}
        nodes = [module_node(entry, facts, self.names), *symbol_nodes(self.index, here.file, facts, programs)]
        nodes.sort(key=lambda node: node.id)
        edges = here.edges
        marked = tuple(
            sorted(Marker(here.source(each.scope), each.line, each.kind, each.text) for each in facts.markers)
        )
        shard = Shard(tuple(nodes), edges.edges(), edges.candidates(), edges.misses(), found, marked)
        return shard, tuple(sorted(here.externals))

    def shared(self, externals: Mapping[str, None]) -> Shard:
        """What belongs to no file: the repository, the packages, the outside."""
        edges, packages = EdgeSet(), self.packages
        root = self.repository.id
        nodes: list[Node] = [self.repository]
        for place, package in packages.ids.items():
            nodes.append(packages.node(place))
            edges.add(packages.around(place) or root, package, EdgeKind.CONTAINS, EXACT)
        for path in self.entries:
            container = packages.around(path) or root
            edges.add(container, module_id(path, self.names), EdgeKind.CONTAINS, EXACT)
        nodes += [external_node(name) for name in externals]
        return Shard(tuple(sorted(nodes, key=lambda node: node.id)), edges.edges())
