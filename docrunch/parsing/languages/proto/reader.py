"""Messages, enums, services and what they refer to (https://protobuf.dev/reference/protobuf/proto3-spec/, and 2023)."""

import re

from docrunch.parsing.model import FileFacts, Import, Param, SymbolKind
from docrunch.parsing.tokens import END, Reading, Token
from docrunch.parsing.wording import signature

_TOKEN = re.compile(
    rb"(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<string>\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?)"
    rb"|(?P<name>\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?P<number>[-+]?\d[\w.]*)|(?P<mark>[^\s\w])",
    re.DOTALL,
)
_BLOCKS = {
    "message": SymbolKind.STRUCT,
    "enum": SymbolKind.ENUM,
    "service": SymbolKind.BLOCK,
}
_SCALARS = frozenset(
    {
        *("double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64"),
        *("sfixed32", "sfixed64", "bool", "string", "bytes"),
    }
)
_LABELS = frozenset({"repeated", "optional", "required"})
_QUIET = frozenset({"option", "reserved", "extensions", "syntax", "edition"})
_SKIPPED = -2  # a block without symbols of its own: an option's value
_SAME = -3  # oneof and extend: what is inside belongs to what is around


class _File(Reading):
    def __init__(self, text: bytes) -> None:
        super().__init__(text, _TOKEN)
        self.package = ""
        self.open: list[int] = []  # symbols, or one of the marks above, of the open blocks

    @property
    def scope(self) -> int:
        return next((each for each in reversed(self.open) if each != _SAME), -1)

    def path(self, name: str) -> str:
        return f"{self.symbols[self.scope].local_name}.{name}" if self.scope >= 0 else name

    def add(self, name: Token, kind: SymbolKind, start: int, end: int, head: str, **more: object) -> int:
        doc, first, last = self.above(start)
        span = (name.start, start, end)
        told = {"doc": doc, "doc_line": first, "doc_end_line": last, "signature": signature(head), **more}
        self.symbols.append(self.lines.symbol(name.text, kind, self.path(name.text), span, self.scope, **told))
        return len(self.symbols) - 1


def read(text: bytes, base: FileFacts) -> FileFacts:
    file = _File(text)
    statement: list[Token] = []
    brackets = 0
    while (token := file.take()) is not END:
        mark = token.text if token.kind == "mark" else ""
        if mark in ("[", "("):
            brackets += 1
        elif mark in ("]", ")"):
            brackets = max(0, brackets - 1)
        if mark == ";" or (mark in ("{", "}") and not brackets):
            brackets = 0
            _statement(file, statement, mark, token)
            statement = []
        elif len(statement) < 2_000:
            statement.append(token)
    for symbol in file.open:
        if symbol >= 0:
            file.close(symbol, len(text.rstrip()))
    return file.facts(base, file.package)


def _statement(file: _File, found: list[Token], mark: str, last: Token) -> None:
    """A statement with what ends it: ``;``, the brace that opens its block, or the one that closes the block around."""
    if mark == "}":
        if file.open and (symbol := file.open.pop()) >= 0:
            file.close(symbol, last.end)
        return
    word = found[0].text if found else ""
    if file.open and file.open[-1] == _SKIPPED:
        if mark == "{":
            file.open.append(_SKIPPED)
        return
    if mark == "{":
        file.open.append(_block(file, found, word, last))
    elif word == "package" and len(found) > 1:
        file.package = found[1].text
    elif word == "import" and found[-1].kind == "string":
        public = any(token.text == "public" for token in found)
        line = file.lines.at(found[0].start)
        file.imports.append(Import(found[-1].text.strip("\"'"), line, "*", reexport=public))
    elif word == "rpc":
        _rpc(file, found, last)
    elif found and word not in _QUIET:
        _field(file, found, last)


def _block(file: _File, found: list[Token], word: str, brace: Token) -> int:
    if word in _BLOCKS and len(found) > 1 and found[1].kind == "name":
        head = file.written(found[0].start, brace.start)
        return file.add(found[1], _BLOCKS[word], found[0].start, brace.end, head)
    if word == "rpc":
        return _rpc(file, found, brace)
    if word == "extend" and len(found) > 1:
        file.refer(found[1].text, found[1].start, file.scope)
        return _SAME
    return _SAME if word == "oneof" else _SKIPPED


def _rpc(file: _File, found: list[Token], last: Token) -> int:
    """``rpc Get(stream Request) returns (Response)``."""
    if len(found) < 2:
        return _SKIPPED
    types = [t for t in found[2:] if t.kind == "name" and t.text not in ("stream", "returns")]
    streams = any(token.text == "stream" for token in found)
    symbol = file.add(
        found[1],
        SymbolKind.METHOD,
        found[0].start,
        last.start,
        file.written(found[0].start, last.start),
        params=(Param("request", types[0].text),) if types else (),
        returns=types[1].text if len(types) > 1 else "",
        modifiers=("stream",) if streams else (),
    )
    for token in types[:2]:
        file.refer(token.text, token.start, symbol)
    return symbol


def _field(file: _File, found: list[Token], last: Token) -> None:
    """A field, a map field, or a value of an enum."""
    scope = file.scope
    if scope < 0 or not any(token.text == "=" for token in found):
        return
    start, head = found[0].start, file.written(found[0].start, last.start)
    if file.symbols[scope].kind is SymbolKind.ENUM:
        if found[0].kind == "name":
            file.add(found[0], SymbolKind.CONSTANT, start, last.end, head, type=file.symbols[scope].name)
        return
    names = [token for token in found[: _equals(found)] if token.kind == "name" and token.text not in _LABELS]
    if len(names) < 2 or file.symbols[scope].kind is not SymbolKind.STRUCT:
        return
    *types, name = names
    written = file.written(types[0].start, name.start).strip()
    modifiers = tuple(t.text for t in found[:1] if t.text in _LABELS)
    file.add(name, SymbolKind.PROPERTY, start, last.end, head, type=written, modifiers=modifiers)
    for token in types:
        if token.text not in _SCALARS and token.text != "map":
            file.refer(token.text, token.start, len(file.symbols) - 1)


def _equals(found: list[Token]) -> int:
    return next(index for index, token in enumerate(found) if token.text == "=")
