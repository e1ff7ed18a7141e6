"""The page of the tables: columns, keys, indexes, who refers to a table, and a diagram of the keys."""

from collections import defaultdict
from dataclasses import dataclass

from docrunch.documentation import paths
from docrunch.documentation.erd import MAX_TABLES, Entity, Key, er_diagram
from docrunch.documentation.escape import code, prose
from docrunch.documentation.reader import Reader
from docrunch.documentation.summaries import plural, shortened
from docrunch.documentation.tables import StatedTable
from docrunch.documentation.views.links import Linker
from docrunch.documentation.world import World
from docrunch.graph.model import Edge, EdgeKind, Node
from docrunch.ids import NodeId
from docrunch.parsing.model import Column, ForeignKey, TableRole

SHOWN_TABLES = 300  # in full; the others are counted
SHOWN_COLUMNS = 200
SHOWN_USERS = 12
MAX_DOC = 200
_SORTS = {
    TableRole.SCHEMA: "stated by a schema",
    TableRole.MODEL: "mapped by a class",
    TableRole.MIGRATION: "made by a migration",
}


@dataclass(frozen=True, slots=True)
class ColumnRow:
    name: str
    type: str
    null: str
    keys: str
    default: str
    about: str
    citation: str


@dataclass(frozen=True, slots=True)
class TableView:
    title: str
    sort: str
    citation: str
    doc: str
    columns: list[ColumnRow]
    columns_more: int
    relations: list[str]
    indexes: list[str]
    reads: list[str]
    users: list[str]
    users_more: int


@dataclass(frozen=True, slots=True)
class SchemaView:
    counted: str
    diagram: str | None
    legend: str
    tables: list[TableView]
    tables_more: int
    index_link: str


def schema_view(world: World) -> SchemaView:
    page = _Page(world)
    shown = world.tables[:SHOWN_TABLES]
    diagram, legend = _diagram(page)
    return SchemaView(
        counted=f"{plural(len(world.tables), 'table')}, views and mapped classes included.",
        diagram=diagram,
        legend=legend,
        tables=[_table(page, each) for each in shown],
        tables_more=len(world.tables) - len(shown),
        index_link=page.link.page(paths.INDEX, "Start page"),
    )


class _Page:
    def __init__(self, world: World) -> None:
        self.world = world
        self.reader = Reader(world)
        self.link = Linker(self.reader, paths.SCHEMA)
        self.by_node: dict[NodeId, list[StatedTable]] = defaultdict(list)
        for each in world.tables:
            self.by_node[each.node.id].append(each)
        self._leads: dict[NodeId, dict[int, list[NodeId]]] = {}

    def target(self, stated: StatedTable, key: ForeignKey) -> StatedTable | None:
        """The table that a key leads to, by the edge that the graph has for it."""
        name = (key.table or key.model).lower().rpartition(".")[2]
        for target in self._used(stated.node).get(key.line, ()):
            for other in self.by_node.get(target, ()):
                if name in (_last(other.name), _last(other.table.model)):
                    return other
        if name in (_last(stated.name), _last(stated.table.model)):
            return stated  # of itself: a node has no edge to itself
        return None

    def _used(self, node: Node) -> dict[int, list[NodeId]]:
        """What a node uses, by line; made once, since a table may have thousands of keys."""
        found = self._leads.get(node.id)
        if found is None:
            found = self._leads[node.id] = defaultdict(list)
            for edge in self.world.edges.of(node.id, node.path, out=True):
                for line in edge.lines if edge.kind is EdgeKind.USES else ():
                    found[line].append(edge.target)
        return found


def _last(name: str) -> str:
    return name.lower().rpartition(".")[2]


def _shown(rows: list[str], number: int) -> list[str]:
    """At most so many rows as a table shows columns, and how many are left out."""
    left_out = number - SHOWN_COLUMNS
    return [*rows[:SHOWN_COLUMNS], f"and {left_out:,} more"] if left_out > 0 else rows


def _table(page: _Page, stated: StatedTable) -> TableView:
    table, path = stated.table, stated.node.path
    cite = page.world.cite
    columns = table.columns[:SHOWN_COLUMNS]
    users = _users(page, stated)
    return TableView(
        title=code(stated.name),
        sort=_sort(page, stated),
        citation=cite(path, table.line, max(table.line, table.end_line)),
        doc=prose(shortened(table.doc or stated.node.doc.partition("\n\n")[0], MAX_DOC)),
        columns=[_column(page, stated, column) for column in columns],
        columns_more=len(table.columns) - len(columns),
        relations=_shown([_relation(page, stated, key) for key in table.keys[: SHOWN_COLUMNS + 1]], len(table.keys)),
        indexes=_shown(
            [
                f"{'unique, ' if index.unique else ''}{', '.join(code(name) for name in index.columns)}"
                f"{f' ({code(index.name)})' if index.name else ''} ({cite(path, index.line)})"
                for index in table.indexes[:SHOWN_COLUMNS]
            ],
            len(table.indexes),
        ),
        reads=_shown(
            [f"{code(name)} ({cite(path, line)})" for name, line in table.reads[:SHOWN_COLUMNS]], len(table.reads)
        ),
        users=users[:SHOWN_USERS],
        users_more=max(0, len(users) - SHOWN_USERS),
    )


def _sort(page: _Page, stated: StatedTable) -> str:
    if stated.table.view:
        return f"View, {_SORTS[stated.table.role]}"
    of = f" {page.link.node(stated.node, in_table=False)}" if stated.table.role is not TableRole.SCHEMA else ""
    return f"Table, {_SORTS[stated.table.role]}{of}"


def _column(page: _Page, stated: StatedTable, column: Column) -> ColumnRow:
    keys = ["primary"] if column.primary else []
    keys += ["unique"] if column.unique else []
    keys += ["foreign"] if any(column.name in key.columns for key in stated.table.keys) else []
    return ColumnRow(
        name=code(column.name, in_table=True),
        type=code(column.type, in_table=True),
        null="" if column.nullable else "not null",
        keys=", ".join(keys),
        default=code(column.default, in_table=True),
        about=prose(shortened(column.doc, MAX_DOC)),
        citation=page.world.cite(stated.node.path, column.line),
    )


def _relation(page: _Page, stated: StatedTable, key: ForeignKey) -> str:
    found = page.target(stated, key)
    other = code(found.name if found is not None else key.table or key.model)
    own = ", ".join(code(name) for name in key.columns) or "many to many"
    there = f" ({', '.join(code(name) for name in key.targets)})" if key.targets else ""
    known = "" if found is not None else ", which is not stated here, or more than once"
    return f"{own} → {other}{there}{known} ({page.world.cite(stated.node.path, key.line)})"


def _users(page: _Page, stated: StatedTable) -> list[str]:
    """What the graph says refers to a table, by place."""
    edges = page.world.edges.of(stated.node.id, stated.node.path, out=False)
    sources: list[tuple[str, int, Node, Edge]] = []
    for edge in edges:
        source = page.world.nodes[edge.source]
        sources.append((source.path, edge.lines[0] if edge.lines else 0, source, edge))
    made = []
    for path, line, source, edge in sorted(sources, key=lambda each: (each[0], each[1], each[3].kind)):
        where = f" ({page.world.cite(path, line)})" if line and path else ""
        made.append(f"{page.link.node(source, in_table=False)}, {edge.kind}{where}")
    return made


def _diagram(page: _Page) -> tuple[str | None, str]:
    """The tables with most keys, in both directions."""
    keys: list[Key] = []
    weights: dict[int, int] = defaultdict(int)
    tables = [each for each in page.world.tables if not each.table.view]
    number_of = {id(each): number for number, each in enumerate(tables)}
    for number, each in enumerate(tables):
        for key in each.table.keys:
            found = page.target(each, key)
            if found is not None and id(found) in number_of:
                other = number_of[id(found)]
                keys.append(Key(number, other, ", ".join(key.columns), key.many))
                weights[number] += 1
                weights[other] += 1
    chosen = sorted(sorted(weights, key=lambda number: (-weights[number], number))[:MAX_TABLES])
    entities = [Entity(number, tables[number].name, tables[number].table) for number in chosen]
    legend = ""
    if len(weights) > len(chosen):
        legend = (
            f"The {len(chosen)} tables with most keys are drawn; {len(weights) - len(chosen)} others have keys too."
        )
    return er_diagram(entities, keys), legend
