"""Macros that stand where the grammar expects none: export and calling conventions, attributes, namespace brackets.

``ZEXTERN int ZEXPORT f OF((int x));`` is read as ``int f (int x);``. What is blanked is remembered: it is part of the
declaration for its reader (`Blanked`), and often the only hint that a function is static.
"""

import re
from bisect import bisect_right
from string import ascii_lowercase, ascii_uppercase, digits

import msgspec

from docrunch.parsing.languages.c.directives import Range, blanked
from docrunch.parsing.languages.c.words import BUILTIN, QUALIFIERS, STATEMENTS, TAGS

_RUN = re.compile(rb"[A-Za-z_](?<![\w.#$].)[\w:]*+(?:[\s*&]++[A-Za-z_][\w:]*+){2,24}+\s*+[(;=\[,){]")
_WORD = re.compile(rb"[*&]|[A-Za-z_][\w:]*")
_CAPITALS = rb"[A-Z_][A-Z0-9_]{2,}"
_ARGUMENTS = rb"(?:\s*\((?:[^()]|\([^()]*\)){0,200}\))?"
_STARTS = (
    rb"(?:static|inline|extern|virtual|explicit|constexpr|typedef|friend|void|int|char|long|short|unsigned|signed|"
    rb"float|double|bool|auto|struct|class|enum|union|template|using|namespace|operator\s+[A-Za-z_]\w*\s*\(|~)"
)
_BEFORE = re.compile(
    rb"([A-Z_](?<![\w.>)(,=].)[A-Z0-9_]{2,}"
    + _ARGUMENTS
    + rb")\s+(?=(?:"
    + _CAPITALS
    + rb"\s+){0,8}"
    + _STARTS
    + rb"(?!\w))"
)
_CLASS = re.compile(
    rb"\b(?:class|struct|union|enum(?:\s+(?:class|struct))?)\s+((?:"
    + _CAPITALS
    + _ARGUMENTS
    + rb"\s+){1,8}+)(?=[A-Za-z_][\w:]*\s*(?:final\b|[{<]|:(?!:)))"
)
_AFTER = re.compile(
    rb"\)\s*(?:(?:const|noexcept|override|final)\s+)*"
    rb"((?>\b[A-Z_]*(?:ATTR|FORMAT|PRINTF|NOEXCEPT|OVERRIDE|FINAL|NORETURN|PURE|DEPRECATED|UNUSED|NOTHROW|CONSTRUCTOR|"
    rb"LOCKS?_|_REQUIRED|GUARDED|EXCLUDES)"
    rb"[A-Z0-9_]*+" + _ARGUMENTS + rb"\s*+)++)(?=[;{])"
)
_WRAPPED = re.compile(
    rb"((?<!\w)[A-Za-z_]\w*+|\*)\s++([A-Z_][A-Z0-9_]++[ \t]*\()[ \t]*([A-Za-z_]\w*)[ \t]*(\))\s*(?=\()"
)
_UNNAMED = re.compile(rb"[(,]\s*+[A-Za-z_]\w*+(?:\s++[A-Za-z_]\w*+){1,8}+\s*+\*(?:[\s*&]|\b[A-Z]{2,}\b)*+(?=[,)])")
# Words in capitals, in a text whose bytes are replaced by their classes: one literal byte is searched for quickly.
_CAPITALIZED = re.compile(rb"A(?<![Aa0#].)[A0]++(?!a)")
_CLASSES = bytes.maketrans(
    (ascii_uppercase + "_" + ascii_lowercase + digits + "$").encode(), b"A" * 27 + b"a" * 26 + b"0" * 10 + b"#"
)
_KNOWN = re.compile(
    rb"(?:[A-Z0-9]+_)*(?:API|EXPORTS?|(?:FORCE|NO|ALWAYS)?_?INLINE|CONSTEXPR\w*|NODISCARD|FUNC|NORETURN|EXPLICIT|COLD|HOT|"
    rb"DEPRECATED|MAYBE_UNUSED|NOEXCEPT|OVERRIDE|FINAL|NOTHROW|LIFETIMEBOUND|IMPORT)\Z"
)
_NO_TYPE_FOLLOWS = frozenset(b"(:=,;)}]+*/|&-<>!?.{[")
_SUFFIX = re.compile(
    rb"\)\s*+(?:const\s++)?((?:[A-Z][A-Z0-9]*_)+(?:NOEXCEPT|NOTHROW|OVERRIDE|FINAL)\w*)"
    rb"(?=\s*(?:[:;={]|->|override|const|final))"
)
_EMPTY_DEFAULT = re.compile(rb"=\s*+(\{\s*+\})(?=\s*+[,)])")  # which the grammar does not know in parameters
_CONDITION = re.compile(rb"(?<![\w)])(?<!\)\s)([A-Z_]*(?:ENABLE_?IF|DISABLE_?IF|REQUIRES)\w*)\s*\(")
_OF_FIELD = re.compile(
    rb"[\w>*&]\s+[*&]*(?!return\b|else\b|case\b|new\b|throw\b|goto\b)[a-z_]\w*\s+("
    + _CAPITALS
    + rb"\s*\([^()]{0,200}\))\s*(?=[;={])"
)
_OF_TAG = re.compile(rb"\}\s*+([A-Z_][A-Z0-9_]+)\s+(?=[A-Za-z_]\w*\s*[;,])")
_UNIT = re.compile(rb"(?<=[0-9uUlL] )([KMG]B)\b")
_ALONE = re.compile(rb"(" + _CAPITALS + rb"+)[ \t]*+(\((?:[^()\n]|\([^()\n]*\)){0,400}\))?[ \t\r]*+$", re.MULTILINE)
_EXTERN_TEMPLATE = re.compile(rb"\bextern\s+template\b[^;{}]{0,2000};")
_OPENS = re.compile(rb"NAMESPACE_(?:BEGIN|OPEN|START|ENTER)|(?:BEGIN|OPEN|START|ENTER)_(?:\w+_)?NAMESPACE")
_CLOSES = re.compile(rb"NAMESPACE_(?:END|CLOSE|LEAVE|EXIT)|(?:END|CLOSE|LEAVE|EXIT)_(?:\w+_)?NAMESPACE")
_IDENTIFIER = re.compile(rb"[A-Za-z_]\w*\Z")
_NEEDED = {  # what every match has one of: few texts do
    _CONDITION: (b"ABLE_IF", b"ABLEIF", b"REQUIRES"),
    _SUFFIX: (b"NOEXCEPT", b"NOTHROW", b"OVERRIDE", b"FINAL"),
    _UNIT: (b"KB", b"MB", b"GB"),
}
_WRAPS = re.compile(rb"\((?<=[A-Z0-9_ \t]\()[ \t]*+[A-Za-z_]\w*+[ \t]*+\)\s*+\(")  # what `_WRAPPED` ends with
_SHORTEST_NAMESPACE = len(b"namespace x{")
_WHITE = b" \t\r\n\f\v"
_OPENED, _CLOSED = b"()"
_LINE_FEED = ord("\n")
_WHITE_STAYS = bytes(byte if byte in _WHITE else 32 for byte in range(256))
_BRACKET = re.compile(rb"[()]")
_MAX_BRACKETS = 30  # open at once
_MAX_PARAMETERS = 4_000  # bytes between the brackets of OF((…))


class Blanked(msgspec.Struct, frozen=True, gc=False):
    """A macro that the grammar did not see."""

    start: int
    end: int
    name: str
    alone: bool  # a statement by itself
    called: bool  # with arguments


class Attributes:
    """The macros that were blanked, by position."""

    def __init__(self, found: list[Blanked]) -> None:
        self.all = sorted(found, key=lambda each: (each.start, -each.end))
        self._starts = [each.start for each in self.all]

    def before(self, parsed: bytes, start: int) -> int:
        """Where a definition starts whose first bytes are blanked macros."""
        at = bisect_right(self._starts, start) - 1
        while at >= 0 and not self.all[at].alone and not parsed[self.all[at].start : start].strip():
            start = self.all[at].start
            at -= 1
        return start

    def at(self, start: int) -> str | None:
        """The macro that stood alone at a position."""
        at = bisect_right(self._starts, start) - 1
        found = at >= 0 and self._starts[at] == start and self.all[at].alone
        return self.all[at].name if found else None

    def within(self, start: int, end: int) -> list[str]:
        """Names of those between two positions."""
        first, last = bisect_right(self._starts, start - 1), bisect_right(self._starts, end)
        return [each.name for each in self.all[first:last] if not each.alone]


def blank(code: bytearray, parsed: bytearray, cpp: bool) -> Attributes:
    """Blank the macros in both texts."""
    found: list[Blanked] = []
    capitals = [
        (bytes(code[start:end]), start, end)
        for start, end in [match.span() for match in _CAPITALIZED.finditer(code.translate(_CLASSES))]
    ]
    _alone(code, parsed, found, capitals, cpp)
    if (cpp and _unknown_to_grammar(code, parsed)) or found:
        capitals = [each for each in capitals if code[each[1] : each[2]] == each[0]]
    windows = _Windows(code, capitals, found)
    if cpp:
        for match in windows.matches(_CONDITION):
            _condition(code, parsed, found, match)
    for match in windows.matches(_SUFFIX):
        _take(code, parsed, found, match.start(1), match.end(1))
    _known(code, parsed, found, capitals)
    for pattern in (_BEFORE, _CLASS, _AFTER, _OF_FIELD, _OF_TAG, _UNIT):
        for match in windows.matches(pattern):
            _take(code, parsed, found, match.start(1), match.end(1))
    if _WRAPS.search(code):
        for match in windows.matches(_WRAPPED):
            _unwrap(code, parsed, found, match)
    for pattern, named in ((_RUN, True), (_UNNAMED, False)):
        # macros in small letters are a habit of C
        for match in windows.matches(pattern) if cpp else list(pattern.finditer(code)):
            for start, end in _needless(match, named):
                _take(code, parsed, found, start, end)
    return Attributes(found)


def _unknown_to_grammar(code: bytearray, parsed: bytearray) -> bool:
    """Blank ``extern template`` and empty braces as default values. Whether any word is gone."""
    for match in list(_EMPTY_DEFAULT.finditer(code)):
        code[match.start(1) : match.end(1)] = parsed[match.start(1) : match.end(1)] = b"0" + blanked(match[1][1:])
    if b"extern template" not in code:
        return False
    for match in list(_EXTERN_TEMPLATE.finditer(code)):
        code[match.start() : match.end()] = parsed[match.start() : match.end()] = blanked(match[0])
    return True


class _Windows:
    """The lines with words in capitals, and the lines before and after each: where such macros can be."""

    def __init__(self, code: bytearray, capitals: list[tuple[bytes, int, int]], found: list[Blanked]) -> None:
        self._code = code
        self._ranges = _ranges(code, capitals)
        self._found = found
        self._blanked = -1  # macros that were blanked when the lines were joined
        self._joined = b""

    def matches(self, pattern: re.Pattern[bytes]) -> list[re.Match[bytes]]:
        """One look at all lines tells whether there is any; few patterns are in a text."""
        if self._blanked != len(self._found):
            self._blanked = len(self._found)
            self._joined = b"\n\n".join([self._code[low:high] for low, high in self._ranges])
        needed = _NEEDED.get(pattern)
        if needed is not None and not any(part in self._joined for part in needed):
            return []
        if pattern.search(self._joined) is None:
            return []
        return [match for low, high in self._ranges for match in pattern.finditer(self._code, low, high)]


def _ranges(code: bytearray, capitals: list[tuple[bytes, int, int]]) -> list[Range]:
    found: list[Range] = []
    line_end = -1
    for _, start, end in capitals:
        if end <= line_end:
            continue
        line_end = code.find(b"\n", end)
        line_end = line_end if line_end >= 0 else len(code)
        low = code.rfind(b"\n", 0, max(0, code.rfind(b"\n", 0, start))) + 1
        high = code.find(b"\n", line_end + 1)
        high = high if high >= 0 else len(code)
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


def _take(code: bytearray, parsed: bytearray, found: list[Blanked], start: int, end: int) -> None:
    words = bytes(code[start:end])
    kept = len(words.rstrip())
    name = words.split(b"(", 1)[0].strip().decode("ascii", "replace")
    for part in name.split():
        found.append(Blanked(start, start + kept, part, False, b"(" in words))
    gone = words.translate(_WHITE_STAYS)
    code[start:end] = gone
    parsed[start:end] = gone


def _needless(match: re.Match[bytes], named: bool) -> list[tuple[int, int]]:
    """The words of a declaration that are neither its type nor its name, which comes last."""
    base = match.start()
    words = [(found[0], base + found.start(), base + found.end()) for found in _WORD.finditer(match[0])]
    while named and words and words[-1][0] in (b"*", b"&"):
        words.pop()
    gone: list[tuple[int, int]] = []
    unknown: list[tuple[bytes, int, int]] = []
    certain, tag = False, False
    for word, start, end in words[:-1] if named else words:
        if word in (b"*", b"&"):
            gone += _superfluous(unknown, certain)
            unknown, certain = [], True
        elif word in STATEMENTS:
            return []
        elif word.endswith(b":"):
            gone, unknown, certain = [], [], False
        elif word in TAGS:
            tag = True
        elif tag:
            tag, certain = False, True
        elif word in BUILTIN:
            certain = True
        elif word not in QUALIFIERS:
            unknown.append((word, start, end))
    return gone + _superfluous(unknown, certain)


def _superfluous(unknown: list[tuple[bytes, int, int]], certain: bool) -> list[tuple[int, int]]:
    if certain or len(unknown) < 2:
        return [(start, end) for _, start, end in unknown] if certain else []
    kept = len(unknown) - 1
    if unknown[kept][0].isupper():
        kept = max(
            (at for at, each in enumerate(unknown) if not each[0].isupper() and each[0] != b"local"), default=kept
        )
    return [(start, end) for at, (_, start, end) in enumerate(unknown) if at != kept]


def _known(code: bytearray, parsed: bytearray, found: list[Blanked], capitals: list[tuple[bytes, int, int]]) -> None:
    """Words that are attributes by their name, and those around the parameters of a prototype."""
    judged: dict[bytes, bool] = {}
    size = len(code)
    for word, start, end in capitals:
        known = judged.get(word)
        if known is None:
            known = judged[word] = _KNOWN.match(word) is not None
        if not known and end + 1 < size and code[end] not in _WHITE and not code[end] == code[end + 1] == _OPENED:
            continue
        at = end
        while at < end + 200 and at < size and code[at] in _WHITE:
            at += 1
        follows = code[at] if at < size else 59
        if follows == _OPENED and code[at + 1 : at + 2] == b"(":
            _prototype(code, parsed, found, start, end, at)
        elif known and follows not in _NO_TYPE_FOLLOWS and code[start:end] == word:
            _take(code, parsed, found, start, end)


def _prototype(code: bytearray, parsed: bytearray, found: list[Blanked], start: int, end: int, opened: int) -> None:
    """``f OF((int x));``: the word and its own brackets go."""
    last = re.search(rb"[A-Za-z_]\w*\Z", bytes(code[max(0, start - 200) : start]).rstrip())
    if last is None or last[0] in STATEMENTS:
        return
    at = _closing(code, opened)
    if at > 0 and code[at - 1] == 41 and bytes(code[at + 1 : at + 40]).lstrip()[:1] in (b";", b",", b"_"):
        _take(code, parsed, found, start, end)
        for bracket in (opened, at):
            code[bracket] = parsed[bracket] = 32


def _unwrap(code: bytearray, parsed: bytearray, found: list[Blanked], match: re.Match[bytes]) -> None:
    """``int API(f) (int x);`` declares f."""
    if match[1] in STATEMENTS:
        return
    for part in (2, 4):
        start, end = match.span(part)
        if part == 2:
            name = match[2].rstrip(b"( \t").decode()
            found.append(Blanked(start, end, name, False, True))
        code[start:end] = parsed[start:end] = b" " * (end - start)


def _closing(code: bytearray, opened: int) -> int:
    """Where a bracket is closed, -1 where that is not soon."""
    depth = 0
    for bracket in _BRACKET.finditer(code, opened, opened + _MAX_PARAMETERS):
        depth += 1 if bracket[0] == b"(" else -1
        if depth == 0:
            return bracket.start()
        if depth > _MAX_BRACKETS:
            break
    return -1


def _condition(code: bytearray, parsed: bytearray, found: list[Blanked], match: re.Match[bytes]) -> None:
    """A macro that stands for a template parameter or for the type of a result: to the grammar it is an ``int``."""
    start, at = match.start(1), _closing(code, match.end() - 1)
    if at > 0:
        found.append(Blanked(start, at + 1, match[1].decode(), True, True))
        code[start : at + 1] = parsed[start : at + 1] = b"int" + blanked(code[start + 3 : at + 1])


def _alone(
    code: bytearray, parsed: bytearray, found: list[Blanked], capitals: list[tuple[bytes, int, int]], cpp: bool
) -> None:
    """Macros that are a line by themselves, without a semicolon."""
    brackets: list[tuple[bool, re.Match[bytes]]] = []
    last_end = -1
    for _, start, end in capitals:
        match = _ALONE.match(code, start) if _fills_line(code, start, end) else None
        if match is None:
            continue
        before = match.start(1) - 1
        while before > last_end and code[before] in _WHITE:
            before -= 1
        opens, closes = _OPENS.search(match[1]), _CLOSES.search(match[1])
        if before > last_end and before >= 0 and code[before] not in b";{}:>" and not (opens or closes):
            continue
        if cpp and (opens or closes):
            brackets.append((opens is not None, match))
            last_end = match.end() - 1
            continue
        after = match.end()
        while after < len(code) and code[after] in _WHITE:
            after += 1
        closes_after = after < len(code) and code[after] == 125 and before >= 0 and code[before] in b";}"
        if after < len(code) and not (code[after : after + 1].isalpha() or code[after] in b"_~[:{" or closes_after):
            continue
        last_end = match.end() - 1
        name = match[1].decode()
        found.append(Blanked(match.start(1), match.end(), name, True, match[2] is not None))
        parsed[match.start(1) : match.end()] = b" " * (match.end() - match.start(1))
    _brackets(code, parsed, found, brackets)
    for each in found:
        code[each.start : each.end] = b" " * (each.end - each.start)


def _fills_line(code: bytearray, start: int, end: int) -> bool:
    """Whether a word is the first of its line, and the last but for what ends in a bracket."""
    while start and code[start - 1] in b" \t":
        start -= 1
    if start and code[start - 1] != _LINE_FEED:
        return False
    last = code.find(b"\n", end)
    last = last if last >= 0 else len(code)
    while code[last - 1] in b" \t\r":
        last -= 1
    return last == end or code[last - 1] == _CLOSED


def _brackets(
    code: bytearray, parsed: bytearray, found: list[Blanked], brackets: list[tuple[bool, re.Match[bytes]]]
) -> None:
    """Macros that open and close a namespace are made one for the grammar, if they come in pairs."""
    depth = 0
    paired = True
    for opens, _ in brackets:
        depth += 1 if opens else -1
        paired = paired and depth >= 0
    paired = paired and depth == 0
    for opens, match in brackets:
        start, end = match.start(1), match.end()
        length = end - start
        if not paired or (opens and length < _SHORTEST_NAMESPACE):
            made = b" " * length
        elif opens:
            made = b"namespace x" + b" " * (length - _SHORTEST_NAMESPACE) + b"{"
        else:
            made = b"}" + b" " * (length - 1)
        given = match[2].strip(b"() \t") if match[2] else b""
        name = given if _IDENTIFIER.match(given) else match[1]
        found.append(Blanked(start, end, name.decode(), True, False))
        parsed[start:end] = made
