"""Rows and sections about the symbols of a module."""

from dataclasses import dataclass

from docrunch.documentation.escape import code, fence
from docrunch.documentation.reader import Reader
from docrunch.documentation.summaries import describe
from docrunch.documentation.views.links import Linker
from docrunch.documentation.world import FUNCTIONS
from docrunch.graph.model import EdgeKind, Node, NodeKind

MAX_RELATED_TYPES = 12


@dataclass(frozen=True, slots=True)
class MemberRow:
    name: str
    description: str
    citation: str


@dataclass(frozen=True, slots=True)
class ClassView:
    title: str
    kind: str
    signature: str
    doc: str
    doc_citation: str
    citation: str
    extends: list[str]
    extended_by: list[str]
    extended_by_more: int
    members: list[MemberRow]


@dataclass(frozen=True, slots=True)
class SymbolRow:
    name: str
    kind: str
    exported: str
    complexity: str
    citation: str


def class_view(reader: Reader, link: Linker, node: Node) -> ClassView:
    supers = [reader.face(e.target) for e in reader.edges_out(node, EdgeKind.INHERITS, EdgeKind.IMPLEMENTS)]
    subs = [reader.face(e.source) for e in reader.edges_in(node, EdgeKind.INHERITS, EdgeKind.IMPLEMENTS)]
    known = [link.node(n) for n in subs]
    return ClassView(
        title=code(node.name),
        kind=str(node.kind),
        signature=fence(node.signature, node.language) if node.signature else "",
        doc=fence(node.doc) if node.doc.strip() else "",
        doc_citation=reader.cite(node.path, node.doc_line, node.doc_end_line) if node.doc_line else "",
        citation=reader.cite_node(node),
        extends=[link.node(n) for n in supers],
        extended_by=known[:MAX_RELATED_TYPES],
        extended_by_more=max(0, len(known) - MAX_RELATED_TYPES),
        members=[
            _member(reader, link, n) for n in reader.children(node) if n.exported and n.kind is not NodeKind.VARIABLE
        ],
    )


def _member(reader: Reader, link: Linker, node: Node) -> MemberRow:
    name = f"{node.name}()" if node.kind in FUNCTIONS else node.name
    return MemberRow(link.node(node, name=name), describe(reader, node), reader.cite_node(node))


def symbol_rows(reader: Reader, link: Linker, symbols: list[Node]) -> list[SymbolRow]:
    rows = []
    for node in symbols:
        symbol = reader.symbol(node)
        rows.append(
            SymbolRow(
                name=link.node(node, name=symbol.local_name if symbol else node.name),
                kind=str(node.kind),
                exported="yes" if node.exported else "",
                complexity=str(node.complexity) if node.complexity else "",
                citation=reader.cite_node(node),
            )
        )
    return rows
