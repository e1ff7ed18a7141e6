"""The items of a table: columns and constraints, as ``CREATE TABLE`` lists them and ``ALTER TABLE … ADD`` adds them."""

import msgspec

from docrunch.parsing.languages.sql.tokens import Hand, Token, split_at_commas
from docrunch.parsing.lines import Lines
from docrunch.parsing.model import Column, ForeignKey, TableIndex
from docrunch.parsing.wording import default, one_line

_AFTER_TYPE = frozenset(
    [
        "CONSTRAINT",
        "NOT",
        "NULL",
        "DEFAULT",
        "PRIMARY",
        "UNIQUE",
        "REFERENCES",
        "CHECK",
        "GENERATED",
        "COLLATE",
        "COMMENT",
        "AUTO_INCREMENT",
        "AUTOINCREMENT",
        "IDENTITY",
        "ON",
        "AS",
        "KEY",
        "CHARSET",
        "ENCODE",
        "STORED",
        "VIRTUAL",
        "INVISIBLE",
        "FIRST",
        "AFTER",
        "SPARSE",
        "ROWGUIDCOL",
        "DEFERRABLE",
        "INITIALLY",
        "FOREIGN",
        "STORAGE",
        "COMPRESSION",
        "OPTIONS",
        "MASKED",
        "ENABLE",
        "DISABLE",
    ]
)
_CONSTRAINTS = frozenset(["CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE", "PERIOD"])
_INDEXES = frozenset(["KEY", "INDEX", "FULLTEXT", "SPATIAL"])
_NAMELESS_TYPES = frozenset(
    [
        "CHAR",
        "VARCHAR",
        "VARCHAR2",
        "NVARCHAR",
        "NCHAR",
        "CHARACTER",
        "TEXT",
        "DECIMAL",
        "NUMERIC",
        "NUMBER",
        "FLOAT",
        "BIT",
        "VARBINARY",
        "BINARY",
        "ENUM",
        "SET",
        "INT",
        "INTEGER",
        "BIGINT",
        "SMALLINT",
        "TINYINT",
        "TIMESTAMP",
        "DATETIME",
        "TIME",
    ]
)


class Added(msgspec.Struct):
    """What a list of items adds to a table, in order."""

    columns: list[tuple[Column, int, int, int]]  # with the first byte of its name, and its range
    primary: list[str]
    unique: list[str]
    keys: list[ForeignKey]
    indexes: list[TableIndex]


def nothing() -> Added:
    return Added([], [], [], [], [])


def read_item(tokens: list[Token], text: bytes, lines: Lines, into: Added) -> None:
    first = tokens[0]
    if first.kind == "word" and (first.upper in _CONSTRAINTS or _is_index(tokens)):
        _constraint(tokens, lines, into)
    elif first.kind in ("word", "quoted") and first.upper != "LIKE":
        _column(tokens, text, lines, into)


def _is_index(tokens: list[Token]) -> bool:
    """``KEY name (a, b)`` of MySQL, and not a column called ``key``: ``key varchar(20)``."""
    if tokens[0].upper not in _INDEXES or len(tokens) < 2:
        return False
    opening = next((at for at, token in enumerate(tokens[:5]) if token.upper == "("), -1)
    if opening < 0 or opening + 1 >= len(tokens) or tokens[opening + 1].kind in ("number", "string"):
        return False
    return tokens[opening - 1].upper not in _NAMELESS_TYPES


def _constraint(tokens: list[Token], lines: Lines, into: Added) -> None:
    hand = Hand(tokens)
    line = lines.at(tokens[0].start)
    name = ""
    if hand.take("CONSTRAINT") and hand.upper not in ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK"):
        name = ".".join(hand.name())
    if hand.take("PRIMARY", "KEY"):
        hand.skip("CLUSTERED", "NONCLUSTERED", "USING", "BTREE", "HASH")
        into.primary += names(hand.group())
    elif hand.take("FOREIGN", "KEY"):
        if hand.upper != "(":
            name = name or ".".join(hand.name())
        columns = tuple(names(hand.group()))
        if hand.take("REFERENCES"):
            table = ".".join(hand.name())
            if table:
                into.keys.append(ForeignKey(columns, line, table, targets=tuple(names(hand.group()))))
    elif hand.upper == "UNIQUE" or hand.upper in _INDEXES:
        unique = hand.take("UNIQUE")
        hand.skip("FULLTEXT", "SPATIAL", "KEY", "INDEX", "CLUSTERED", "NONCLUSTERED", "NULLS", "NOT", "DISTINCT")
        if hand.upper != "(":
            name = name or ".".join(hand.name())
        hand.skip("USING", "BTREE", "HASH")
        columns = tuple(names(hand.group()))
        if unique and len(columns) == 1:
            into.unique += columns
        if columns:
            into.indexes.append(TableIndex(columns, line, name, unique))


def names(tokens: list[Token]) -> list[str]:
    """Column names in parentheses; orders and prefix lengths left out, expressions as written without spaces."""
    found = []
    for item in split_at_commas(tokens):
        if item[0].kind in ("word", "quoted") and (len(item) == 1 or not _is_call(item)):
            found.append(item[0].text)
        else:
            found.append("".join(token.text for token in item)[:80])
    return found


def _is_call(item: list[Token]) -> bool:
    """``lower(name)``, and not the prefix length of ``name(20)``."""
    return item[1].upper == "(" and len(item) > 2 and item[2].kind != "number"


def _column(tokens: list[Token], text: bytes, lines: Lines, into: Added) -> None:
    first, end = tokens[0], tokens[-1].end
    at = 1
    while at < len(tokens) and not _ends_type(tokens, at):
        at = _behind_group(tokens, at)
    type_ = _type(tokens[1:at], text)
    said = _Said()
    while at < len(tokens):
        at = said.read(tokens, at, text)
    line = lines.at(first.start)
    if said.reference:
        into.keys.append(ForeignKey((first.text,), line, said.reference, targets=said.targets))
    column = Column(
        first.text, line, type_, not said.required, said.primary, said.unique, default(said.default), said.comment
    )
    into.columns.append((column, first.start, first.start, end))


def _ends_type(tokens: list[Token], at: int) -> bool:
    token = tokens[at]
    if token.kind != "word":
        return False
    if token.upper == "CHARACTER":
        return at + 1 < len(tokens) and tokens[at + 1].upper == "SET"
    return token.upper in _AFTER_TYPE


def _behind_group(tokens: list[Token], at: int) -> int:
    if tokens[at].upper != "(":
        return at + 1
    hand = Hand(tokens, at)
    hand.group()
    return hand.at


def _type(tokens: list[Token], text: bytes) -> str:
    if not tokens:
        return ""
    if any(token.kind == "quoted" for token in tokens):
        return "".join(token.text for token in tokens)[:80]
    return default(text[tokens[0].start : tokens[-1].end].decode("utf-8", "replace"))


class _Said:
    """What follows the type of a column."""

    def __init__(self) -> None:
        self.required = self.primary = self.unique = False
        self.default = self.comment = self.reference = ""
        self.targets: tuple[str, ...] = ()

    def read(self, tokens: list[Token], at: int, text: bytes) -> int:
        """Take in what starts at a token; the place behind it."""
        hand = Hand(tokens, at)
        if hand.take("NOT", "NULL"):
            self.required = True
        elif hand.take("PRIMARY", "KEY"):
            self.primary = self.required = True
        elif hand.take("UNIQUE"):
            self.unique = True
        elif hand.take("CONSTRAINT"):
            hand.name()
        elif hand.take("DEFAULT"):
            end = _default_end(tokens, hand.at)
            if end > hand.at:
                self.default = one_line(text[tokens[hand.at].start : tokens[end - 1].end].decode("utf-8", "replace"))
            return end
        elif hand.take("REFERENCES"):
            self.reference = ".".join(hand.name())
            self.targets = tuple(names(hand.group()))
            if hand.take("ON", "DELETE") or hand.take("ON", "UPDATE"):
                hand.take("SET")
                hand.at += 1
        elif hand.take("COMMENT"):
            if not hand.done and tokens[hand.at].kind == "string":
                self.comment = tokens[hand.at].text
                hand.at += 1
        else:
            return _behind_group(tokens, at)
        return hand.at


def _default_end(tokens: list[Token], at: int) -> int:
    """The place behind a default: the next word that starts something else, at least one token on."""
    at = _behind_group(tokens, at) if at < len(tokens) else at
    while at < len(tokens) and not (tokens[at].kind == "word" and tokens[at].upper in _AFTER_TYPE):
        at = _behind_group(tokens, at)
    return at
