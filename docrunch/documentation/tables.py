"""The tables of a repository, as its schemas, mapped classes and migrations state them."""

from collections.abc import Iterable, Mapping

import msgspec

from docrunch.graph.model import Node, NodeKind
from docrunch.graph.table_names import table_name
from docrunch.parsing.model import FileFacts, Table, TableRole

_MARKS = frozenset({"table", "migration"})
_TABLES = (NodeKind.TABLE, NodeKind.VIEW)


class StatedTable(msgspec.Struct, frozen=True):
    """``node`` is the table, the class that maps to it, or the step that makes it."""

    name: str
    node: Node
    table: Table


def stated_tables(nodes: Iterable[Node], facts: Mapping[str, FileFacts]) -> tuple[StatedTable, ...]:
    """By name and place. What a migration makes counts only where nothing else states the columns of the table.

    Only facts of files whose nodes say that they hold tables are read.
    """
    held: dict[str, dict[int, Node]] = {}
    for node in nodes:
        if node.kind in _TABLES or not _MARKS.isdisjoint(node.modifiers):
            held.setdefault(node.path, {})[node.symbol] = node
    found = []
    for path, by_symbol in held.items():
        for table in facts[path].tables if path in facts else ():
            if table.creates and table.symbol in by_symbol:
                found.append(StatedTable(table_name(path, table.name, table.model), by_symbol[table.symbol], table))
    told = (each for each in found if each.table.role is not TableRole.MIGRATION and each.table.columns)
    stated = {_key(each.name) for each in told}
    kept = [each for each in found if each.table.role is not TableRole.MIGRATION or _key(each.name) not in stated]
    return tuple(sorted(kept, key=lambda each: (each.name.lower(), each.node.path, each.table.line, each.node.id)))


def _key(name: str) -> str:
    return name.lower().rpartition(".")[2]
