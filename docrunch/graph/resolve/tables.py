"""Tables by their names, anywhere in the tree: no file imports a table, it is there.

A schema states a table, a class maps to one; both are found by the name of the table, classes by their own name too
(frameworks refer to models by it). Schemas that only undo another one state nothing.
"""

import re
from collections.abc import Iterable

import msgspec

from docrunch.graph.outline import StatedTable
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.reads import TABLE
from docrunch.graph.table_names import app_label, table_name
from docrunch.ids import NodeId, node_id
from docrunch.parsing.model import ForeignKey, Table, TableRole

_UNDOES = re.compile(r"(?:\.down\.sql|(?:^|/)down\.sql|_down\.sql|\.undo\.sql|(?:^|/)U\d[^/]*\.sql)\Z")
_DEFAULT_SCHEMAS = frozenset({"public", "dbo", "main"})  # Postgres, SQL Server, SQLite
_MODELS = "\0model\0"


class Found(msgspec.Struct, frozen=True, array_like=True):
    path: str
    node: NodeId
    name: str  # lower case, with its schema where one is stated
    label: str  # Django: the app, lower case
    mapped: bool


class Tables:
    """All tables of one tree. Every look-up is noted."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._by_key: dict[str, list[Found]] = {}
        for number, outline in enumerate(index.outlines):
            path = index.paths[number]
            if outline.tables and not _UNDOES.search(path):
                for stated in outline.tables:
                    self._add(path, stated)

    def _add(self, path: str, stated: StatedTable) -> None:
        label, model = app_label(path, stated.model), stated.model.rpartition(".")[2].lower()
        qualified = self._index.names.symbol(path, stated.local_name)
        node = node_id(path, qualified, stated.kind, stated.ordinal)
        name = table_name(path, stated.name, stated.model).lower()
        found = Found(path, node, name, label, stated.mapped)
        self._by_key.setdefault(name.rpartition(".")[2], []).append(found)
        if model:
            self._by_key.setdefault(_MODELS + model, []).append(found)

    def table(self) -> dict[str, str]:
        """What a look-up answers, by the name of the reading."""
        return {
            key: "\n".join(f"{each.path}\0{each.node}\0{each.name}\0{each.label}\0{each.mapped}" for each in found)
            for key, found in self._by_key.items()
        }

    def _look(self, key: str) -> list[Found]:
        self._index.reads.note(TABLE, key)
        return self._by_key.get(key, [])

    def named(self, path: str, name: str, *, mapped: bool) -> list[NodeId]:
        """The tables that a name means, classes or schemas first; those of the same file where there are any."""
        return _closest(path, self._stated(name), mapped)

    def only(self, path: str, name: str, *, mapped: bool) -> list[NodeId]:
        """As `named`, without the other sort."""
        return _closest(path, [each for each in self._stated(name) if each.mapped is mapped], mapped)

    def _stated(self, name: str) -> list[Found]:
        """Those of the very schema; else those where one of the two leaves the schema open."""
        schema, last = _parts(name)
        found = self._look(last)
        same = [each for each in found if _parts(each.name)[0] == schema]
        return same or [each for each in found if not schema or not _parts(each.name)[0]]

    def target(self, path: str, table: Table, key: ForeignKey) -> list[NodeId]:
        """The tables that a foreign key may mean."""
        mapped = table.role is not TableRole.SCHEMA and table.source != "sql"
        if key.table:
            return self.named(path, key.table, mapped=mapped)
        app, _, model = key.model.lower().rpartition(".")
        found = self._look(_MODELS + model)
        home = app_label(path, table.model)
        labelled = [each for each in found if each.label == (app or home)]
        return _closest(path, labelled if app else labelled or found, mapped)


def _parts(name: str) -> tuple[str, str]:
    """(schema, table) in lower case; the schema that a database takes by default is none."""
    schema, _, last = name.lower().rpartition(".")
    schema = schema.rpartition(".")[2]
    return "" if schema in _DEFAULT_SCHEMAS else schema, last


def _closest(path: str, found: Iterable[Found], mapped: bool) -> list[NodeId]:
    every = list(found)
    sort = [each for each in every if each.mapped is mapped] or every
    here = [each for each in sort if each.path == path] or sort
    return list(dict.fromkeys(each.node for each in here))
