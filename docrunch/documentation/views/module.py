"""The page of one module: overview, dependencies, exports, usage examples, classes, symbols."""

from collections.abc import Mapping
from dataclasses import dataclass

from docrunch.documentation.dependencies import Dependency
from docrunch.documentation.escape import code, fence, prose
from docrunch.documentation.examples import Example, Examples
from docrunch.documentation.files import is_test
from docrunch.documentation.grouping import short_name
from docrunch.documentation.mermaid import MAX_NODES, dependency_diagram
from docrunch.documentation.reader import Reader
from docrunch.documentation.summaries import describe, first_sentence, module_doc, module_facts, plural
from docrunch.documentation.views.links import Linker
from docrunch.documentation.views.symbols import ClassView, SymbolRow, class_view, symbol_rows
from docrunch.documentation.world import TYPES
from docrunch.graph.model import EntryPoint, Node
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
class EntryRow:
    label: str
    kind: str
    runs: str
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
    entries: list[EntryRow]
    entries_more: int
    exports: list[ExportRow]
    examples: list[ExampleView]
    classes: list[ClassView]
    symbols: list[SymbolRow]
    issues: list[str]
    index_link: str


def module_view(reader: Reader, node_id: NodeId, page: str) -> ModuleView:
    module = reader.node(node_id)
    link = Linker(reader, page)
    symbols = reader.symbols_of(module.path)
    depends, used = reader.dependencies(module.path, out=True), reader.dependencies(module.path, out=False)
    targets, users = _heaviest(depends), _heaviest(used, tests_last=True)
    exported = _exported(reader, module)
    facts = reader.facts(module)
    doc = module_doc(reader, module)
    externals = sorted(reader.externals(module.path).items())
    return ModuleView(
        title=code(short_name(module)),
        path=code(module.path),
        citation=reader.cite(module.path, 1, module.end_line or 1),
        doc=fence(doc) if doc.strip() else "",
        doc_citation=reader.cite(module.path, facts.doc_line, facts.doc_end_line) if facts and facts.doc_line else "",
        summary="" if first_sentence(doc) else module_facts(reader, module),
        facts=_facts(reader, module),
        diagram=_diagram(reader, module, targets, users),
        diagram_note=_diagram_note(targets, users),
        depends_on=[_row(reader, link, other, depends[other], module.path) for other in targets[:MAX_ROWS]],
        depends_on_more=max(0, len(targets) - MAX_ROWS),
        used_by=[_row(reader, link, other, used[other], other) for other in users[:MAX_ROWS]],
        used_by_more=max(0, len(users) - MAX_ROWS),
        externals=[f"{code(n)} ({reader.cite(module.path, min(ls))})" for n, ls in externals[:MAX_EXTERNALS] if ls],
        externals_more=max(0, len(externals) - MAX_EXTERNALS),
        entries=[_entry_row(reader, link, entry) for entry in reader.started(module.path)[:MAX_ROWS]],
        entries_more=max(0, len(reader.started(module.path)) - MAX_ROWS),
        exports=[_export_row(reader, link, node) for node in exported],
        examples=[example_view(reader, link, e) for e in Examples(reader).of(_with_methods(reader, exported))]
        if not is_test(module.path)
        else [],
        classes=[class_view(reader, link, n) for n in symbols if n.kind in TYPES and n.exported],
        symbols=symbol_rows(reader, link, symbols),
        issues=[_issue(reader, issue.path, issue.reason, issue.line) for issue in reader.file(module.path).issues],
        index_link=link.page("modules/index.md", "All modules"),
    )


def _exported(reader: Reader, module: Node) -> list[Node]:
    """Exported names at the top of the file in source order, then what it re-exports by name."""
    own = [n for n in reader.file(module.path).top if n.exported]
    return own + reader.reexports(module)


def _with_methods(reader: Reader, exported: list[Node]) -> list[Node]:
    """Exported names and the public methods of exported types: a use of either shows how the module is used."""
    return exported + [m for n in exported if n.kind in TYPES for m in reader.children(n) if m.exported]


def _heaviest(found: Mapping[str, Dependency], *, tests_last: bool = False) -> list[str]:
    """Paths of other modules by number of references, heaviest first."""
    return sorted(found, key=lambda other: (tests_last and is_test(other), -found[other].weight, other))


def _diagram(reader: Reader, module: Node, depends: list[str], used: list[str]) -> str | None:
    left, right = _shown(depends, used)
    if not left and not right:
        return None
    here = module.path
    keys = [*left, here, *(other for other in right if other not in left)]
    nodes = [(key, short_name(reader.module(key))) for key in keys]
    edges = [(user, here) for user in left] + [(here, other) for other in right]
    return dependency_diagram(nodes, edges, focus=here)


def _shown(depends: list[str], used: list[str]) -> tuple[list[str], list[str]]:
    """Users and dependencies to draw: 12 each, more where the other side leaves room."""
    left = used[: max(EACH_SIDE, MAX_NODES - 1 - len(depends))]
    return left, depends[: MAX_NODES - 1 - len(left)]


def _diagram_note(depends: list[str], used: list[str]) -> str:
    left, right = _shown(depends, used)
    hidden = len(depends) + len(used) - len(left) - len(right)
    return f"Not drawn: {plural(hidden, 'further module')} with fewer references." if hidden else ""


def _row(reader: Reader, link: Linker, other: str, dependency: Dependency, where: str) -> DependencyRow:
    """``where``: the file in which the other is used, or which the other uses."""
    line = dependency.first_line
    cited = reader.cite(where, line) if line else ""
    return DependencyRow(link.node(reader.module(other)), dependency.describe(), cited)


def _export_row(reader: Reader, link: Linker, node: Node) -> ExportRow:
    symbol = reader.symbol(node)
    kind = str(node.kind)
    if symbol and symbol.type and node.kind not in TYPES:
        kind = f"{kind}: {code(symbol.type[:80], in_table=True)}"
    return ExportRow(link.node(node, name=node.name), kind, describe(reader, node), reader.cite_node(node))


def _entry_row(reader: Reader, link: Linker, entry: EntryPoint) -> EntryRow:
    handler, place = reader.face(entry.handler), reader.face(entry.place)
    kind = f"{entry.kind} ({prose(entry.framework)})" if entry.framework else entry.kind
    return EntryRow(code(entry.label, in_table=True), kind, link.node(handler), reader.cite(place.path, entry.line))


def example_view(reader: Reader, link: Linker, example: Example) -> ExampleView:
    origin = {"README": "shown in the README", "test": "in a test", "example": "in an example", "module": "in use"}
    return ExampleView(
        title=f"{link.node(example.symbol, name=example.symbol.name)}, {origin[example.origin]}",
        citation=reader.cite(example.path, example.start, example.end),
        block=fence(example.text, example.language or "text"),
    )


def _facts(reader: Reader, module: Node) -> list[str]:
    file = reader.file(module.path)
    made = [f"Language: {prose(module.language)}"]
    if file.entry is not None:
        lines = plural(file.entry.lines, "line")
        coded = file.facts.code_lines if file.facts else 0
        made.append(f"Size: {lines}, {coded:,} of them code" if coded else f"Size: {lines}")
    exported = sum(1 for n in file.symbols if n.exported)
    made.append(f"Symbols: {len(file.symbols):,}, {exported:,} exported")
    afferent, efferent, instability = reader.coupling(module)
    if afferent or efferent:
        made.append(
            f"Coupling: used by {plural(afferent, 'module')} (Ca), depends on {efferent} (Ce), "
            f"instability {instability:.2f}"
        )
    if file.facts and file.facts.entry_point:
        made.append("Entry point: can be run directly")
    cycle = reader.cycle(module)
    if cycle:
        made.append(f"Part of an import cycle of {cycle} modules")
    return made


def _issue(reader: Reader, path: str, reason: str, line: int) -> str:
    return f"{prose(reason.replace('_', ' '))} ({reader.cite(path, line or 1, 0)})"
