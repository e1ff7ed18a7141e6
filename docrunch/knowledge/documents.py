"""From the rows of one file to `Document`\\ s: the file, its types and callables, externals and packages.

Data symbols (variables, constants, properties, columns, keys) are left out, and with them the edges to them: their
names stand in the texts of what holds them, and as entities they crowd out better answers.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from docrunch.knowledge.names import clean, entity_name
from docrunch.storage.model import Document, DocumentType, Relation

CALLABLES = frozenset({"function", "method", "constructor", "macro", "target"})
DATA = frozenset({"property", "constant", "variable", "column", "key"})
MODULES = frozenset({"module", "package", "external"})
LEFT_OUT = DATA | {"repository"}

MEMBERS = 40  # names of a file or type that its text lists


class SymbolLike(Protocol):
    """A row of the published symbols (`db.publishing.rows.SymbolRow`)."""

    @property
    def id(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def qualified_name(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def end_line(self) -> int: ...
    @property
    def signature(self) -> str: ...
    @property
    def doc(self) -> str: ...


class RelationLike(Protocol):
    """A row of the published relationships; the number of its lines is its weight."""

    @property
    def source(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def lines(self) -> Sequence[int]: ...


def file_documents(
    symbols: Sequence[SymbolLike], relationships: Iterable[RelationLike], cards: Mapping[str, str] | None
) -> list[Document]:
    """Documents of one file, in the order of their rows.

    Args:
        cards: symbol id → key of its vector (hexadecimal sha256 of the text), of symbols that have a card; None where
            the scan made no vectors: then the text of each symbol that would be worth one is embedded itself.
    """
    outgoing: dict[str, list[Relation]] = {}
    members: dict[str, list[str]] = {}
    names = {symbol.id: symbol.name for symbol in symbols}
    for row in relationships:
        if row.type == "contains" and row.target in names:
            members.setdefault(row.source, []).append(names[row.target])
        outgoing.setdefault(row.source, []).append(Relation(row.target, row.type, float(max(1, len(row.lines)))))
    return [
        _document(symbol, members.get(symbol.id, []), tuple(sorted(outgoing.get(symbol.id, ()))), cards)
        for symbol in symbols
        if symbol.kind not in LEFT_OUT
    ]


def _document(
    symbol: SymbolLike, members: Sequence[str], relations: tuple[Relation, ...], cards: Mapping[str, str] | None
) -> Document:
    metadata = {
        "entity": entity_name(symbol.kind, symbol.path, symbol.qualified_name),
        "kind": symbol.kind,
        "path": symbol.path,
        "line": str(symbol.line),
        "end_line": str(symbol.end_line),
    }
    if cards is None:
        metadata["embed"] = "1" if worth_a_vector(symbol) else ""
    elif symbol.id in cards:
        metadata["vector"] = cards[symbol.id]
    return Document(
        id=symbol.id,
        type=document_type(symbol.kind),
        title=clean(symbol.qualified_name),
        content=clean(_text(symbol, members)),
        metadata=metadata,
        relationships=relations,
    )


def document_type(kind: str) -> DocumentType:
    if kind in CALLABLES:
        return DocumentType.FUNCTION
    return DocumentType.MODULE if kind in MODULES else DocumentType.CLASS


def worth_a_vector(symbol: SymbolLike) -> bool:
    """The rule of `docrunch.embedding.cards`, as far as a row tells: documented, or a type, callable or file."""
    if symbol.kind in ("external", "package"):
        return False
    special = symbol.name.startswith("__") and symbol.name.endswith("__") and symbol.kind in CALLABLES
    return bool(symbol.doc.strip()) or not (special or symbol.kind == "constructor")


def _text(symbol: SymbolLike, members: Sequence[str]) -> str:
    head = f"{symbol.kind} {symbol.qualified_name}"
    listed = ", ".join(dict.fromkeys(members[:MEMBERS]))
    return "\n".join(part for part in (head, symbol.signature, symbol.doc.strip(), listed) if part)
