"""Tables, columns, views, indexes, keys, routines and types from data definition statements."""

import re
from collections.abc import Callable

import msgspec

from docrunch.parsing.comments import Comments
from docrunch.parsing.languages.sql.columns import Added, names, nothing, read_item
from docrunch.parsing.languages.sql.selects import tables_read
from docrunch.parsing.languages.sql.split import has_escapes, statements
from docrunch.parsing.languages.sql.tokens import Dialect, Hand, split_at_commas
from docrunch.parsing.lines import Lines
from docrunch.parsing.model import (
    Column,
    FileFacts,
    Symbol,
    SymbolKind,
    TableIndex,
    TableRole,
)
from docrunch.parsing.tables.draft import TableDraft
from docrunch.parsing.wording import signature
from docrunch.source.model import Issue

MAX_TABLES = 5_000  # of one file; a dump with more is cut, and says so
_HEAD = re.compile(
    rb"(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?(?:\*/|\Z)|\#[^\n]*(?:\n|\Z))*+(?i:(create|alter|comment)\b)", re.DOTALL
)
_NEXT = re.compile(rb"^(?=(?:create|insert|grant|exec|alter\s+table|drop\s+table)\b)", re.IGNORECASE | re.MULTILINE)
_BODIES = re.compile(rb"\s+(?:or\s+replace\s+)?(?:function|procedure|trigger|proc|schema)\b", re.IGNORECASE)
_HEADING = re.compile(rb"\(|\n|\bAS\b", re.IGNORECASE)  # ends what names a definition
_COMMENT_MARK = re.compile(r"^\s*(?:--|/\*+!?|\*/|\*|#)[ \t]?|\*+/\s*$")


class _State:
    """Tables by the name that later statements of the file use, and symbols in the order in which they are found."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.lines = Lines(text)
        self.comments = Comments(text)
        self.dialect = Dialect(text, has_escapes(text))
        self.symbols: list[Symbol] = []
        self.tables: list[TableDraft] = []
        self.known: dict[str, TableDraft] = {}
        self.columns: dict[tuple[int, str], int] = {}  # (symbol of the table, name in lower case) → symbol

    def find(self, name: str) -> TableDraft | None:
        """The table of this file that a later statement means."""
        key = name.lower()
        return self.known.get(key) or self.known.get(key.rsplit(".", 1)[-1])

    def add_table(self, table: TableDraft) -> TableDraft:
        self.tables.append(table)
        if table.creates:
            key = table.name.lower()
            self.known.setdefault(key, table)
            self.known.setdefault(key.rsplit(".", 1)[-1], table)
        return table


class _Statement:
    def __init__(self, state: _State, start: int, end: int) -> None:
        self.state = state
        self.hand = Hand(state.dialect.tokens(state.text, start, end))
        self.start = self.hand.tokens[0].start
        self.end = self.hand.tokens[-1].end

    def named(self) -> tuple[str, int]:
        """The dotted name that is next, and its first byte."""
        hand = self.hand
        at = hand.tokens[hand.at].start if not hand.done else self.start
        return ".".join(hand.name()), at

    def line(self, at: int) -> int:
        return self.state.lines.at(at)

    @property
    def end_line(self) -> int:
        return self.state.lines.at(self.end - 1)


def read(text: bytes, base: FileFacts) -> FileFacts:
    state = _State(text)
    full = False
    for start, end in statements(text, state.comments, state.lines):
        for first, last in _parts(text, start, end):
            found = _HEAD.match(text, first, last)
            if found is None:
                continue
            full = full or len(state.tables) >= MAX_TABLES
            if not full:
                _READERS[found[1].lower()](_Statement(state, found.start(1), last))
    lines, code_lines, comment_lines = state.comments.counts()
    issue = Issue("", "too_many_tables", f"only the first {MAX_TABLES} were read", stage="parse")
    return msgspec.structs.replace(
        base,
        lines=lines,
        code_lines=code_lines,
        comment_lines=comment_lines,
        symbols=tuple(state.symbols),
        tables=tuple([table.freeze() for table in state.tables]),
        markers=tuple(state.comments.markers),
        issues=(*base.issues, issue) if full else base.issues,
    )


def _parts(text: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """A statement that ends without its terminator, where the next one starts on a line of its own, cut in two."""
    head = _HEAD.match(text, start, end)
    if head is None or head[1].lower() == b"comment":
        return [(start, end)]
    if _BODIES.match(text, head.end(), end):
        return [(start, end)]
    cuts = [found.start() for found in _NEXT.finditer(text, head.end(), end)]
    return list(zip([start, *cuts], [*cuts, end], strict=True))


# -- create ----------------------------------------------------------------------------------------------------


def _create(here: _Statement) -> None:
    hand = here.hand
    hand.take("CREATE")
    hand.take("OR", "REPLACE")
    hand.take("OR", "ALTER")
    if hand.upper == "DEFINER":
        while not hand.done and hand.upper not in ("VIEW", "FUNCTION", "PROCEDURE", "TRIGGER"):
            hand.at += 1
    temporary = False
    while hand.upper in _ADJECTIVES:
        temporary = temporary or hand.upper in ("TEMP", "TEMPORARY")
        hand.at += 1
    unique = hand.take("UNIQUE")
    hand.skip("CLUSTERED", "NONCLUSTERED", "FULLTEXT", "SPATIAL")
    word = hand.upper
    hand.at += 1
    if word == "TABLE" and not temporary:
        _table(here)
    elif word == "VIEW" and not temporary:
        _view(here)
    elif word == "INDEX":
        _index(here, unique)
    elif word in ("FUNCTION", "PROCEDURE", "PROC"):
        _define(here, SymbolKind.FUNCTION)
    elif word in ("TYPE", "DOMAIN"):
        _define(here, SymbolKind.TYPE)


_ADJECTIVES = frozenset(
    [
        "TEMP",
        "TEMPORARY",
        "GLOBAL",
        "LOCAL",
        "UNLOGGED",
        "EXTERNAL",
        "FOREIGN",
        "VIRTUAL",
        "MATERIALIZED",
        "RECURSIVE",
        "ALGORITHM",
        "UNDEFINED",
        "MERGE",
        "TEMPTABLE",
        "SQL",
        "SECURITY",
        "INVOKER",
        "FORCE",
        "EDITIONABLE",
        "=",
    ]
)


def _table(here: _Statement) -> None:
    hand, state = here.hand, here.state
    hand.take("IF", "NOT", "EXISTS")
    name, at = here.named()
    if not name or name.startswith("#"):
        return
    reads: list[tuple[str, int]] = []
    added = nothing()
    if hand.take("PARTITION", "OF") or hand.take("LIKE"):
        reads.append(here.named())
    elif hand.upper == "(":
        for item in split_at_commas(hand.group()):
            if item[0].upper == "LIKE" and item[0].kind == "word":
                reads.append((".".join(Hand(item, 1).name()), item[0].start))
            else:
                read_item(item, state.text, state.lines, added)
        if hand.take("INHERITS"):
            reads += [(name, here.start) for name in names(hand.group())]
    read = [(other, here.line(where)) for other, where in reads if other]
    read += tables_read(hand.tokens[hand.at :], state.lines) if _selects(hand) else ()
    doc = _documentation(here)
    if hand.tokens[-1].kind == "string" and any(token.upper == "COMMENT" for token in hand.tokens[-3:]):
        doc = (hand.tokens[-1].text, here.end_line, here.end_line)
    symbol = _symbol(here, name, SymbolKind.TABLE, at, doc)
    line = here.line(at)
    table = TableDraft(name, TableRole.SCHEMA, "sql", line, here.end_line, symbol, "", True, reads=read, doc=doc[0])
    _merge(here, state.add_table(table), added)


def _selects(hand: Hand) -> bool:
    return any(token.upper == "SELECT" for token in hand.tokens[hand.at : hand.at + 40])


def _view(here: _Statement) -> None:
    hand, state = here.hand, here.state
    hand.take("IF", "NOT", "EXISTS")
    name, at = here.named()
    if not name:
        return
    doc = _documentation(here)
    symbol = _symbol(here, name, SymbolKind.VIEW, at, doc)
    listed = names(hand.group()) if hand.upper == "(" else []
    line = here.line(at)
    table = TableDraft(name, TableRole.SCHEMA, "sql", line, here.end_line, symbol, "", True, True, doc=doc[0])
    table.reads = list(tables_read(hand.tokens[hand.at :], state.lines))
    table.columns = [Column(column, line) for column in listed]
    state.add_table(table)


def _index(here: _Statement, unique: bool) -> None:
    hand = here.hand
    hand.skip("CONCURRENTLY")
    hand.take("IF", "NOT", "EXISTS")
    name = ".".join(hand.name()) if hand.upper != "ON" else ""
    if not hand.take("ON"):
        return
    hand.take("ONLY")
    table, at = here.named()
    if hand.take("USING"):
        hand.at += 1
    columns = tuple(names(hand.group()))
    if table and columns:
        found = TableIndex(columns, here.line(at), name, unique)
        added = nothing()
        added.indexes.append(found)
        _change(here, table, at, added)


def _define(here: _Statement, kind: SymbolKind) -> None:
    here.hand.take("IF", "NOT", "EXISTS")
    name, at = here.named()
    if name:
        _symbol(here, name, kind, at, _documentation(here))


# -- change ----------------------------------------------------------------------------------------------------


def _alter(here: _Statement) -> None:
    hand = here.hand
    hand.take("ALTER")
    hand.skip("FOREIGN", "IGNORE")
    if not hand.take("TABLE"):
        return
    hand.take("IF", "EXISTS")
    hand.take("ONLY")
    name, at = here.named()
    hand.take("WITH", "CHECK")
    hand.take("WITH", "NOCHECK")
    added = nothing()
    adding = False
    for item in split_at_commas(hand.tokens[hand.at :]):
        step = Hand(item)
        adding = step.take("ADD") or (adding and item[0].upper not in _OTHER_STEPS)
        if not adding:
            continue
        step.take("COLUMN")
        step.take("IF", "NOT", "EXISTS")
        rest = item[step.at :]
        if rest and rest[0].upper == "(":
            for inner in split_at_commas(step.group()):
                read_item(inner, here.state.text, here.state.lines, added)
        elif rest:
            read_item(rest, here.state.text, here.state.lines, added)
    if name:
        _change(here, name, at, added)


_OTHER_STEPS = frozenset(
    [
        "ALTER",
        "DROP",
        "RENAME",
        "MODIFY",
        "CHANGE",
        "SET",
        "RESET",
        "OWNER",
        "ENABLE",
        "DISABLE",
        "VALIDATE",
        "ATTACH",
        "DETACH",
        "INHERIT",
        "ENGINE",
        "CONVERT",
        "ORDER",
        "ADD",
        "CLUSTER",
        "COMMENT",
        "AUTO_INCREMENT",
        "DEFAULT",
    ]
)


def _change(here: _Statement, name: str, at: int, added: Added) -> None:
    """Put what a statement adds to a table of this file there; else keep it as a change to a table elsewhere."""
    table = here.state.find(name)
    if table is None:
        line = here.line(at)
        table = here.state.add_table(TableDraft(name, TableRole.MIGRATION, "sql", line, here.end_line))
    _merge(here, table, added)


def _merge(here: _Statement, table: TableDraft, added: Added) -> None:
    state = here.state
    owner = state.symbols[table.symbol].local_name if table.symbol >= 0 else table.name
    for column, at, start, end in added.columns:
        table.columns.append(column)
        state.columns.setdefault((table.symbol, column.name.lower()), len(state.symbols))
        state.symbols.append(
            state.lines.symbol(
                column.name,
                SymbolKind.COLUMN,
                f"{owner}.{column.name}",
                (at, start, end),
                table.symbol,
                type=column.type,
                signature=signature(state.text[start : min(end, start + 600)].decode("utf-8", "replace")),
                doc=column.doc,
                doc_line=here.line(start) if column.doc else 0,
                doc_end_line=here.line(end - 1) if column.doc else 0,
            )
        )
    table.primary.update(name.lower() for name in added.primary)
    table.unique.update(name.lower() for name in added.unique)
    table.keys += added.keys
    table.indexes += added.indexes


# -- documentation ---------------------------------------------------------------------------------------------


def _comment(here: _Statement) -> None:
    """``COMMENT ON TABLE t IS '…'`` documents a table of this file, ``COMMENT ON COLUMN t.c`` a column."""
    hand, state = here.hand, here.state
    if not hand.take("COMMENT", "ON") or hand.upper not in ("TABLE", "COLUMN", "VIEW", "MATERIALIZED"):
        return
    of_column = hand.upper == "COLUMN"
    hand.skip("TABLE", "COLUMN", "VIEW", "MATERIALIZED")
    name = ".".join(hand.name())
    if not hand.take("IS") or hand.done or hand.tokens[hand.at].kind != "string":
        return
    doc = hand.tokens[hand.at].text
    table = state.find(name.rpartition(".")[0] if of_column else name)
    if table is None:
        return
    if not of_column:
        table.doc = doc
        _document(here, table.symbol, doc)
        return
    column = name.rpartition(".")[2].lower()
    table.docs[column] = doc
    _document(here, state.columns.get((table.symbol, column), -1), doc)


def _document(here: _Statement, symbol: int, doc: str) -> None:
    if symbol >= 0:
        first, last = here.line(here.start), here.end_line
        found = msgspec.structs.replace(here.state.symbols[symbol], doc=doc, doc_line=first, doc_end_line=last)
        here.state.symbols[symbol] = found


def _documentation(here: _Statement) -> tuple[str, int, int]:
    """The comment lines directly above a statement: text, first and last line."""
    found = here.state.comments.above(here.line(here.start))
    if not found:
        return "", 0, 0
    text = here.state.text[found[0].start_byte : found[-1].end_byte].decode("utf-8", "replace")
    told = [_COMMENT_MARK.sub("", line).strip().rstrip("*/").strip() for line in text.split("\n")]
    words = [line for line in told if line.strip("-=*# ")]
    return ("\n".join(words), found[0].start_line, found[-1].end_line) if words else ("", 0, 0)


def _symbol(here: _Statement, name: str, kind: SymbolKind, at: int, doc: tuple[str, int, int]) -> int:
    state = here.state
    head = _HEADING.split(state.text[here.start : min(here.end, here.start + 600)], maxsplit=1)[0]
    state.symbols.append(
        state.lines.symbol(
            name.rsplit(".", 1)[-1],
            kind,
            name,
            (at, here.start, here.end),
            signature=signature(head.decode("utf-8", "replace")),
            doc=doc[0],
            doc_line=doc[1],
            doc_end_line=doc[2],
        )
    )
    return len(state.symbols) - 1


_READERS: dict[bytes, Callable[[_Statement], None]] = {b"create": _create, b"alter": _alter, b"comment": _comment}
