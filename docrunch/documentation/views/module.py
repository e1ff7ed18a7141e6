"""The page of one module: overview, dependencies, exports, usage examples, classes, symbols."""

from dataclasses import dataclass

from docrunch.documentation.escape import code, fence, prose
from docrunch.documentation.examples import Example, Examples
from docrunch.documentation.grouping import short_name
from docrunch.documentation.mermaid import MAX_NODES, dependency_diagram
from docrunch.documentation.summaries import describe, first_sentence, module_doc, module_facts, plural
from docrunch.documentation.views.links import Linker
from docrunch.documentation.views.symbols import ClassView, SymbolRow, class_view, symbol_rows
from docrunch.documentation.world import TYPES, World, is_test
from docrunch.graph.model import Node
from docrunch.ids import NodeId

EACH_SIDE = (MAX_NODES - 1) // 2
MAX_ROWS = 40  # of a dependency table
MAX_EXTERNALS = 30


@dataclass(frozen=True, slots=True)
class DependencyRow:
    module: str
    how: str
    where: str


@dataclass(frozen=True, slots=True)
class ExportRow:
    name: str
    type: str
    description: str
    citation: str


@dataclass(frozen=True, slots=True)
class ExampleView:
    title: str
    citation: str
    block: str


@dataclass(frozen=True, slots=True)
class ModuleView:
    title: str
    path: str
    citation: str
    doc: str
    doc_citation: str
    summary: str
    facts: list[str]
    diagram: str | None
    diagram_note: str
    depends_on: list[DependencyRow]
    depends_on_more: int
    used_by: list[DependencyRow]
    used_by_more: int
    externals: list[str]
    externals_more: int
    exports: list[ExportRow]
    examples: list[ExampleView]
    classes: list[ClassView]
    symbols: list[SymbolRow]
    issues: list[str]
    index_link: str


def module_view(world: World, examples: Examples, module: Node) -> ModuleView:
    page = world.module_pages[module.id]
    link = Linker(world, page)
    symbols = world.symbols_of(module.path)
    exported = _exported(world, module)
    facts = world.facts(module)
    doc = module_doc(world, module)
    depends, used = _neighbours(world, module, out=True), _neighbours(world, module, out=False)
    externals = sorted(world.externals.get(module.id, {}).items())
    return ModuleView(
        title=code(short_name(module)),
        path=code(module.path),
        citation=world.cite(module.path, 1, module.end_line or 1),
        doc=fence(doc) if doc.strip() else "",
        doc_citation=world.cite(module.path, facts.doc_line, facts.doc_end_line) if facts and facts.doc_line else "",
        summary="" if first_sentence(doc) else module_facts(world, module),
        facts=_facts(world, module),
        diagram=_diagram(world, module, depends, used),
        diagram_note=_diagram_note(depends, used),
        depends_on=[_row(world, link, module, other, out=True) for other in depends[:MAX_ROWS]],
        depends_on_more=max(0, len(depends) - MAX_ROWS),
        used_by=[_row(world, link, module, other, out=False) for other in used[:MAX_ROWS]],
        used_by_more=max(0, len(used) - MAX_ROWS),
        externals=[f"{code(n)} ({world.cite(module.path, min(ls))})" for n, ls in externals[:MAX_EXTERNALS] if ls],
        externals_more=max(0, len(externals) - MAX_EXTERNALS),
        exports=[_export_row(world, link, node) for node in exported],
        examples=[example_view(world, link, e) for e in examples.of(_with_methods(world, exported))]
        if not is_test(module.path)
        else [],
        classes=[class_view(world, link, n) for n in symbols if n.kind in TYPES and n.exported],
        symbols=symbol_rows(world, link, symbols),
        issues=[_issue(world, issue.path, issue.reason, issue.line) for issue in world.issues_at.get(module.path, ())],
        index_link=link.page("modules/index.md", "All modules"),
    )


def _exported(world: World, module: Node) -> list[Node]:
    """Exported names at the top of the file in source order, then what it re-exports by name."""
    own = [n for n in world.symbols_of(module.path) if n.exported and world.parent(n) is None]
    return own + world.reexports(module)


def _with_methods(world: World, exported: list[Node]) -> list[Node]:
    """Exported names and the public methods of exported types: a use of either shows how the module is used."""
    return exported + [m for n in exported if n.kind in TYPES for m in world.children(n) if m.exported]


def _neighbours(world: World, module: Node, *, out: bool) -> list[NodeId]:
    """Other modules by number of references, heaviest first; tests last among those that use this one."""
    found = (world.depends_on if out else world.used_by).get(module.id, {})
    key = lambda other: (  # noqa: E731
        not out and is_test(world.nodes[other].path),
        -found[other].weight,
        world.nodes[other].path,
    )
    return sorted(found, key=key)


def _diagram(world: World, module: Node, depends: list[NodeId], used: list[NodeId]) -> str | None:
    left, right = _shown(depends, used)
    if not left and not right:
        return None
    keys = [*left, module.id, *(other for other in right if other not in left)]
    nodes = [(key, short_name(world.nodes[key])) for key in keys]
    edges = [(user, module.id) for user in left] + [(module.id, other) for other in right]
    return dependency_diagram(nodes, edges, focus=module.id)


def _shown(depends: list[NodeId], used: list[NodeId]) -> tuple[list[NodeId], list[NodeId]]:
    """Users and dependencies to draw: 12 each, more where the other side leaves room."""
    left = used[: max(EACH_SIDE, MAX_NODES - 1 - len(depends))]
    return left, depends[: MAX_NODES - 1 - len(left)]


def _diagram_note(depends: list[NodeId], used: list[NodeId]) -> str:
    left, right = _shown(depends, used)
    hidden = len(depends) + len(used) - len(left) - len(right)
    return f"Not drawn: {plural(hidden, 'further module')} with fewer references." if hidden else ""


def _row(world: World, link: Linker, module: Node, other: NodeId, *, out: bool) -> DependencyRow:
    node = world.nodes[other]
    dependency = (world.depends_on if out else world.used_by)[module.id][other]
    line = dependency.first_line
    where = world.cite(module.path if out else node.path, line) if line else ""
    return DependencyRow(link.node(node), dependency.describe(), where)


def _export_row(world: World, link: Linker, node: Node) -> ExportRow:
    symbol = world.symbol(node)
    kind = str(node.kind)
    if symbol and symbol.type and node.kind not in TYPES:
        kind = f"{kind}: {code(symbol.type[:80], in_table=True)}"
    return ExportRow(link.node(node, name=node.name), kind, describe(world, node), world.cite_node(node))


def example_view(world: World, link: Linker, example: Example) -> ExampleView:
    origin = {"README": "shown in the README", "test": "in a test", "example": "in an example", "module": "in use"}
    return ExampleView(
        title=f"{link.node(example.symbol, name=example.symbol.name)}, {origin[example.origin]}",
        citation=world.cite(example.path, example.start, example.end),
        block=fence(example.text, example.language or "text"),
    )


def _facts(world: World, module: Node) -> list[str]:
    facts, metric = world.facts(module), world.metric(module.id)
    entry = world.entries.get(module.path)
    made = [f"Language: {prose(module.language)}"]
    if entry is not None:
        lines = f"{entry.lines:,} lines"
        made.append(
            f"Size: {lines}, {facts.code_lines:,} of them code" if facts and facts.code_lines else f"Size: {lines}"
        )
    symbols = world.symbols_of(module.path)
    exported = sum(1 for n in symbols if n.exported)
    made.append(f"Symbols: {len(symbols):,}, {exported:,} exported")
    if metric.afferent or metric.efferent:
        made.append(
            f"Coupling: used by {plural(metric.afferent, 'module')} (Ca), depends on {metric.efferent} (Ce), "
            f"instability {metric.instability:.2f}"
        )
    if facts and facts.entry_point:
        made.append("Entry point: can be run directly")
    cycle = next((c for c in world.data.assembly.metrics.cycles if module.id in c), None)
    if cycle:
        made.append(f"Part of an import cycle of {len(cycle)} modules")
    return made


def _issue(world: World, path: str, reason: str, line: int) -> str:
    return f"{prose(reason.replace('_', ' '))} ({world.cite(path, line or 1, 0)})"
