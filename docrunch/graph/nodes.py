"""The nodes of a graph: one per file, symbol and code directory, one for the repository, and those outside."""

from collections.abc import Callable, Collection, Iterable

from docrunch.graph.layout import ancestors, parent_of
from docrunch.graph.model import Node, NodeKind
from docrunch.graph.naming import ModuleNames
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.interface import go_package_name
from docrunch.ids import NodeId, node_id
from docrunch.parsing.model import FileFacts, Symbol
from docrunch.remembered import remembered
from docrunch.source.model import FileEntry

KNOWN_OUTSIDE = 20_000  # names of things outside whose node is kept, ≈ 0.5 KB each
_KINDS = {kind.value: kind for kind in NodeKind}


def repository_node(name: str) -> Node:
    return Node(node_id("", name, NodeKind.REPOSITORY, 0), NodeKind.REPOSITORY, name, name)


def external_id(name: str) -> NodeId:
    """The node of something outside the repository."""
    return node_id("", name, NodeKind.EXTERNAL, 0)


@remembered(KNOWN_OUTSIDE)
def external_node(name: str) -> Node:
    short = name.replace("::", ".").rstrip("/").rsplit("/", 1)[-1].rsplit(".", 1)[-1]
    return Node(external_id(name), NodeKind.EXTERNAL, short or name, name)


def module_id(path: str, names: ModuleNames) -> NodeId:
    return node_id(path, names.module(path), NodeKind.MODULE, 0)


def module_node(entry: FileEntry, facts: FileFacts | None, names: ModuleNames) -> Node:
    return Node(
        id=module_id(entry.path, names),
        kind=NodeKind.MODULE,
        name=entry.path.rsplit("/", 1)[-1],
        qualified_name=names.module(entry.path),
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


def symbol_nodes(index: Index, file: int, facts: FileFacts, programs: Collection[NodeId]) -> list[Node]:
    """The nodes of a file's symbols, in source order. Args: ``programs``: those that something outside starts."""
    path = index.paths[file]
    numbers = index.own_symbols(file)
    return [
        _symbol_node(path, index, number, scope, symbol, facts, programs)
        for scope, (number, symbol) in enumerate(zip(numbers, facts.symbols, strict=True))
    ]


def _symbol_node(
    path: str, index: Index, number: int, scope: int, symbol: Symbol, facts: FileFacts, programs: Collection[NodeId]
) -> Node:
    return Node(
        id=index.id_of(number),
        kind=_KINDS[symbol.kind.value],
        name=symbol.name,
        qualified_name=index.names.symbol(path, symbol.local_name),
        path=path,
        line=symbol.line,
        end_line=symbol.end_line,
        language=facts.language,
        signature=symbol.signature,
        doc=symbol.doc,
        exported=symbol.exported,
        ordinal=index.symbols[number].ordinal,
        start_line=symbol.start_line,
        start_byte=symbol.start_byte,
        end_byte=symbol.end_byte,
        doc_line=symbol.doc_line,
        doc_end_line=symbol.doc_end_line,
        complexity=symbol.complexity,
        modifiers=_marks(symbol),
        symbol=scope,
        entry_point=index.id_of(number) in programs,
        cognitive=symbol.cognitive,
    )


def _marks(symbol: Symbol) -> tuple[str, ...]:
    """Modifiers and decorators: what tells of a symbol that something other than a reference may reach it."""
    if not symbol.decorators:
        return symbol.modifiers
    return (*dict.fromkeys(sorted(f"@{name}" for name in symbol.decorators)), *symbol.modifiers)


class Packages:
    """Directories that hold code somewhere below them. The root is one only as the package of its own Go files."""

    def __init__(self, code: Iterable[str], names: ModuleNames, language: Callable[[str], str]) -> None:
        """Args: paths of files with code; the language of a path that has facts, "" for others."""
        self._names = names
        self._language = language
        directories: set[str] = set()
        for path in code:
            for place in ancestors(parent_of(path)):
                if not place or place in directories:
                    break
                directories.add(place)
            if not parent_of(path) and language(path) == "go":
                directories.add("")
        self.ids = {place: node_id(place, names.package(place), NodeKind.PACKAGE, 0) for place in sorted(directories)}

    def node(self, place: str) -> Node:
        return Node(
            id=self.ids[place],
            kind=NodeKind.PACKAGE,
            name=place.rsplit("/", 1)[-1] or go_package_name(self._names.package(place)),
            qualified_name=self._names.package(place),
            path=place,
            language=self._language(f"{place}/__init__.py"),
            exported=True,
        )

    def around(self, path: str) -> NodeId | None:
        """The closest package around a path or directory, ``None`` for the repository."""
        for place in ancestors(parent_of(path)):
            if place and place in self.ids:
                return self.ids[place]
        return self.ids.get("") if self._language(path) == "go" and not parent_of(path) else None
