"""Our graph as a SCIP index, for tools that read those: definitions, references and what implements what.

A graph knows lines, and an index wants characters: the name is looked up in the line of the text. Where an edge's
target goes by another name there, the whole line is the range. Equal graphs and texts give equal bytes.
"""

import re
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import BinaryIO

from docrunch.graph.model import Edge, EdgeKind, Graph, Node, NodeKind
from docrunch.ids import NodeId
from docrunch.scip.names import KINDS, LANGUAGES, descriptor, file_symbol, outside_symbol
from docrunch.scip.positions import MAX_LINE_BYTES, Lines
from docrunch.scip.scip_pb2 import (
    UTF8,
    Document,
    Index,
    Metadata,
    Occurrence,
    Relationship,
    SymbolInformation,
    ToolInfo,
    UTF8CodeUnitOffsetFromLineStart,
)

_DEFINITION = 1  # bit of symbol_roles
_REFERENCES = (EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS, EdgeKind.IMPLEMENTS)
_IMPLEMENTS = frozenset({EdgeKind.INHERITS, EdgeKind.IMPLEMENTS, EdgeKind.OVERRIDES})
_PLACELESS = frozenset({NodeKind.REPOSITORY, NodeKind.PACKAGE, NodeKind.EXTERNAL})


def write_scip(graph: Graph, text: Callable[[str], bytes], out: BinaryIO) -> None:
    """Args:
    text: the text of a file that has symbols or references, as it was scanned.
    """
    made = _Writing(graph, text)
    out.write(Index(metadata=_metadata()).SerializeToString(deterministic=True))
    for path in sorted(made.files):
        out.write(Index(documents=[made.document(path)]).SerializeToString(deterministic=True))
    outside = [SymbolInformation(symbol=made.symbols[node.id], display_name=node.name) for node in made.outside]
    out.write(Index(external_symbols=outside).SerializeToString(deterministic=True))


def _metadata() -> Metadata:
    try:
        number = version("docrunch")
    except PackageNotFoundError:
        number = "0"
    tool = ToolInfo(name="docrunch", version=number)
    return Metadata(tool_info=tool, project_root="file:///", text_document_encoding=UTF8)


class _Writing:
    def __init__(self, graph: Graph, text: Callable[[str], bytes]) -> None:
        self._graph = graph
        self._text = text
        self._nodes = {node.id: node for node in graph.nodes}
        self._edges: dict[NodeId, list[Edge]] = {}
        for edge in graph.edges:
            self._edges.setdefault(edge.source, []).append(edge)
        self.outside = [node for node in graph.nodes if node.kind is NodeKind.EXTERNAL]
        self.files: dict[str, list[Node]] = {}  # with symbols or references, in source order
        for node in graph.nodes:
            if node.kind not in _PLACELESS:
                self.files.setdefault(node.path, []).append(node)
        self.symbols = {node.id: outside_symbol(node.qualified_name) for node in self.outside}
        for path, nodes in self.files.items():
            nodes.sort(key=lambda node: (node.start_byte, -node.end_byte, node.kind is not NodeKind.MODULE, node.id))
            self._name_all(path, nodes)
        self.files = {
            path: nodes
            for path, nodes in self.files.items()
            if len(nodes) > 1
            or any(edge.kind in _REFERENCES for node in nodes for edge in self._edges.get(node.id, ()))
        }

    def _name_all(self, path: str, nodes: list[Node]) -> None:
        top = file_symbol(self._graph.repository, path)
        parents = {
            edge.target: node.id
            for node in nodes
            for edge in self._edges.get(node.id, ())
            if edge.kind is EdgeKind.CONTAINS
        }
        taken: dict[str, int] = {}
        for node in nodes:
            if node.kind is NodeKind.MODULE:
                self.symbols[node.id] = top
                continue
            around = self.symbols.get(parents.get(node.id, NodeId("")), top)
            first = around + descriptor(node, 0)
            number = taken[first] = taken.get(first, -1) + 1
            self.symbols[node.id] = around + descriptor(node, number) if number else first

    def document(self, path: str) -> Document:
        nodes = self.files[path]
        lines = Lines(self._text(path))
        occurrences: dict[tuple[tuple[int, ...], str, int], Occurrence] = {}
        for node in nodes:
            for found in (*self._definition(node, lines), *self._references(node, lines)):
                occurrences.setdefault((tuple(found.range), found.symbol, found.symbol_roles), found)
        return Document(
            relative_path=path,
            language=LANGUAGES.get(nodes[0].language, nodes[0].language),
            position_encoding=UTF8CodeUnitOffsetFromLineStart,
            occurrences=[occurrences[key] for key in sorted(occurrences)],
            symbols=[self._information(node) for node in nodes],
        )

    def _definition(self, node: Node, lines: Lines) -> Iterable[Occurrence]:
        symbol = self.symbols[node.id]
        if node.kind is NodeKind.MODULE:
            return [Occurrence(range=[0, 0, 0], symbol=symbol, symbol_roles=_DEFINITION)]
        spot = next(iter(_words(lines, node.line, _written(node))), _whole(lines, node.line))
        last = len(lines.line(node.end_line))
        body = [node.start_line - 1, 0, node.end_line - 1, last] if node.start_line else []
        return [Occurrence(range=spot, symbol=symbol, symbol_roles=_DEFINITION, enclosing_range=body)]

    def _references(self, node: Node, lines: Lines) -> Iterable[Occurrence]:
        for edge in self._edges.get(node.id, ()):
            target = self._nodes.get(edge.target)
            if edge.kind not in _REFERENCES or target is None or target.id not in self.symbols:
                continue
            for line in edge.lines:
                for spot in _words(lines, line, _written(target)) or [_whole(lines, line)]:
                    yield Occurrence(range=spot, symbol=self.symbols[target.id])

    def _information(self, node: Node) -> SymbolInformation:
        related = [
            Relationship(
                symbol=self.symbols[edge.target], is_implementation=True, is_reference=edge.kind is EdgeKind.OVERRIDES
            )
            for edge in self._edges.get(node.id, ())
            if edge.kind in _IMPLEMENTS and edge.target in self.symbols
        ]
        return SymbolInformation(
            symbol=self.symbols[node.id],
            display_name=node.name,
            kind=KINDS.get(node.kind, 0),
            documentation=[node.doc] if node.doc else [],
            relationships=related,
            signature_documentation=Document(language=LANGUAGES.get(node.language, node.language), text=node.signature)
            if node.signature
            else None,
        )


def _written(node: Node) -> str:
    """A name as it stands in the text: that of a Rust macro is without "!" where it is defined."""
    return node.name.removesuffix("!") if node.language == "rust" else node.name


def _words(lines: Lines, number: int, name: str) -> list[list[int]]:
    """Ranges of a name in a line, where it stands as a whole word."""
    if not name or lines.size(number) > MAX_LINE_BYTES:
        return []
    pattern = rb"(?<![\w$])" + re.escape(name.encode("utf-8", "surrogatepass")) + rb"(?![\w$])"
    return [[number - 1, *found.span()] for found in re.finditer(pattern, lines.line(number))]


def _whole(lines: Lines, number: int) -> list[int]:
    line = lines.line(number)
    return [number - 1, len(line) - len(line.lstrip()), len(line.rstrip())]
