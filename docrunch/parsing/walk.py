"""What the handlers of a language write to while the captured nodes of one file pass by in source order."""

from collections.abc import Callable
from typing import NamedTuple

from docrunch.parsing.chains import ChainCache
from docrunch.parsing.comments import Comments
from docrunch.parsing.draft import Draft
from docrunch.parsing.model import Binding, Entry, Import, Mount, Reference, SymbolKind, Table
from docrunch.parsing.parser import Node

TYPE_KINDS = frozenset(
    {
        SymbolKind.CLASS,
        SymbolKind.INTERFACE,
        SymbolKind.TRAIT,
        SymbolKind.STRUCT,
        SymbolKind.ENUM,
    }
)
RETURN = ("<return>",)  # the target of bindings of what a function returns
CALLABLE_KINDS = frozenset({SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.CONSTRUCTOR})


class Mark(NamedTuple):
    chain: tuple[str, ...]
    node: Node
    scope: int


class Walk:
    """Mutable state of one extraction. ``scope`` is the index of the innermost open symbol, -1 at the top."""

    __slots__ = (
        "anonymous_end",
        "bindings",
        "chains",
        "comments",
        "declaration",
        "declared",
        "decorators",
        "defined",
        "doc",
        "doc_end_line",
        "doc_line",
        "dotted",
        "entries",
        "entry_point",
        "exports",
        "extra",
        "guards",
        "implementations",
        "imports",
        "local_names",
        "manifest",
        "marks",
        "mounts",
        "nameless",
        "nesting",
        "package",
        "pending",
        "references",
        "scope",
        "scope_end",
        "seen",
        "stack",
        "symbols",
        "tables",
        "text",
        "type_end",
    )

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.symbols: list[Draft] = []
        self.imports: list[Import] = []
        self.references: list[Reference] = []
        self.bindings: list[Binding] = []
        self.exports: list[tuple[str, str]] = []
        self.tables: list[Table] = []
        self.comments = Comments(text)
        self.chains: ChainCache = {}
        self.dotted: dict[bytes, tuple[str, ...]] = {}  # names of types as written → their parts
        self.manifest: dict[str, str | list[str] | dict[str, str]] = {}  # what the text says of the project around it
        self.local_names: dict[int, set[str]] = {}
        self.pending: Node | None = None  # the wrapper (decorators, export) of the definition that comes next
        self.declaration: Node | None = None  # the statement around the declarators that come next
        self.decorators: list[Node] = []  # those that stand before the member that comes next
        self.implementations: list[tuple[int, str, str]] = []  # open blocks: (last byte, type, trait)
        self.nameless: list[tuple[int, int, str]] = []  # open bodies of nameless classes: (last byte, scope, type)
        self.anonymous_end = 0  # last byte of the outermost anonymous function that is open
        self.seen: set[int] = set()  # first bytes of names and calls that were read as part of something larger
        self.declared: set[int] = set()  # first bytes of patterns whose declaration was read
        self.extra: dict[str, list[str]] = {}  # notes that a language's handlers leave for their own finish()
        self.defined: set[str] = set()  # local names of variables: the first assignment defines
        self.type_end = 0  # last byte of the type position read last; nested ones are part of it
        self.entry_point = False
        self.guards: list[int] = []  # lines of conditions that hold only in a program
        self.entries: list[Entry] = []
        self.mounts: list[Mount] = []
        self.nesting: list[tuple[int, int, int]] = []  # open structures: last byte, symbol, level inside
        self.marks: list[Mark] = []  # calls and annotations that may start code, for `docrunch.parsing.entries`
        self.package = ""
        self.doc = ""
        self.doc_line = 0
        self.doc_end_line = 0
        self.scope = -1
        self.scope_end = len(text) + 1
        self.stack: list[tuple[int, int]] = []

    def read(self, node: Node) -> str:
        return self.text[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def slice(self, start: int, end: int) -> str:
        return self.text[start:end].decode("utf-8", "replace")

    def add(self, draft: Draft) -> int:
        """Append a symbol that encloses nothing (variables, fields)."""
        self.symbols.append(draft)
        return len(self.symbols) - 1

    def open(self, draft: Draft) -> int:
        """Append a symbol and make it the scope until its last byte."""
        index = self.add(draft)
        self.enter(index, draft.end_byte)
        return index

    def enter(self, index: int, end: int) -> None:
        """Make an existing symbol the scope up to byte ``end``."""
        self.stack.append((self.scope_end, self.scope))
        self.scope = index
        self.scope_end = end

    def close(self) -> None:
        self.scope_end, self.scope = self.stack.pop()

    @property
    def parent(self) -> Draft | None:
        return self.symbols[self.scope] if self.scope >= 0 else None

    def in_callable(self) -> bool:
        return self.scope >= 0 and self.symbols[self.scope].kind in CALLABLE_KINDS

    def nameless_type(self, start: int) -> str:
        """The supertype of the class without a name that directly holds what starts at a byte; "" elsewhere."""
        open_ = self.nameless
        while open_ and open_[-1][0] <= start:
            open_.pop()
        return open_[-1][2] if open_ and open_[-1][1] == self.scope else ""

    def local_path(self, name: str) -> str:
        parent = self.parent
        return f"{parent.local_name}.{name}" if parent is not None else name

    def make_local(self, names: list[str]) -> None:
        if self.scope >= 0:
            known = self.local_names.get(self.scope)
            if known is None:
                known = self.local_names[self.scope] = set()
            known.update(names)

    def is_local(self, name: str, scope: int) -> bool:
        local_names = self.local_names
        while scope >= 0:
            if scope in local_names and name in local_names[scope]:
                return True
            scope = self.symbols[scope].parent
        return False

    def mark(self, chain: tuple[str, ...], node: Node) -> None:
        """Note what may start code; the table of the language has its last name."""
        self.marks.append(Mark(chain, node, self.scope))

    def refer_type(self, written: bytes, node: Node) -> None:
        """A use of the type ``written``; a file repeats few of them often."""
        parts = self.dotted.get(written)
        if parts is None:
            parts = tuple(written.decode("utf-8", "replace").split("."))
            parts = self.dotted[written] = _named(parts) if "" in parts else parts
        self.references.append(Reference("use", parts, node.start_point[0] + 1, self.scope))

    def refer(
        self, kind: str, chain: tuple[str, ...], node: Node, args: int = -1, labels: tuple[str, ...] = ()
    ) -> None:
        if "" in chain:
            chain = _named(chain)
        self.references.append(Reference(kind, chain, node.start_point[0] + 1, self.scope, args, labels))

    def bind(self, target: tuple[str, ...], node: Node, *, type_: str = "", value: tuple[str, ...] = ()) -> None:
        self.bindings.append(Binding(target, self.scope, node.start_point[0] + 1, type_, value))

    def bind_return(self, node: Node, value: tuple[str, ...]) -> None:
        """What the function around a place returns, where it does not say so itself. Args: ("?",) for the unknown."""
        if self.in_callable() and not self.symbols[self.scope].returns:
            self.bind(RETURN, node, value=value)

    def decide(self) -> None:
        if self.scope >= 0 and self.symbols[self.scope].complexity:
            self.symbols[self.scope].complexity += 1


def _named(chain: tuple[str, ...]) -> tuple[str, ...]:
    """A name that the grammar only supposes, in broken text, is no name."""
    return tuple(part or "?" for part in chain)


Handler = Callable[[Walk, Node], None]
