"""Step 1 of linking: the nodes. One per file, symbol, code directory, and one for the repository."""

from collections.abc import Mapping, Sequence

from docrunch.graph.layout import ancestors, parent_of
from docrunch.graph.model import Node, NodeKind
from docrunch.graph.naming import ModuleNames
from docrunch.graph.resolve.index import Index
from docrunch.ids import NodeId, node_id
from docrunch.parsing.model import FileFacts, Symbol
from docrunch.source.model import FileEntry

_KINDS = {kind.value: kind for kind in NodeKind}


class NodeSet:
    """All nodes of a graph and how to find them by file, by symbol number and by directory."""

    def __init__(self, repository: str, entries: Sequence[FileEntry], index: Index) -> None:
        self.names = index.names
        self.nodes: dict[NodeId, Node] = {}
        self.repository = self._add(
            Node(node_id("", repository, NodeKind.REPOSITORY, 0), NodeKind.REPOSITORY, repository, repository)
        )
        facts = dict(zip(index.paths, index.facts, strict=True))
        self.modules = {entry.path: self._module(entry, facts.get(entry.path)) for entry in entries}
        self.packages = self._packages(index)
        self.symbols: list[NodeId] = []
        for path, file_facts in zip(index.paths, index.facts, strict=True):
            self._symbols(path, file_facts, self.names)

    def _add(self, node: Node) -> NodeId:
        self.nodes[node.id] = node
        return node.id

    def _module(self, entry: FileEntry, facts: FileFacts | None) -> NodeId:
        name = self.names.module(entry.path)
        node = Node(
            id=node_id(entry.path, name, NodeKind.MODULE, 0),
            kind=NodeKind.MODULE,
            name=entry.path.rsplit("/", 1)[-1],
            qualified_name=name,
            path=entry.path,
            line=1,
            end_line=max(entry.lines, facts.lines if facts is not None else 0, 1),
            language=entry.language,
            doc=facts.doc if facts is not None else "",
            exported=facts is not None and bool(facts.symbols),
            start_line=1,
            end_byte=entry.size,
            doc_line=facts.doc_line if facts is not None else 0,
            doc_end_line=facts.doc_end_line if facts is not None else 0,
            entry_point=facts is not None and facts.entry_point,
        )
        return self._add(node)

    def _packages(self, index: Index) -> dict[str, NodeId]:
        """Directories that hold code somewhere below them, the root of the repository aside."""
        directories: set[str] = set()
        for path, facts in zip(index.paths, index.facts, strict=True):
            if facts.symbols or (facts.code_lines and facts.imports):
                directories.update(place for place in ancestors(parent_of(path)) if place)
        found = {}
        for place in sorted(directories):
            name = self.names.package(place)
            init = index.file_of.get(f"{place}/__init__.py")
            node = Node(
                id=node_id(place, name, NodeKind.PACKAGE, 0),
                kind=NodeKind.PACKAGE,
                name=place.rsplit("/", 1)[-1],
                qualified_name=name,
                path=place,
                language=index.facts[init].language if init is not None else "",
                exported=True,
            )
            found[place] = self._add(node)
        return found

    def _symbols(self, path: str, facts: FileFacts, names: ModuleNames) -> None:
        ordinals: dict[tuple[str, str], int] = {}
        for number, symbol in enumerate(facts.symbols):
            qualified = names.symbol(path, symbol.local_name)
            key = (qualified, symbol.kind.value)
            ordinal = ordinals[key] = ordinals.get(key, -1) + 1
            self.symbols.append(self._add(_symbol_node(path, qualified, number, symbol, ordinal, facts)))

    def external(self, name: str) -> NodeId:
        """The node of something outside the repository, made when first asked for."""
        found = node_id("", name, NodeKind.EXTERNAL, 0)
        if found not in self.nodes:
            short = name.replace("::", ".").rstrip("/").rsplit("/", 1)[-1].rsplit(".", 1)[-1]
            self._add(Node(found, NodeKind.EXTERNAL, short or name, name))
        return found

    def container(self, path: str) -> NodeId:
        """The closest package around a path, else the repository."""
        for place in ancestors(parent_of(path)):
            if place in self.packages and place != path:
                return self.packages[place]
        return self.repository


def _symbol_node(path: str, qualified: str, number: int, symbol: Symbol, ordinal: int, facts: FileFacts) -> Node:
    kind = _KINDS[symbol.kind.value]
    return Node(
        id=node_id(path, qualified, kind, ordinal),
        kind=kind,
        name=symbol.name,
        qualified_name=qualified,
        path=path,
        line=symbol.line,
        end_line=symbol.end_line,
        language=facts.language,
        signature=symbol.signature,
        doc=symbol.doc,
        exported=symbol.exported,
        ordinal=ordinal,
        start_line=symbol.start_line,
        start_byte=symbol.start_byte,
        end_byte=symbol.end_byte,
        doc_line=symbol.doc_line,
        doc_end_line=symbol.doc_end_line,
        complexity=symbol.complexity,
        modifiers=symbol.modifiers,
        symbol=number,
        entry_point=symbol.name == "main" and symbol.parent < 0 and facts.entry_point,
    )


def module_facts(entries: Sequence[FileEntry], facts: Mapping[str, FileFacts]) -> dict[str, FileFacts]:
    """The facts of inventoried files, in path order: facts of unknown paths would make nodes that nobody can open."""
    known = sorted(entry.path for entry in entries)
    return {path: facts[path] for path in known if path in facts}
