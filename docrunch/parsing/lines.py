"""Symbols of texts that are read without a grammar: bytes to lines, ranges to symbols."""

from bisect import bisect_right
from typing import Any

from docrunch.parsing.model import Symbol, SymbolKind


class Lines:
    def __init__(self, text: bytes) -> None:
        self.text = text
        self._starts = [0]
        at = text.find(b"\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find(b"\n", at + 1)

    def at(self, byte: int) -> int:
        """1-based line of a byte."""
        return bisect_right(self._starts, byte)

    def column(self, byte: int) -> int:
        """Bytes between the start of the line and a byte."""
        return byte - self._starts[bisect_right(self._starts, byte) - 1]

    def symbol(
        self, name: str, kind: SymbolKind, local_name: str, span: tuple[int, int, int], parent: int = -1, **more: Any
    ) -> Symbol:
        """Args: ``span``: first byte of the name; first byte and the one behind the last of the definition."""
        at, start, end = span
        return Symbol(
            name=name,
            kind=kind,
            local_name=local_name,
            parent=parent,
            line=self.at(at),
            start_line=self.at(start),
            end_line=self.at(max(start, end - 1)),
            start_byte=start,
            end_byte=end,
            **{"signature": "", "exported": True, **more},
        )
