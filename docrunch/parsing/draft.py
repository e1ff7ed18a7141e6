"""A symbol while its file is still being read."""

from typing import Protocol

from docrunch.parsing.model import Base, Param, Symbol, SymbolKind


class Extent(Protocol):
    """Where something lies in the text: a syntax node, or what a language found without its grammar."""

    @property
    def start_byte(self) -> int: ...

    @property
    def end_byte(self) -> int: ...

    @property
    def start_point(self) -> tuple[int, int]: ...

    @property
    def end_point(self) -> tuple[int, int]: ...


class Draft:
    """The mutable counterpart of `model.Symbol`; the fields mean the same."""

    __slots__ = (
        "bases",
        "cognitive",
        "complexity",
        "decorators",
        "doc",
        "doc_end_line",
        "doc_line",
        "end_byte",
        "end_line",
        "exported",
        "kind",
        "line",
        "local_name",
        "modifiers",
        "name",
        "params",
        "parent",
        "receiver",
        "returns",
        "returns_doc",
        "signature",
        "start_byte",
        "start_line",
        "trait",
        "type",
        "type_params",
    )

    def __init__(self, name: str, kind: SymbolKind, local_name: str, parent: int, line: int, whole: Extent) -> None:
        self.name = name
        self.kind = kind
        self.local_name = local_name
        self.parent = parent
        self.line = line
        self.start_line = whole.start_point[0] + 1
        self.end_line = last_line(whole)
        self.start_byte = whole.start_byte
        self.end_byte = whole.end_byte
        self.signature = ""
        self.doc = ""
        self.doc_line = 0
        self.doc_end_line = 0
        self.exported = False
        self.modifiers: list[str] = []
        self.decorators: tuple[str, ...] = ()
        self.params: tuple[Param, ...] = ()
        self.returns = ""
        self.returns_doc = ""
        self.bases: tuple[Base, ...] = ()
        self.type = ""
        self.complexity = 0
        self.receiver = ""
        self.trait = ""
        self.type_params: tuple[Param, ...] = ()
        self.cognitive = 0

    def freeze(self) -> Symbol:
        return Symbol(
            self.name,
            self.kind,
            self.local_name,
            self.parent,
            self.line,
            self.start_line,
            self.end_line,
            self.start_byte,
            self.end_byte,
            self.signature,
            self.doc,
            self.doc_line,
            self.doc_end_line,
            self.exported,
            tuple(sorted(set(self.modifiers))) if self.modifiers else (),
            self.decorators,
            self.params,
            self.returns,
            self.returns_doc,
            self.bases,
            self.type,
            self.complexity,
            self.receiver,
            self.trait,
            self.type_params,
            self.cognitive,
        )


def last_line(node: Extent) -> int:
    """1-based line of the last byte of a node; a node that ends just after LF ends on the line before."""
    row, column = node.end_point
    return row if column == 0 and row > node.start_point[0] else row + 1
