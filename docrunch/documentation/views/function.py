"""The page of one function: file, line, signature, description, parameters, returns, used by."""

from collections import defaultdict
from dataclasses import dataclass

from docrunch.documentation.escape import code, fence, prose, unmarked
from docrunch.documentation.examples import Examples
from docrunch.documentation.views.links import Linker, display_name
from docrunch.documentation.views.module import ExampleView, example_view
from docrunch.documentation.world import World, is_test
from docrunch.graph.model import Confidence, Edge, EdgeKind, Node, NodeKind
from docrunch.ids import NodeId

RECEIVERS = ("self", "cls", "&self", "&mut self", "this")  # stated by the kind already
MAX_USERS = 40
MAX_CALLS = 40
MAX_DOC = 400  # characters of a parameter's description


@dataclass(frozen=True, slots=True)
class ParameterRow:
    name: str
    type: str
    default: str
    description: str


@dataclass(frozen=True, slots=True)
class UseRow:
    name: str
    where: str
    how: str


@dataclass(frozen=True, slots=True)
class FunctionView:
    title: str
    kind: str
    module: str
    file: str
    line: str
    citation: str
    traits: list[str]
    signature: str
    doc: str
    doc_citation: str
    parameters: list[ParameterRow]
    returns_type: str
    returns_doc: str
    used_by: list[UseRow]
    used_by_more: int
    tests: list[UseRow]
    tests_more: int
    calls: list[UseRow]
    calls_more: int
    examples: list[ExampleView]
    similar: list[str]
    overrides: list[str]


def function_view(world: World, examples: Examples, node: Node) -> FunctionView:
    link = Linker(world, world.function_pages[node.id])
    symbol = world.symbol(node)
    users = world.edges_in(node.id, EdgeKind.CALLS, EdgeKind.USES, EdgeKind.IMPORTS, EdgeKind.EXPORTS)
    used_by, tests = _users(world, link, users)
    calls = _calls(world, link, node)
    module = world.module_at[node.path]
    return FunctionView(
        title=code(display_name(node)),
        kind=str(node.kind),
        module=link.node(module),
        file=code(node.path),
        line=str(node.line),
        citation=world.cite_node(node),
        traits=_traits(node),
        signature=fence(node.signature or node.name, node.language),
        doc=fence(node.doc) if node.doc.strip() else "",
        doc_citation=world.cite(node.path, node.doc_line, node.doc_end_line) if node.doc_line else "",
        parameters=[
            ParameterRow(
                code(p.name, in_table=True),
                code(p.type, in_table=True),
                code(p.default, in_table=True),
                prose(unmarked(p.doc)[:MAX_DOC]),
            )
            for number, p in enumerate(symbol.params if symbol else ())
            if number > 0 or p.type or p.name not in RECEIVERS
        ],
        returns_type=code(symbol.returns) if symbol else "",
        returns_doc=prose(unmarked(symbol.returns_doc)[:MAX_DOC]) if symbol else "",
        used_by=used_by[:MAX_USERS],
        used_by_more=max(0, len(used_by) - MAX_USERS),
        tests=tests[:MAX_USERS],
        tests_more=max(0, len(tests) - MAX_USERS),
        calls=calls[:MAX_CALLS],
        calls_more=max(0, len(calls) - MAX_CALLS),
        examples=[example_view(world, link, e) for e in examples.of([node], 2)],
        similar=[link.node(world.nodes[n], in_table=False) for n, _ in _related(world, node)],
        overrides=[
            link.node(world.nodes[e.target], in_table=False)
            for e in world.edges_out(node.id, EdgeKind.OVERRIDES)
            if e.target in world.nodes
        ],
    )


def _traits(node: Node) -> list[str]:
    made = [prose(modifier) for modifier in node.modifiers]
    if node.entry_point:
        made.append("entry point")
    if node.complexity:
        made.append(f"cyclomatic complexity {node.complexity}")
    return made


def _users(world: World, link: Linker, edges: list[Edge]) -> tuple[list[UseRow], list[UseRow]]:
    """Users outside and inside tests, one row per using symbol."""
    by_source: dict[NodeId, list[Edge]] = defaultdict(list)
    for edge in edges:
        by_source[edge.source].append(edge)
    rows: tuple[list[UseRow], list[UseRow]] = ([], [])
    known = [world.nodes[source] for source in by_source if source in world.nodes]
    for node in sorted(known, key=lambda n: (n.path, n.line, n.id)):
        found = by_source[node.id]
        row = UseRow(link.node(node), link.edge_lines(found, node.path), _how(found))
        rows[is_test(node.path)].append(row)
    return rows


def _calls(world: World, link: Linker, node: Node) -> list[UseRow]:
    rows = []
    edges = world.edges_out(node.id, EdgeKind.CALLS)
    for edge in sorted(edges, key=lambda e: (e.lines[:1], e.target)):
        target = world.nodes.get(edge.target)
        if target is not None and target.kind is not NodeKind.EXTERNAL:
            rows.append(UseRow(link.node(target), link.edge_lines([edge], node.path), _how([edge])))
    return rows


def _how(edges: list[Edge]) -> str:
    kinds = ", ".join(dict.fromkeys(str(edge.kind) for edge in edges))
    sure = all(edge.confidence is Confidence.EXACT for edge in edges)
    best = max(edges, key=lambda e: e.certainty)
    return kinds if sure else f"{kinds} ({best.confidence}, {best.certainty:g})"


def _related(world: World, node: Node) -> list[tuple[NodeId, float]]:
    return [(n, s) for n, s in world.data.assembly.related.get(node.id, ()) if n in world.nodes and world.nodes[n].path]
