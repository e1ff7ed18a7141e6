"""Which texts of a file are embedded. A pure function: any process makes the same units from the same facts."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from docrunch.embedding.cards import has_module_card, module_card, symbol_card, worth_embedding
from docrunch.embedding.model import TextKind, TextUnit
from docrunch.embedding.windows import Window, windows
from docrunch.embedding.words import fit
from docrunch.errors import InvalidConfig
from docrunch.ids import ChunkId, chunk_id, text_sha
from docrunch.parsing.model import FileFacts, Section, Symbol, SymbolKind

MODES = ("card", "card+body")
SECTION_TOKENS = 120  # estimated, per window
BODY_TOKENS = 120
MIN_SECTION_WORDS = 3  # less than this beside the title says nothing
TITLE_TOKENS = 12  # estimated, of each of the two titles in front of a window

_PROSE = frozenset({"markdown", "mdx", "rst", "restructuredtext", "asciidoc", "org"})
_BODY_KINDS = frozenset({SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.CONSTRUCTOR})
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s[^()]*)?\)")
_URL = re.compile(r"(?:\[[^\[\]]*\]:\s*)?<?https?://[^\s<>)\]]+>?")
_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]{0,500}>", re.DOTALL)
_MARKS = re.compile(r"[#*`>|~=^]{2,}|:?-{2,}:?|^[ \t]*[#>*+-]+[ \t]|[`*|]", re.MULTILINE)
_SPACE = re.compile(r"\s+")


def text_units(
    path: str, facts: FileFacts, text: bytes, *, mode: str, instructions: Mapping[str, str]
) -> list[TextUnit]:
    """All units of one file in source order: module card, symbol cards (each followed by its body), sections.

    Args:
        text: stored text that the byte offsets of ``facts`` refer to.
        mode: ``card`` or ``card+body``; the latter adds windows over the source of functions and methods.
        instructions: text kind → text put in front of every unit of that kind. It is part of ``text`` and of
            ``text_sha``, so encoders take ``unit.text`` as it is.

    Raises:
        InvalidConfig: ``mode`` is unknown.
    """
    if mode not in MODES:
        raise InvalidConfig(f"embedding.text is {mode!r}", hint=f"Use one of {', '.join(MODES)}.")
    return [*_card_units(path, facts, text, mode, instructions), *_section_units(path, facts, text, instructions)]


def _card_units(
    path: str, facts: FileFacts, text: bytes, mode: str, instructions: Mapping[str, str]
) -> Iterator[TextUnit]:
    if has_module_card(facts):
        whole = Window(1, max(facts.lines, 1), 0, len(text), module_card(path, facts))
        yield _unit(path, -1, TextKind.CARD, chunk_id(path, "", "card:module", 0, 0), whole, instructions)
    for index, ordinal in enumerate(_ordinals(facts)):
        symbol = facts.symbols[index]
        if not worth_embedding(symbol, facts.symbols):
            continue
        place = Window(*_place(symbol), symbol_card(path, facts, index))
        key = chunk_id(path, symbol.local_name, f"card:{symbol.kind}", ordinal, 0)
        yield _unit(path, index, TextKind.CARD, key, place, instructions)
        if mode == "card+body" and symbol.kind in _BODY_KINDS:
            yield from _body_units(path, symbol, index, ordinal, text, instructions)


def _body_units(
    path: str, symbol: Symbol, index: int, ordinal: int, text: bytes, instructions: Mapping[str, str]
) -> Iterator[TextUnit]:
    found = windows(text, symbol.start_byte, symbol.end_byte, symbol.start_line, BODY_TOKENS)
    for part, window in enumerate(found):
        key = chunk_id(path, symbol.local_name, f"body:{symbol.kind}", ordinal, part)
        named = _with_text(window, f"{symbol.local_name}: {_SPACE.sub(' ', window.text).strip()}")
        yield _unit(path, index, TextKind.BODY, key, named, instructions)


def _section_units(path: str, facts: FileFacts, text: bytes, instructions: Mapping[str, str]) -> Iterator[TextUnit]:
    if not facts.sections and not _is_prose(path, facts):
        return
    seen: Counter[tuple[str, int]] = Counter()
    for trail, section in _with_trails(_sections(facts, text)):
        key = (section.title, section.level)
        part = 0
        for window in windows(text, section.start_byte, section.end_byte, section.line, SECTION_TOKENS):
            body = plain_prose(window.text)
            if window.start_line == section.line:
                body = body.removeprefix(plain_prose(section.title)).strip()
            if len(body.split()) < MIN_SECTION_WORDS:
                continue
            named = _with_text(window, f"{trail}: {body}" if trail else body)
            found = chunk_id(path, section.title, f"section:{section.level}", seen[key], part)
            yield _unit(path, -1, TextKind.SECTION, found, named, instructions)
            part += 1
        seen[key] += 1


def _sections(facts: FileFacts, text: bytes) -> Iterator[Section]:
    """The sections of the facts, and before them what stands above the first heading."""
    start = facts.sections[0].start_byte if facts.sections else len(text)
    if text[:start].strip():
        end_line = facts.sections[0].line - 1 if facts.sections else max(facts.lines, 1)
        yield Section(title="", level=0, line=1, end_line=end_line, start_byte=0, end_byte=start)
    yield from facts.sections


def _with_trails(sections: Iterator[Section]) -> Iterator[tuple[str, Section]]:
    """Each section with the title above it and its own: ``Guide › Installation``."""
    open_: list[Section] = []
    for section in sections:
        open_ = [outer for outer in open_ if 0 < outer.level < section.level]
        titles = [_short_title(near.title) for near in (*open_[-1:], section)]
        yield " › ".join(title for title in titles if title), section
        open_.append(section)


def _short_title(title: str) -> str:
    return " ".join(fit(plain_prose(title).split(), TITLE_TOKENS))


def plain_prose(text: str) -> str:
    """Markup that carries no meaning removed, white space collapsed; links keep their text."""
    linked = _LINK.sub(r"\1", _LINK.sub(r"\1", text))  # twice: badges are images inside links
    return _SPACE.sub(" ", _MARKS.sub(" ", _TAG.sub(" ", _URL.sub(" ", linked)))).strip()


def _is_prose(path: str, facts: FileFacts) -> bool:
    """Documentation by language, and a README in plain text (a ``readme.py`` is code)."""
    named_readme = PurePosixPath(path).name.upper().split(".", 1)[0] == "README"
    return facts.language in _PROSE or (named_readme and not has_module_card(facts))


def _ordinals(facts: FileFacts) -> Iterator[int]:
    """Source order among symbols of equal local name and kind, as in node ids."""
    seen: Counter[tuple[str, str]] = Counter()
    for symbol in facts.symbols:
        key = (symbol.local_name, str(symbol.kind))
        yield seen[key]
        seen[key] += 1


def _place(symbol: Symbol) -> tuple[int, int, int, int]:
    return symbol.start_line, symbol.end_line, symbol.start_byte, symbol.end_byte


def _with_text(window: Window, text: str) -> Window:
    return Window(window.start_line, window.end_line, window.start_byte, window.end_byte, text)


def _unit(
    path: str, symbol: int, kind: TextKind, key: ChunkId, window: Window, instructions: Mapping[str, str]
) -> TextUnit:
    text = instructions.get(str(kind), "") + window.text
    return TextUnit(
        id=key,
        path=path,
        symbol=symbol,
        kind=kind,
        start_line=window.start_line,
        end_line=window.end_line,
        start_byte=window.start_byte,
        end_byte=window.end_byte,
        text=text,
        text_sha=text_sha(text),
    )
