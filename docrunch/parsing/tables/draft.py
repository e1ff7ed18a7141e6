"""A table while its file is still being read."""

import msgspec

from docrunch.parsing.model import Column, ForeignKey, Table, TableIndex, TableRole
from docrunch.parsing.walk import Walk

MAX_TABLES = 5_000  # of one file; more is no schema that anybody reads


class TableDraft(msgspec.Struct):
    """The mutable counterpart of `model.Table`; the fields mean the same."""

    name: str
    role: TableRole
    source: str
    line: int
    end_line: int
    symbol: int = -1
    model: str = ""
    creates: bool = False
    view: bool = False
    columns: list[Column] = []
    keys: list[ForeignKey] = []
    indexes: list[TableIndex] = []
    reads: list[tuple[str, int]] = []
    doc: str = ""
    primary: set[str] = set()  # columns that a constraint names, in lower case
    unique: set[str] = set()
    docs: dict[str, str] = {}  # of columns, by name in lower case, where they are stated apart

    def freeze(self) -> Table:
        return Table(
            self.name,
            self.role,
            self.source,
            self.line,
            self.end_line,
            self.symbol,
            self.model,
            self.creates,
            self.view,
            tuple([self._column(column) for column in self.columns]),
            tuple(self.keys),
            tuple(self.indexes),
            tuple(self.reads),
            self.doc,
        )

    def _column(self, column: Column) -> Column:
        key = column.name.lower()
        if key in self.primary:
            column = msgspec.structs.replace(column, primary=True, nullable=False)
        if key in self.unique:
            column = msgspec.structs.replace(column, unique=True)
        doc = self.docs.get(key, "")
        return msgspec.structs.replace(column, doc=doc) if doc else column


def keep(walk: Walk, table: TableDraft) -> None:
    """Add a table to the facts; its symbol tells by a modifier that it is one, or makes one."""
    if len(walk.tables) >= MAX_TABLES:
        return
    if table.symbol >= 0:
        walk.symbols[table.symbol].modifiers.append("table" if table.role is TableRole.MODEL else "migration")
    walk.tables.append(table.freeze())
