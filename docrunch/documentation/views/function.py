"""The page of one function: file, line, signature, description, parameters, returns, used by."""

from dataclasses import dataclass

from docrunch.documentation.escape import code, fence, prose, unmarked
from docrunch.documentation.examples import Examples
from docrunch.documentation.files import is_test
from docrunch.documentation.reader import Reader
from docrunch.documentation.summaries import plural
from docrunch.documentation.views.links import Linker, display_name
from docrunch.documentation.views.module import ExampleView, example_view
from docrunch.graph.model import Confidence, Edge, EdgeKind, Node, NodeKind
from docrunch.ids import NodeId

RECEIVERS = ("self", "cls", "&self", "&mut self", "this")  # stated by the kind already
MAX_USERS = 40
MAX_CALLS = 40
MAX_OVERRIDING = 10
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
    impact: list[str]
    address: str


def function_view(reader: Reader, node_id: NodeId, page: str) -> FunctionView:
    node = reader.node(node_id)
    link = Linker(reader, page)
    symbol = reader.symbol(node)
    used_by, tests = _users(reader, link, node)
    calls = _calls(reader, link, node)
    return FunctionView(
        title=code(display_name(node)),
        kind=str(node.kind),
        module=link.node(reader.module(node.path)),
        file=code(node.path),
        line=str(node.line),
        citation=reader.cite_node(node),
        traits=_traits(node),
        signature=fence(node.signature or node.name, node.language),
        doc=fence(node.doc) if node.doc.strip() else "",
        doc_citation=reader.cite(node.path, node.doc_line, node.doc_end_line) if node.doc_line else "",
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
        examples=[example_view(reader, link, e) for e in Examples(reader).of([node], 2)],
        similar=[link.node(near, in_table=False) for near in reader.related(node)],
        overrides=[
            link.node(reader.face(e.target), in_table=False) for e in reader.edges_out(node, EdgeKind.OVERRIDES)
        ],
        impact=_impact(reader, link, node),
        address=node.id,
    )


def _impact(reader: Reader, link: Linker, node: Node) -> list[str]:
    """What a change of the function reaches first: computed from direct edges, the rest is a query."""
    said: list[str] = []
    users = [user.face for user in reader.users(node, EdgeKind.CALLS, EdgeKind.USES)]
    direct = [face for face in users if not is_test(face.path)]
    if direct:
        modules = len({face.path for face in direct})
        said.append(f"Used directly by {plural(len(direct), 'symbol')} in {plural(modules, 'module')}.")
    above = [reader.node(edge.target) for edge in reader.edges_out(node, EdgeKind.OVERRIDES)]
    for method in above:
        through = [user for user in reader.users(method, EdgeKind.CALLS) if not is_test(user.face.path)]
        if through:
            said.append(f"Calls of {link.node(method, in_table=False)} ({len(through)} outside tests) may run it.")
    below = reader.users(node, EdgeKind.OVERRIDES)
    if below:
        named = ", ".join(link.node(user.face, in_table=False) for user in below[:MAX_OVERRIDING])
        more = f" and {len(below) - MAX_OVERRIDING} more" if len(below) > MAX_OVERRIDING else ""
        said.append(f"Overridden or implemented by {named}{more}: a call of it may run one of them.")
    if node.exported:
        said.append("Part of the public surface: code outside this repository may use it.")
    tests = len(users) - len(direct)
    if said:
        found = f"{plural(tests, 'test')} {'uses' if tests == 1 else 'use'} it directly."
        said.append(found if tests else "No test uses it directly.")
    return said


def _traits(node: Node) -> list[str]:
    made = [prose(modifier) for modifier in node.modifiers if not modifier.startswith("@")]
    if node.entry_point:
        made.append("entry point")
    if node.complexity:
        made.append(f"cyclomatic complexity {node.complexity}")
    return made


def _users(reader: Reader, link: Linker, node: Node) -> tuple[list[UseRow], list[UseRow]]:
    """Users outside and inside tests, one row per using symbol."""
    rows: tuple[list[UseRow], list[UseRow]] = ([], [])
    for user in reader.users(node, EdgeKind.CALLS, EdgeKind.USES, EdgeKind.IMPORTS, EdgeKind.EXPORTS):
        row = UseRow(link.node(user.face), link.edge_lines(user.edges, user.face.path), _how(user.edges))
        rows[is_test(user.face.path)].append(row)
    return rows


def _calls(reader: Reader, link: Linker, node: Node) -> list[UseRow]:
    rows = []
    edges = reader.edges_out(node, EdgeKind.CALLS)
    for edge in sorted(edges, key=lambda e: (e.lines[:1], e.target)):
        target = reader.face(edge.target)
        if target.kind is not NodeKind.EXTERNAL:
            rows.append(UseRow(link.node(target), link.edge_lines([edge], node.path), _how([edge])))
    return rows


def _how(edges: list[Edge]) -> str:
    kinds = ", ".join(dict.fromkeys(str(edge.kind) for edge in edges))
    sure = all(edge.confidence is Confidence.EXACT for edge in edges)
    best = max(edges, key=lambda e: e.certainty)
    return kinds if sure else f"{kinds} ({best.confidence}, {best.certainty:g})"
