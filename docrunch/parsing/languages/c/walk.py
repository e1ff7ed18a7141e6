"""The walk over one C or C++ file: what the preprocessor says comes in between the syntax nodes."""

from bisect import bisect_right

import msgspec

from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.c.attributes import Attributes, blank
from docrunch.parsing.languages.c.branches import choose
from docrunch.parsing.languages.c.directives import Macro, Range, Scanned, scan
from docrunch.parsing.model import Import
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk


class Place(msgspec.Struct, frozen=True, gc=False):
    """An extent without a syntax node."""

    start_byte: int
    end_byte: int
    start_point: tuple[int, int]
    end_point: tuple[int, int]


class CWalk(Walk):
    """Macros become symbols in source order: before the first definition that starts behind them."""

    __slots__ = (
        "access",
        "attributes",
        "cpp",
        "friend_end",
        "heads",
        "held",
        "hidden_end",
        "lines",
        "macros",
        "named",
        "namespaces",
        "next_macro",
        "parsed",
        "templates",
        "typed",
        "types",
    )

    def __init__(self, text: bytes, cpp: bool) -> None:
        super().__init__(text)
        self.cpp = cpp
        found = scan(text)
        unread = choose(found, cpp)
        self.attributes: Attributes = blank(found.code, found.parsed, cpp)
        self.parsed = bytes(found.parsed)
        self.lines = Lines(text)
        self.macros: list[Macro] = _macros(found, unread)
        self.next_macro = 0
        self.access: dict[int, bool] = {}  # type → whether the members that come next are public
        self.templates: list[Node] = []  # template heads whose definition comes next
        self.named: dict[int, Node] = {}  # first byte of a struct without a tag → the name that a typedef gives it
        self.typed: dict[int, Node] = {}  # first byte of the same → its typedef
        self.held: dict[int, int] = {}  # first byte of the same → the field or variable that holds it
        self.namespaces: set[str] = set()
        self.types: dict[bytes, str] = {}  # as written → in one line; a file repeats few of them often
        self.heads: dict[bytes, list[str]] = {}  # what stands before names → the modifiers in it
        self.friend_end = 0
        self.hidden_end = 0  # last byte of the outermost anonymous namespace that is open
        for include in found.includes:
            if not _inside(unread, include.start):
                written = f'"{include.path}"' if include.quoted else f"<{include.path}>"
                self.imports.append(Import(written, self.lines.number(include.start)))

    def add(self, draft: Draft) -> int:
        macros = self.macros
        if self.next_macro < len(macros) and macros[self.next_macro].start < draft.start_byte:
            self.flush(draft.start_byte)
        self.symbols.append(draft)
        return len(self.symbols) - 1

    def flush(self, until: int) -> None:
        """Add the macros that are defined before ``until``."""
        from docrunch.parsing.languages.c.macros import define

        macros = self.macros
        while self.next_macro < len(macros) and macros[self.next_macro].start < until:
            self.next_macro += 1
            define(self, macros[self.next_macro - 1])


class Lines:
    """Numbers of lines by byte."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._byte = 0  # asked for last; questions come in order, but for a few
        self._number = 1

    def number(self, byte: int) -> int:
        """1-based line of a byte."""
        if byte >= self._byte:
            self._number += self._text.count(b"\n", self._byte, byte)
        else:
            self._number -= self._text.count(b"\n", byte, self._byte)
        self._byte = byte
        return self._number

    def place(self, start: int, end: int) -> Place:
        last = max(start, end - 1)
        return Place(
            start,
            end,
            (self.number(start) - 1, start - self._text.rfind(b"\n", 0, start) - 1),
            (self.number(last) - 1, end - self._text.rfind(b"\n", 0, last) - 1),
        )


def _inside(ranges: list[Range], start: int) -> bool:
    """Args: ranges in order that do not overlap."""
    at = bisect_right(ranges, (start, 1 << 60)) - 1
    return at >= 0 and ranges[at][1] > start


def _macros(found: Scanned, unread: list[Range]) -> list[Macro]:
    """The macros that compilers of the language may see, include guards left out."""
    kept: list[Macro] = []
    conditionals = [each.start for each in found.conditionals]
    for macro in found.macros:
        at = bisect_right(conditionals, macro.start) - 1
        around = found.conditionals[at] if at >= 0 else None
        guard = (
            around is not None and around.word == "ifndef" and around.condition.decode("utf-8", "replace") == macro.name
        )
        if guard and macro.params is None and not macro.body.strip():
            continue
        if not _inside(unread, macro.start):
            kept.append(macro)
    return kept
