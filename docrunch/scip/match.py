"""Indexes beside the tree they were made from: what they say about names that are symbols of ours.

Nothing of an index is believed that the text does not bear out. A definition counts where one of our symbols has that
name in that line. A reference counts where the same word stands at its range, or one that the file imports under
another name; an index of another version of a file therefore mostly falls away, and what falls away is counted.

Several indexes are one: a reference in the one may mean a definition in the other, and what they say of one place must
agree. Their order means nothing. They are read twice, first for definitions and then file by file for references, so
that no more is held than the definitions and what is told.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from docrunch.errors import LimitExceeded
from docrunch.graph.resolve.attachments import SymbolName
from docrunch.graph.told import Mention, Told
from docrunch.parsing.model import FileFacts, Symbol
from docrunch.scip.positions import Lines, Place, line_of
from docrunch.scip.read import Count, Span, document, documents, occurrences
from docrunch.scip.scip_pb2 import Occurrence, SparseDocument

MAX_SYMBOL_BYTES = 600_000_000  # of symbols at names of ours, in memory: any number of them may claim one name
_SYMBOL_BYTES = 200  # of one, beside its text: 2 million of usual ones are below the limit
_DEFINITION, _IMPORT, _FORWARD = 1, 2, 64  # bits of symbol_roles
_LOCAL = "local "  # symbols that mean something in their document only

# Why an occurrence tells nothing, as counted in `Matched.left_out`.
OUTSIDE = "outside_the_tree"  # a document of a path that the scan does not read
CHANGED = "other_text"  # the document holds its text, and it is not that of the file
TOO_LARGE = "too_large"  # a document or an occurrence above the limits of `docrunch.scip.read`
NO_WORD = "no_word_at_range"
NO_SYMBOL = "no_symbol_of_ours"  # a definition in a line that defines nothing of that name for us
SEVERAL = "several_definitions"  # also where all but one are marked as mere references
RENAMED = "another_word"  # the words at definition and reference differ, and no import says why
CONTRADICTED = "contradicted"  # one word in one line with several meanings


class Matched(msgspec.Struct, frozen=True):
    told: Told
    definitions: int  # symbols of the indexes that are symbols of ours
    references: int  # mentions in ``told``
    left_out: dict[str, int]  # reason → number of occurrences (documents for OUTSIDE and CHANGED)

    def counts(self) -> dict[str, int]:
        """What was used and what was not, as a scan reports it."""
        return {"definitions": self.definitions, "references": self.references, **self.left_out}


class _Reference(msgspec.Struct, frozen=True):
    place: Place
    symbol: str
    counts: bool  # False: a definition, an import or a local name, which can only contradict


def match(
    indexes: Sequence[memoryview],
    facts: Mapping[str, FileFacts],
    text: Callable[[str], bytes],
    expect: Callable[[Sequence[str]], None] = lambda _: None,
) -> Matched:
    """Args:
        text: the stored text of a path that has facts.
        expect: hears which facts will be read, before they are.

    Raises:
        InvalidArchive, LimitExceeded: see `docrunch.scip.read.check_index`; or too many symbols claim names of ours.
    """
    made = _Matching(indexes, facts, text)
    expect(made.paths)
    for path in made.paths:
        made.define(path)
    made.end_definitions()
    files = {path: mentions for path in made.paths if (mentions := made.mentions(path))}
    return made.finish(files)


class _Matching:
    def __init__(
        self, indexes: Sequence[memoryview], facts: Mapping[str, FileFacts], text: Callable[[str], bytes]
    ) -> None:
        self._indexes = indexes
        self._facts = facts
        self._text = text
        self._left = Counter[str]()
        self._held = 0  # bytes of symbols
        self._defined: dict[str, tuple[SymbolName, str] | None] = {}  # by symbol; None for several
        self._again: dict[str, set[SymbolName]] = {}  # by symbol: ours at whose names it stands
        self._spans: dict[str, list[tuple[int, Span]]] = {}  # by path: the documents of each index
        for number, index in enumerate(indexes):
            self._survey(number, index)
        self.paths = sorted(self._spans)

    def _survey(self, number: int, index: memoryview) -> None:
        count = Count()
        for span in documents(index):
            found = document(index, span)
            if found is None:
                self._left[TOO_LARGE] += 1
                continue
            count.add(found)
            path = found.relative_path
            spans = self._spans.get(path, [])
            if path not in self._facts or (spans and spans[-1][0] == number):
                self._left[OUTSIDE] += 1
                continue
            self._spans.setdefault(path, spans).append((number, span))

    def _read(self, path: str) -> Iterator[tuple[Occurrence | None, SparseDocument]]:
        for number, span in self._spans[path]:
            found = document(self._indexes[number], span)
            if found is not None:
                for each in occurrences(found):
                    yield each, found

    def define(self, path: str) -> None:
        """What a file defines. Leaves out documents that are of another text, here and later."""
        text = self._text(path)
        self._spans[path] = [each for each in self._spans[path] if self._is_of(each, text)]
        lines, facts = Lines(text), self._facts[path]
        names = _names(path, facts)
        places = name_places(lines, facts)
        named = {lines.number_of(place) for place in places}
        defined: set[int] = set()
        again: list[tuple[int, str, SymbolName]] = []
        for occurrence, found in self._read(path):
            if occurrence is None or occurrence.symbol.startswith(_LOCAL):
                continue
            if not _defines(occurrence) and line_of(occurrence) not in named:
                continue
            place = lines.word(occurrence, found.position_encoding)
            if place is None:
                continue
            name = names.get((place.line, place.word))
            if _defines(occurrence):
                defined.add(place.start)
                self._define(occurrence.symbol, name, place.word)
            elif name is not None and place.start in places:
                again.append((place.start, occurrence.symbol, name))
        for start, symbol, name in again:
            if start not in defined:
                self._hold(symbol)
                self._again.setdefault(symbol, set()).add(name)

    def _hold(self, symbol: str) -> None:
        self._held += _SYMBOL_BYTES + len(symbol)
        if self._held > MAX_SYMBOL_BYTES:
            raise LimitExceeded(
                "the SCIP indexes have more symbols than any source that is scanned",
                hint="Scan without them, or with fewer.",
            )

    def _is_of(self, each: tuple[int, Span], text: bytes) -> bool:
        found = document(self._indexes[each[0]], each[1])
        if found is not None and found.text and found.text.encode("utf-8", "replace") != text:
            self._left[CHANGED] += 1
            return False
        return True

    def _define(self, symbol: str, name: SymbolName | None, word: str) -> None:
        if name is None:
            self._left[NO_SYMBOL] += 1
        elif symbol not in self._defined:
            self._hold(symbol)
            self._defined[symbol] = (name, word)
        elif self._defined[symbol] not in (None, (name, word)):
            self._left[SEVERAL] += 1
            self._defined[symbol] = None

    def end_definitions(self) -> None:
        """A symbol that stands at the names of several of ours means neither: some tools name two classes of one name
        alike, and call all but the first a reference."""
        for symbol, names in self._again.items():
            known = self._defined.get(symbol)
            if known is not None and names - {known[0]}:
                self._left[SEVERAL] += 1
                self._defined[symbol] = None

    def mentions(self, path: str) -> tuple[Mention, ...]:
        """What the references of a file mean, when all definitions are known."""
        found = self._references(path)
        by_place: dict[tuple[int, str], list[_Reference]] = {}
        for each in found:
            by_place.setdefault((each.place.line, each.place.word), []).append(each)
        facts = self._facts[path]
        aliases, scopes = _aliases(facts), _scopes(facts, [each.place.start for each in found])
        made = []
        for (line, word), several in sorted(by_place.items()):
            target = self._target(word, several, aliases)
            if target is not None:
                made.append(Mention(line, word, scopes[min(each.place.start for each in several)], target))
        return tuple(made)

    def _references(self, path: str) -> list[_Reference]:
        """References to what is defined here, and whatever else the index says of their lines."""
        lines, made = Lines(self._text(path)), []
        places = name_places(lines, self._facts[path])
        for occurrence, found in self._read(path):
            if occurrence is None:
                self._left[TOO_LARGE] += 1
            elif self._is_known(occurrence):
                place = lines.word(occurrence, found.position_encoding)
                if place is None:
                    self._left[NO_WORD] += 1
                else:
                    made.append(_Reference(place, occurrence.symbol, counts=place.start not in places))
        near = {each.place.line for each in made}
        for occurrence, found in self._read(path) if made else ():
            if occurrence is None or line_of(occurrence) not in near or self._is_known(occurrence):
                continue
            place = lines.word(occurrence, found.position_encoding)
            if place is not None:
                counts = _refers(occurrence) and place.start not in places
                made.append(_Reference(place, occurrence.symbol, counts))
        return made

    def _is_known(self, occurrence: Occurrence) -> bool:
        return self._defined.get(occurrence.symbol) is not None and _refers(occurrence)

    def _target(self, word: str, found: Sequence[_Reference], aliases: frozenset[tuple[str, str]]) -> SymbolName | None:
        """The one meaning of a word in a line."""
        counting = [each for each in found if each.counts]
        targets = {self._defined.get(each.symbol) for each in counting}
        if not targets - {None}:
            return None
        target = next(iter(targets))
        if len(targets) > 1 or len(counting) != len(found) or target is None:
            self._left[CONTRADICTED] += len(counting)
            return None
        if target[1] != word and (word, target[1]) not in aliases:
            self._left[RENAMED] += len(counting)
            return None
        return target[0]

    def finish(self, files: dict[str, tuple[Mention, ...]]) -> Matched:
        known = sum(1 for found in self._defined.values() if found is not None)
        return Matched(Told(files), known, sum(map(len, files.values())), dict(sorted(self._left.items())))


def _defines(occurrence: Occurrence) -> bool:
    return bool(occurrence.symbol_roles & _DEFINITION) and not occurrence.symbol_roles & _FORWARD


def _names(path: str, facts: FileFacts) -> dict[tuple[int, str], SymbolName]:
    """The symbols of a file by line and name, where that is one symbol."""
    found: dict[tuple[int, str], SymbolName | None] = {}
    ordinals = Counter[tuple[str, str]]()
    for symbol in facts.symbols:
        same = (symbol.local_name, symbol.kind.value)
        key = (symbol.line, _written(symbol, facts))
        found[key] = None if key in found else SymbolName(path, *same, ordinals[same])
        ordinals[same] += 1
    return {key: name for key, name in found.items() if name is not None}


def name_places(lines: Lines, facts: FileFacts) -> frozenset[int]:
    """Byte offsets of the names of all symbols of a file, where they are defined."""
    found = set()
    for symbol in facts.symbols:
        start = lines.first(symbol.line, _written(symbol, facts), symbol.start_byte)
        if start is not None:
            found.add(start)
    return frozenset(found)


def _written(symbol: Symbol, facts: FileFacts) -> str:
    """A name as it stands in the text: that of a Rust macro is without "!" where it is defined."""
    return symbol.name.removesuffix("!") if facts.language == "rust" else symbol.name


def _refers(occurrence: Occurrence) -> bool:
    return not occurrence.symbol_roles & (_DEFINITION | _IMPORT) and not occurrence.symbol.startswith(_LOCAL)


def _aliases(facts: FileFacts) -> frozenset[tuple[str, str]]:
    """(name here, name there) of everything imported under another name."""
    return frozenset(
        (each.alias, there) for each in facts.imports if each.alias for there in (each.name, _last(each.module))
    )


def _last(module: str) -> str:
    return module.replace("::", ".").replace("/", ".").rsplit(".", 1)[-1]


def _scopes(facts: FileFacts, offsets: Iterable[int]) -> dict[int, int]:
    """Byte offset → index of the innermost symbol around it, -1 at the top of the file."""
    symbols = facts.symbols
    waiting = sorted(range(len(symbols)), key=lambda n: (symbols[n].start_byte, -symbols[n].end_byte), reverse=True)
    around: list[int] = []
    found = {}
    for offset in sorted(set(offsets)):
        while waiting and symbols[waiting[-1]].start_byte <= offset:
            while around and symbols[around[-1]].end_byte <= symbols[waiting[-1]].start_byte:
                around.pop()
            around.append(waiting.pop())
        while around and symbols[around[-1]].end_byte <= offset:
            around.pop()
        found[offset] = around[-1] if around else -1
    return found
