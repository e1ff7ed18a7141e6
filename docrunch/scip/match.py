"""An index beside the tree it was made from: what it says about names that are symbols of ours.

Nothing of an index is believed that the text does not bear out. A definition counts where one of our symbols has that
name in that line. A reference counts where the same word stands at its range, or one that the file imports under
another name; an index of another version of a file therefore mostly falls away, and what falls away is counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import msgspec

from docrunch.graph.resolve.attachments import SymbolName
from docrunch.graph.told import Mention, Told
from docrunch.parsing.model import FileFacts
from docrunch.scip.positions import Lines, Place
from docrunch.scip.read import documents
from docrunch.scip.scip_pb2 import Document

_DEFINITION, _IMPORT, _FORWARD = 1, 2, 64  # bits of symbol_roles
_LOCAL = "local "  # symbols that mean something in their document only

# Why an occurrence tells nothing, as counted in `Matched.left_out`.
OUTSIDE = "outside_the_tree"  # a document of a path that the scan does not read
CHANGED = "other_text"  # the document holds its text, and it is not that of the file
NO_WORD = "no_word_at_range"
NO_SYMBOL = "no_symbol_of_ours"  # a definition in a line that defines nothing of that name for us
SEVERAL = "several_definitions"
RENAMED = "another_word"  # the words at definition and reference differ, and no import says why
CONTRADICTED = "contradicted"  # one word in one line with several meanings


class Matched(msgspec.Struct, frozen=True):
    told: Told
    definitions: int  # symbols of the index that are symbols of ours
    references: int  # mentions in ``told``
    left_out: dict[str, int]  # reason → number of occurrences (documents for OUTSIDE and CHANGED)


class _Reference(msgspec.Struct, frozen=True):
    place: Place
    symbol: str
    counts: bool  # False: a definition, an import or a local name, which can only contradict


def match(index: bytes, facts: Mapping[str, FileFacts], text: Callable[[str], bytes]) -> Matched:
    """Args:
        text: the stored text of a path that has facts.

    Raises:
        InvalidArchive, LimitExceeded: see `docrunch.scip.read.documents`.
    """
    made = _Matching(facts, text)
    for document in documents(index):
        made.read(document)
    return made.finish()


class _Matching:
    def __init__(self, facts: Mapping[str, FileFacts], text: Callable[[str], bytes]) -> None:
        self._facts = facts
        self._text = text
        self._left = Counter[str]()
        self._defined: dict[str, tuple[SymbolName, str] | None] = {}  # by symbol; None for several
        self._references: dict[str, list[_Reference]] = {}

    def read(self, document: Document) -> None:
        path = document.relative_path
        facts = self._facts.get(path)
        if facts is None or path in self._references:
            self._left[OUTSIDE] += 1
            return
        text = self._text(path)
        if document.text and document.text.encode("utf-8", "replace") != text:
            self._left[CHANGED] += 1
            return
        lines, names = Lines(text), _names(path, facts)
        found = self._references[path] = []
        for occurrence in document.occurrences:
            place = lines.word(occurrence, document.position_encoding)
            roles = occurrence.symbol_roles
            if place is None:
                self._left[NO_WORD] += 1
                continue
            defines = bool(roles & _DEFINITION) and not roles & _FORWARD
            if defines and not occurrence.symbol.startswith(_LOCAL):
                self._define(occurrence.symbol, names.get((place.line, place.word)), place.word)
            counts = not roles & (_DEFINITION | _IMPORT) and not occurrence.symbol.startswith(_LOCAL)
            found.append(_Reference(place, occurrence.symbol, counts))

    def _define(self, symbol: str, name: SymbolName | None, word: str) -> None:
        if name is None:
            self._left[NO_SYMBOL] += 1
        elif symbol not in self._defined:
            self._defined[symbol] = (name, word)
        elif self._defined[symbol] not in (None, (name, word)):
            self._left[SEVERAL] += 1
            self._defined[symbol] = None

    def finish(self) -> Matched:
        files: dict[str, tuple[Mention, ...]] = {}
        for path in sorted(self._references):
            mentions = self._mentions(path, self._references[path])
            if mentions:
                files[path] = mentions
        known = sum(1 for found in self._defined.values() if found is not None)
        return Matched(Told(files), known, sum(map(len, files.values())), dict(sorted(self._left.items())))

    def _mentions(self, path: str, references: list[_Reference]) -> tuple[Mention, ...]:
        aliases = _aliases(self._facts[path])
        by_place: dict[tuple[int, str], list[_Reference]] = {}
        for each in references:
            by_place.setdefault((each.place.line, each.place.word), []).append(each)
        made = []
        scopes = _scopes(self._facts[path], [each.place.start for each in references])
        for (line, word), found in sorted(by_place.items()):
            counting = [each for each in found if each.counts]
            targets = {self._defined.get(each.symbol) for each in counting}
            if not targets - {None}:
                continue
            target = next(iter(targets))
            if len(targets) > 1 or len(counting) != len(found) or target is None:
                self._left[CONTRADICTED] += len(counting)
            elif target[1] != word and (word, target[1]) not in aliases:
                self._left[RENAMED] += len(counting)
            else:
                made.append(Mention(line, word, scopes[found[0].place.start], target[0]))
        return tuple(made)


def _names(path: str, facts: FileFacts) -> dict[tuple[int, str], SymbolName]:
    """The symbols of a file by line and name, where that is one symbol."""
    found: dict[tuple[int, str], SymbolName | None] = {}
    ordinals = Counter[tuple[str, str]]()
    for symbol in facts.symbols:
        same = (symbol.local_name, symbol.kind.value)
        key = (symbol.line, symbol.name.removesuffix("!") if facts.language == "rust" else symbol.name)
        found[key] = None if key in found else SymbolName(path, *same, ordinals[same])
        ordinals[same] += 1
    return {key: name for key, name in found.items() if name is not None}


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
