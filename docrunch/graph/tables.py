"""Foreign keys, what views read, what classes map to and what migrations change: edges between tables."""

from docrunch.graph.model import EdgeKind
from docrunch.graph.place import Place
from docrunch.graph.resolve.interface import TYPES
from docrunch.graph.resolve.values import EXACT, SYMBOL
from docrunch.graph.table_names import table_name
from docrunch.ids import NodeId
from docrunch.parsing.model import ForeignKey, Table, TableRole

NO_TABLE = "no_table"


def add(here: Place) -> None:
    tables, path = here.shared.tables, here.path
    for table in here.facts.tables:
        source = here.source(table.symbol)
        for key in table.keys:
            targets = tables.target(path, table, key)
            if targets or not _lead_to_class(here, source, key):
                _lead(here, source, targets, key.line)
        for name, line in table.reads:
            _lead(here, source, tables.named(path, name, mapped=False), line)
        name = table_name(path, table.name, table.model)
        if table.role is TableRole.MODEL:
            _lead(here, source, tables.only(path, name, mapped=False), table.line, quiet=True)
        elif table.role is TableRole.MIGRATION:
            _lead(here, source, _changed(here, table, name), table.line)


def _lead_to_class(here: Place, source: NodeId, key: ForeignKey) -> bool:
    """A model without a table of its own (it shares that of its base), by the rules of its language."""
    if not key.model or "." in key.model:
        return False
    value = here.r.chain(here.file, -1, (key.model,))
    if value[0] != SYMBOL or not isinstance(value[1], int) or here.index.symbols[value[1]].kind not in TYPES:
        return False
    here.lead(source, value, EdgeKind.USES, key.line)
    return True


def _changed(here: Place, table: Table, name: str) -> list[NodeId]:
    """The table that a migration makes or changes: scripts know schemas, frameworks know classes."""
    return here.shared.tables.named(here.path, name, mapped=table.source != "sql")


def _lead(here: Place, source: NodeId, targets: list[NodeId], line: int, *, quiet: bool = False) -> None:
    """``quiet``: a name that nothing states is no loss."""
    if len(targets) > 1:
        others = [target for target in targets if target != source]
        here.edges.ambiguous(source, EdgeKind.USES, line, others)
    elif not targets:
        if not quiet:
            here.unresolved(NO_TABLE)
    elif targets[0] != source:
        here.edges.add(source, targets[0], EdgeKind.USES, EXACT, line)
