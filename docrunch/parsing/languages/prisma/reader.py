"""Models with their fields, enums and relations of a ``.prisma`` file (Prisma schema reference)."""

import re
from typing import Any

import msgspec

from docrunch.parsing.comments import Comments
from docrunch.parsing.lines import Lines
from docrunch.parsing.model import Column, FileFacts, ForeignKey, Reference, Symbol, SymbolKind, TableIndex, TableRole
from docrunch.parsing.tables.draft import TableDraft
from docrunch.parsing.wording import default, signature

_LINE = re.compile(rb"[^\n]*(?:\n|\Z)")
_BLOCK = re.compile(rb"\s*(model|view|type|enum|datasource|generator)\s+(\w+)\s*\{")
_FIELD = re.compile(r"(\w+)\s+(\w+(?:\([^)]*\))?)(\[\]|\?)?(?=\s|$)")
_COMMENT = re.compile(rb"\"(?:[^\"\\\n]|\\.)*\"|(//[^\n]*)")
_ARGUMENT = re.compile(r"\b(fields|references)\s*:\s*\[([^\]]*)\]")
_DEFAULT = re.compile(r"@default\(")
_MAP = re.compile(r"@map\(\s*(?:name:\s*)?\"([^\"]*)\"")
_LISTED = re.compile(r"@@(id|unique|index|fulltext)\(\s*(?:fields:\s*)?\[([^\]]*)\]")
_TABLE_MAP = re.compile(r"@@map\(\s*(?:name:\s*)?\"([^\"]*)\"")
_SCALARS = frozenset(
    ["String", "Boolean", "Int", "BigInt", "Float", "Decimal", "DateTime", "Json", "Bytes", "Unsupported"]
)
_KINDS = {b"model": SymbolKind.TABLE, b"view": SymbolKind.VIEW, b"enum": SymbolKind.ENUM, b"type": SymbolKind.STRUCT}
MAX_LINE_BYTES = 20_000  # a longer line is no field


class _State:
    def __init__(self, text: bytes) -> None:
        self.text = text
        self.lines = Lines(text)
        self.symbols: list[Symbol] = []
        self.tables: list[TableDraft] = []
        self.docs: list[tuple[int, str]] = []  # lines of documentation directly above
        self.references: list[Reference] = []
        self.block = -1  # symbol of the open block
        self.table: TableDraft | None = None
        self.relations: list[tuple[TableDraft, ForeignKey]] = []


def read(text: bytes, base: FileFacts) -> FileFacts:
    state = _State(text)
    comments = Comments(text)
    for found in _COMMENT.finditer(text):
        if found[1] is not None:
            start = found.start(1)
            comments.add_range(start, found.end(), state.lines.at(start), state.lines.column(start))
    at = 0
    while at < len(text):
        line = _LINE.match(text, at)
        end = line.end() if line is not None else len(text)
        if end - at <= MAX_LINE_BYTES:
            _read_line(state, at, end)
        at = end
    lists = {(table.model, key.model) for table, key in state.relations if key.many}
    for table, key in state.relations:
        if not key.many or (key.model, table.model) in lists:
            table.keys.append(key)
    total, code_lines, comment_lines = comments.counts()
    return msgspec.structs.replace(
        base,
        lines=total,
        code_lines=code_lines,
        comment_lines=comment_lines,
        symbols=tuple(state.symbols),
        references=tuple(state.references),
        tables=tuple([table.freeze() for table in state.tables]),
        markers=tuple(comments.markers),
    )


def _read_line(state: _State, start: int, end: int) -> None:
    raw = state.text[start:end]
    stripped = raw.strip()
    if stripped.startswith(b"///"):
        state.docs.append((state.lines.at(start), stripped[3:].decode("utf-8", "replace").strip()))
        return
    if state.block < 0 and (opened := _BLOCK.match(raw)) is not None:
        _open(state, opened, start, end)
    elif stripped.startswith(b"}"):
        _close(state, start + raw.index(b"}") + 1)
    elif state.block >= 0 and stripped and not stripped.startswith(b"//"):
        said = stripped.split(b" //", 1)[0].decode("utf-8", "replace")
        if said.startswith("@@"):
            _attribute(state, said, state.lines.at(start))
        else:
            _field(state, said, start + len(raw) - len(raw.lstrip()), start + len(raw.rstrip()))
    state.docs = []


def _doc(state: _State) -> dict[str, Any]:
    if not state.docs:
        return {}
    text = "\n".join(line for _, line in state.docs)
    return {"doc": text, "doc_line": state.docs[0][0], "doc_end_line": state.docs[-1][0]}


def _open(state: _State, opened: re.Match[bytes], start: int, end: int) -> None:
    kind = _KINDS.get(opened[1])
    state.block = len(state.symbols)
    name = opened[2].decode()
    state.symbols.append(
        state.lines.symbol(
            name,
            kind or SymbolKind.BLOCK,
            name,
            (start + opened.start(2), start + opened.start(1), end),
            signature=f"{opened[1].decode()} {name}",
            **_doc(state),
        )
    )
    line = state.lines.at(start + opened.start(2))
    if kind in (SymbolKind.TABLE, SymbolKind.VIEW):
        state.table = TableDraft(name, TableRole.SCHEMA, "prisma", line, line, state.block, name, True)
        state.table.view = kind is SymbolKind.VIEW
        state.table.doc = str(_doc(state).get("doc", ""))
        state.tables.append(state.table)


def _close(state: _State, end: int) -> None:
    if state.block < 0:
        return
    last = state.lines.at(end - 1)
    state.symbols[state.block] = msgspec.structs.replace(state.symbols[state.block], end_byte=end, end_line=last)
    if state.table is not None:
        state.table.end_line = last
    state.block, state.table = -1, None


def _field(state: _State, said: str, start: int, end: int) -> None:
    owner = state.symbols[state.block]
    table = state.table
    if owner.kind is SymbolKind.ENUM:
        name = said.split()[0]
        _add(state, name, SymbolKind.CONSTANT, said, start, end)
        return
    found = _FIELD.match(said)
    if found is None:
        return
    name, type_, mark = found[1], found[2], found[3] or ""
    line = state.lines.at(start)
    arguments = {key: tuple(_names(value)) for key, value in _ARGUMENT.findall(said)}
    if table is not None and "fields" in arguments:
        key = ForeignKey(arguments["fields"], line, model=type_, targets=arguments.get("references", ()))
        state.relations.append((table, key))
        return
    if table is not None and type_.split("(")[0] not in _SCALARS and mark == "[]":
        state.relations.append((table, ForeignKey((), line, model=type_, many=True)))  # kept if both sides are lists
        return
    _add(state, name, SymbolKind.COLUMN if table is not None else SymbolKind.PROPERTY, said, start, end, type_ + mark)
    if type_.isidentifier() and type_ not in _SCALARS:
        state.references.append(Reference("use", (type_,), line, len(state.symbols) - 1))
    if table is not None:
        mapped = _MAP.search(said)
        stated = _DEFAULT.search(said)
        primary = re.search(r"(?<!@)@id\b", said) is not None
        table.columns.append(
            Column(
                mapped[1] if mapped is not None else name,
                line,
                type_ + mark,
                mark == "?",
                primary,
                re.search(r"(?<!@)@unique\b", said) is not None,
                default(_balanced(said, stated.end())) if stated is not None else "",
                str(_doc(state).get("doc", "")),
            )
        )


def _add(state: _State, name: str, kind: SymbolKind, said: str, start: int, end: int, type_: str = "") -> None:
    local_name = f"{state.symbols[state.block].local_name}.{name}"
    span = (start, start, end)
    state.symbols.append(
        state.lines.symbol(
            name, kind, local_name, span, state.block, type=type_, signature=signature(said), **_doc(state)
        )
    )


def _attribute(state: _State, said: str, line: int) -> None:
    table = state.table
    if table is None:
        return
    mapped = _TABLE_MAP.match(said)
    if mapped is not None:
        table.name = mapped[1]
    listed = _LISTED.match(said)
    if listed is None:
        return
    columns = tuple(_names(listed[2]))
    if listed[1] == "id":
        table.primary.update(name.lower() for name in columns)
        return
    table.indexes.append(TableIndex(columns, line, "", listed[1] == "unique"))


def _names(listed: str) -> list[str]:
    return [name for part in listed.split(",") if (name := part.strip().split("(")[0])]


def _balanced(text: str, at: int) -> str:
    """Up to the parenthesis that closes the one before ``at``."""
    depth = 1
    for end in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        if depth == 0:
            return text[at:end]
    return text[at:]
