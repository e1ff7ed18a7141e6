"""Rows and sections about the symbols of a module."""

from dataclasses import dataclass

from docrunch.documentation.escape import code, fence
from docrunch.documentation.summaries import describe
from docrunch.documentation.views.links import Linker
from docrunch.documentation.world import FUNCTIONS, World
from docrunch.graph.model import EdgeKind, Node, NodeKind
from docrunch.ids import NodeId

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


def class_view(world: World, link: Linker, node: Node) -> ClassView:
    supers = [_node(world, e.target) for e in world.edges_out(node.id, EdgeKind.INHERITS, EdgeKind.IMPLEMENTS)]
    subs = [_node(world, e.source) for e in world.edges_in(node.id, EdgeKind.INHERITS, EdgeKind.IMPLEMENTS)]
    known = [link.node(n) for n in subs if n]
    return ClassView(
        title=code(node.name),
        kind=str(node.kind),
        signature=fence(node.signature, node.language) if node.signature else "",
        doc=fence(node.doc) if node.doc.strip() else "",
        doc_citation=world.cite(node.path, node.doc_line, node.doc_end_line) if node.doc_line else "",
        citation=world.cite_node(node),
        extends=[link.node(n) for n in supers if n],
        extended_by=known[:MAX_RELATED_TYPES],
        extended_by_more=max(0, len(known) - MAX_RELATED_TYPES),
        members=[
            _member(world, link, n) for n in world.children(node) if n.exported and n.kind is not NodeKind.VARIABLE
        ],
    )


def _member(world: World, link: Linker, node: Node) -> MemberRow:
    name = f"{node.name}()" if node.kind in FUNCTIONS else node.name
    return MemberRow(link.node(node, name=name), describe(world, node), world.cite_node(node))


def symbol_rows(world: World, link: Linker, symbols: list[Node]) -> list[SymbolRow]:
    rows = []
    for node in symbols:
        symbol = world.symbol(node)
        rows.append(
            SymbolRow(
                name=link.node(node, name=symbol.local_name if symbol else node.name),
                kind=str(node.kind),
                exported="yes" if node.exported else "",
                complexity=str(node.complexity) if node.complexity else "",
                citation=world.cite_node(node),
            )
        )
    return rows


def _node(world: World, node_id: NodeId) -> Node | None:
    return world.nodes.get(node_id)
