"""Types, fields, operations and fragments (GraphQL, October 2021, sections 2 and 3)."""

import re

import msgspec

from docrunch.parsing.model import Base, FileFacts, Param, Symbol, SymbolKind
from docrunch.parsing.tokens import END, Reading, Token
from docrunch.parsing.wording import signature

_TOKEN = re.compile(
    rb"(?P<comment>\#[^\n]*)|(?P<string>\"\"\".*?(?:\"\"\"|\Z)|\"(?:\\.|[^\"\\\n])*\"?)|(?P<name>[A-Za-z_]\w*)"
    rb"|(?P<number>-?\d[\w.+-]*)|(?P<mark>\.\.\.|[^\s\w,])",
    re.DOTALL,
)
_TYPES = {
    "type": SymbolKind.STRUCT,
    "interface": SymbolKind.INTERFACE,
    "input": SymbolKind.STRUCT,
    "enum": SymbolKind.ENUM,
}
_OPERATIONS = frozenset({"query", "mutation", "subscription"})
_DEEPEST_LIST = 10
_SCALARS = frozenset({"Int", "Float", "String", "Boolean", "ID"})
_OPENING, _CLOSING = {"{": "}", "(": ")", "[": "]"}, frozenset("})]")


class _File(Reading):
    def __init__(self, text: bytes) -> None:
        super().__init__(text, _TOKEN)
        self.extended = ""  # the type that the definition being read extends

    def add(self, name: Token, kind: SymbolKind, parent: int, start: int, doc: Token, **more: object) -> int:
        """Args: ``doc``: the description before the definition, ``END`` without."""
        outer = self.symbols[parent].local_name if parent >= 0 else self.extended
        local_name = f"{outer}.{name.text}" if outer and name.text != outer else name.text
        told: dict[str, object] = dict(zip(("doc", "doc_line", "doc_end_line"), self._doc(doc, start), strict=True))
        span = (name.start, start if doc is END else doc.start, name.end)
        self.symbols.append(self.lines.symbol(name.text, kind, local_name, span, parent, **(told | more)))
        return len(self.symbols) - 1

    def _doc(self, doc: Token, start: int) -> tuple[str, int, int]:
        if doc is END:
            return self.above(start)
        text = "\n".join(line.strip() for line in doc.text.strip('"').strip().splitlines())
        return text, self.lines.at(doc.start), self.lines.at(doc.end - 1)

    def skip_group(self) -> None:
        """Past the bracket that closes the one that is next."""
        depth = 0
        while (token := self.take()) is not END:
            if token.kind != "mark":
                continue
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
            if depth <= 0:
                return

    def directives(self, scope: int) -> None:
        while self.skip("@"):
            name = self.take()
            self.refer(f"@{name.text}", name.start, scope)
            if self.token.text == "(":
                self.skip_group()

    def type(self, scope: int) -> str:
        """A type as written: ``[Item!]!``."""
        start, depth = self.token.start, 0
        while depth < _DEEPEST_LIST and self.skip("["):
            depth += 1
        name = self.token
        if name.kind == "name":
            self.at += 1
            if name.text not in _SCALARS:
                self.refer(name.text, name.start, scope)
        self.skip("!")
        while depth and self.skip("]"):
            depth -= 1
            self.skip("!")
        return self.written(start, max(start, self.tokens[min(self.at, len(self.tokens)) - 1].end))


def read(text: bytes, base: FileFacts) -> FileFacts:
    file = _File(text)
    doc = END
    while (token := file.take()) is not END:
        if token.kind == "string":
            doc = token
            continue
        file.extended = ""
        if token.kind == "name":
            _definition(file, token, doc)
        elif token.text == "{":  # a query without a name
            file.at -= 1
            _selection(file, -1)
        doc = END
    return file.facts(base)


def _definition(file: _File, word: Token, doc: Token) -> None:
    extends = word.text == "extend"
    kind = file.take() if extends else word
    if kind.text in _TYPES:
        _type(file, word, kind.text, doc, extends)
    elif kind.text in ("union", "scalar"):
        _named(file, word, kind.text, doc, extends)
    elif kind.text == "directive" and file.skip("@"):
        _directive(file, word, doc)
    elif kind.text in _OPERATIONS or kind.text == "fragment":
        _operation(file, word, kind.text, doc)
    elif kind.text == "schema":
        file.directives(-1)
        if file.token.text == "{":
            _schema(file)


def _type(file: _File, word: Token, kind: str, doc: Token, extends: bool) -> None:
    name = file.take()
    if name.kind != "name":
        return
    symbol = -1
    if extends:
        file.extended = name.text
        file.refer(name.text, name.start, -1)
    else:
        modifiers = ("input",) if kind == "input" else ()
        symbol = file.add(name, _TYPES[kind], -1, word.start, doc, modifiers=modifiers)
    bases = _implemented(file, symbol)
    file.directives(symbol)
    end = file.tokens[min(file.at, len(file.tokens)) - 1].end
    if symbol >= 0:
        known = file.symbols[symbol]
        file.symbols[symbol] = _with(known, bases=bases, signature=signature(file.written(word.start, end)))
        file.close(symbol, end)
    if file.token.text == "{":
        file.at += 1
        _members(file, symbol, _TYPES[kind] is SymbolKind.ENUM, name.text)
        if symbol >= 0:
            file.close(symbol, file.tokens[min(file.at, len(file.tokens)) - 1].end)


def _with(symbol: Symbol, **fields: object) -> Symbol:
    return msgspec.structs.replace(symbol, **fields)


def _implemented(file: _File, symbol: int) -> tuple[Base, ...]:
    found: list[Base] = []
    if file.token.text == "implements":
        file.at += 1
        while file.token.kind == "name" or file.token.text == "&":
            token = file.take()
            if token.kind == "name":
                found.append(Base(token.text, file.lines.at(token.start), "implements"))
                file.refer(token.text, token.start, symbol)
    return tuple(found)


def _members(file: _File, parent: int, values: bool, owner: str) -> None:
    """Fields, input fields or the values of an enum, up to the closing brace."""
    doc = END
    while (token := file.take()) is not END and token.text != "}":
        if token.kind == "string":
            doc = token
        elif token.kind == "name":
            _member(file, token, parent, values, owner, doc)
            doc = END
        elif token.text in _OPENING:
            file.at -= 1
            file.skip_group()


def _member(file: _File, name: Token, parent: int, values: bool, owner: str, doc: Token) -> None:
    kind = SymbolKind.CONSTANT if values else SymbolKind.PROPERTY
    receiver = file.extended
    symbol = file.add(name, kind, parent, name.start, doc, receiver=receiver, type=owner if values else "")
    params = _parameters(file, symbol) if file.token.text == "(" else ()
    type_ = ""
    if not values and file.skip(":"):
        type_ = file.type(symbol)
    if file.skip("="):
        _value(file)
    file.directives(symbol)
    end = file.tokens[min(file.at, len(file.tokens)) - 1].end
    text = signature(file.written(name.start, end))
    more = {} if values else {"type": type_, "params": params}
    file.symbols[symbol] = _with(file.symbols[symbol], signature=text, **more)
    file.close(symbol, end)


def _parameters(file: _File, scope: int) -> tuple[Param, ...]:
    found: list[Param] = []
    file.at += 1
    while (token := file.take()) is not END and token.text not in (")", "}"):
        if token.kind == "name" and file.skip(":"):
            type_ = file.type(scope)
            start = file.token.start
            default = ""
            if file.skip("="):
                start = file.token.start
                default = file.written(start, max(start, _value(file)))[:80]
            file.directives(scope)
            found.append(Param(token.text, type_, default))
    return tuple(found)


def _value(file: _File) -> int:
    """Past a literal; its last byte."""
    if file.token.text in _OPENING:
        file.skip_group()
    else:
        file.skip("$")
        file.at += 1
    return file.tokens[min(file.at, len(file.tokens)) - 1].end


def _named(file: _File, word: Token, kind: str, doc: Token, extends: bool) -> None:
    """``union Result = A | B`` and ``scalar Date``."""
    name = file.take()
    if name.kind != "name":
        return
    symbol = -1 if extends else file.add(name, SymbolKind.TYPE, -1, word.start, doc, modifiers=(kind,))
    file.directives(symbol)
    if file.skip("="):
        while file.token.text == "|" or (file.token.kind == "name" and file.tokens[file.at - 1].text in ("=", "|")):
            token = file.take()
            if token.kind == "name":
                file.refer(token.text, token.start, symbol)
    if symbol >= 0:
        end = file.tokens[min(file.at, len(file.tokens)) - 1].end
        file.symbols[symbol] = _with(file.symbols[symbol], signature=signature(file.written(word.start, end)))
        file.close(symbol, end)


def _directive(file: _File, word: Token, doc: Token) -> None:
    name = file.take()
    if name.kind != "name":
        return
    named = Token("name", f"@{name.text}", name.start, name.end)
    symbol = file.add(named, SymbolKind.FUNCTION, -1, word.start, doc, modifiers=("directive",))
    params = _parameters(file, symbol) if file.token.text == "(" else ()
    while file.token.text in ("repeatable", "on", "|") or file.token.text.isupper():
        file.at += 1
    end = file.tokens[min(file.at, len(file.tokens)) - 1].end
    text = signature(file.written(word.start, end))
    file.symbols[symbol] = _with(file.symbols[symbol], params=params, signature=text)
    file.close(symbol, end)


def _operation(file: _File, word: Token, kind: str, doc: Token) -> None:
    """``query Name($id: ID!) {…}`` and ``fragment Name on Type {…}``."""
    symbol = -1
    if file.token.kind == "name":
        name = file.take()
        symbol = file.add(name, SymbolKind.FUNCTION, -1, word.start, doc, modifiers=(kind,))
    if file.token.text == "(":
        _parameters(file, symbol)
    if file.token.text == "on":
        file.at += 1
        file.type(symbol)
    file.directives(symbol)
    end = file.tokens[min(file.at, len(file.tokens)) - 1].end
    if symbol >= 0:
        file.symbols[symbol] = _with(file.symbols[symbol], signature=signature(file.written(word.start, end)))
    if file.token.text == "{":
        _selection(file, symbol)
        end = file.tokens[min(file.at, len(file.tokens)) - 1].end
    if symbol >= 0:
        file.close(symbol, end)


def _selection(file: _File, scope: int) -> None:
    """Fragments that a selection spreads, and the types that it asks for."""
    depth = 0
    while (token := file.take()) is not END:
        if token.kind == "mark" and token.text in ("{", "}"):
            depth += 1 if token.text == "{" else -1
            if depth <= 0:
                return
        elif token.text == "..." and file.token.kind == "name":
            name = file.take()
            if name.text == "on":
                name = file.take()
            file.refer(name.text, name.start, scope)


def _schema(file: _File) -> None:
    file.at += 1
    while (token := file.take()) is not END and token.text != "}":
        if token.text == ":":
            file.type(-1)
