"""Keys of settings and data: the first two levels of a document as symbols, bounded."""

import msgspec

from docrunch.parsing.comments import Comments
from docrunch.parsing.lines import Lines
from docrunch.parsing.model import FileFacts, Import, Reference, Symbol, SymbolKind
from docrunch.parsing.wording import signature
from docrunch.source.model import Issue

MAX_KEYS = 200  # of one file; settings written by people have fewer, data has no end
LEVELS = 2
_SHOWN_BYTES = 300


class Keys:
    """What a reader of one document finds, in source order."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.lines = Lines(text)
        self.comments = Comments(text)
        self.symbols: list[Symbol] = []
        self.imports: list[Import] = []
        self.references: list[Reference] = []
        self._known: dict[tuple[str, ...], int] = {}
        self._left_out = 0

    def add(self, path: tuple[str, ...], start: int, end: int) -> int:
        """The symbol of a key. Args: ``path``: at most two keys; first byte of the key, last byte of what it holds."""
        known = self._known.get(path)
        if known is not None:
            return known
        if len(self.symbols) >= MAX_KEYS:
            self._left_out += 1
            return -1
        parent = self._known.get(path[:-1], -1) if len(path) > 1 else -1
        number = self._known[path] = len(self.symbols)
        shown = self.text[start : min(end, start + _SHOWN_BYTES)].split(b"\n", 1)[0].decode("utf-8", "replace")
        symbol = self.lines.symbol(
            path[-1],
            SymbolKind.KEY,
            ".".join(path),
            (start, start, max(end, start + 1)),
            parent,
            signature=signature(shown),
            exported=False,
        )
        self.symbols.append(symbol)
        return number

    def find(self, *path: str) -> int:
        """The symbol of a key, -1 without."""
        return self._known.get(path, -1)

    def extend(self, symbol: int, end: int) -> None:
        """Let a key end at a later byte."""
        if symbol >= 0 and end > self.symbols[symbol].end_byte:
            last = self.lines.at(end - 1)
            self.symbols[symbol] = msgspec.structs.replace(self.symbols[symbol], end_byte=end, end_line=last)

    def become(self, symbol: int, name: str, doc: tuple[str, int] = ("", 0)) -> None:
        """A key that is a job or service: a block at the top of the file. Args: documentation and its line."""
        if symbol >= 0:
            self.symbols[symbol] = msgspec.structs.replace(
                self.symbols[symbol],
                kind=SymbolKind.BLOCK,
                name=name,
                parent=-1,
                exported=True,
                doc=doc[0],
                doc_line=doc[1],
                doc_end_line=doc[1],
            )

    def facts(self, base: FileFacts) -> FileFacts:
        lines, code_lines, comment_lines = self.comments.counts()
        detail = f"the first {MAX_KEYS} keys are symbols, {self._left_out} more are not"
        issue = Issue("", "too_many_keys", detail, stage="parse")
        return msgspec.structs.replace(
            base,
            lines=lines,
            code_lines=code_lines,
            comment_lines=comment_lines,
            symbols=tuple(self.symbols),
            imports=tuple(self.imports),
            references=tuple(self.references),
            markers=tuple(self.comments.markers),
            issues=(*base.issues, issue) if self._left_out else base.issues,
        )
