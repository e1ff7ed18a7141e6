"""What is no C or C++ for the grammar: preprocessor directives, comments and literals, found in one pass.

The grammar never sees a directive: `#if` may cut a statement in two, a `#define` may stand inside an argument list,
and neither is written by the rules of the language. Directives are blanked in the text that is parsed (every byte but
line feeds becomes a space, so that positions stay), and macros and includes are taken from here.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

_TOKEN = re.compile(
    rb"""
    \#[^\n\\/"]*+(?:(?:"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?|\\(?:\r?\n|[^\n]|\Z)|/(?![*/])|/\*[^\n]*?\*/)[^\n\\/"]*+)*+
    |//[^\n\\]*+(?:\\(?:\r?\n|[^\n]|\Z)[^\n\\]*+)*+
    |/\*.*?(?:\*/|\Z)
    |"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?
    |'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'
    """,
    re.DOTALL | re.VERBOSE,
)
_RAW_OPEN = re.compile(rb'"([^()\\\s"]{0,16})\(')
_DIRECTIVE = re.compile(rb"#(?:[ \t]|\\\r?\n)*(\w*)")
_COMMENT = re.compile(rb"/\*.*?\*/|//.*", re.DOTALL)
_SPLICE = re.compile(rb"\\\r?\n")
_INCLUDE = re.compile(rb'\s*(?:"([^"\n]+)"|<([^>\n]+)>)')
_DEFINE = re.compile(rb"((?:[^\W\d]|\$)[\w$]*)(\(([^()]*)\))?", re.ASCII)
_DIRECTIVE_SIGN = ord("#")
_BLANK = bytes(byte if byte == 10 else 32 for byte in range(256))

Range = tuple[int, int]  # bytes, the end excluded


class Macro(msgspec.Struct, frozen=True, gc=False):
    name: str
    params: tuple[str, ...] | None  # of a function-like macro
    body: bytes  # without comments; line splices kept
    start: int
    end: int


class Include(msgspec.Struct, frozen=True, gc=False):
    path: str
    quoted: bool
    start: int


class Conditional(msgspec.Struct, frozen=True, gc=False):
    word: str  # if ifdef ifndef elif elifdef elifndef else endif
    condition: bytes
    start: int
    end: int


class Scanned(msgspec.Struct, frozen=True, gc=False):
    """``code`` is the text with directives, comments and literals blanked; ``parsed`` with directives only."""

    code: bytearray
    parsed: bytearray
    macros: list[Macro]
    includes: list[Include]
    conditionals: list[Conditional]


def blanked(text: bytes | bytearray) -> bytes:
    """The same bytes with everything but line feeds made a space."""
    return bytes(text.translate(_BLANK))


def scan(text: bytes) -> Scanned:
    found = Scanned(bytearray(text), bytearray(text), [], [], [])
    code, parsed = found.code, found.parsed
    for start, end in _tokens(text):
        if text[start] != _DIRECTIVE_SIGN:
            code[start:end] = text[start:end].translate(_BLANK)
        elif _starts_line(text, start):
            _directive(found, text, start, end)
            code[start:end] = parsed[start:end] = text[start:end].translate(_BLANK)
    return found


def _tokens(text: bytes) -> Iterable[Range]:
    if b'R"' not in text:
        return map(re.Match.span, _TOKEN.finditer(text))
    return _tokens_and_raw_strings(text)


def _tokens_and_raw_strings(text: bytes) -> Iterator[Range]:
    token = _TOKEN.search(text)
    while token is not None:
        start, end = token.span()
        if text.startswith(b'R"', start - 1) and start:
            end = _raw_end(text, start, end)
        yield start, end
        token = _TOKEN.search(text, end)


def _starts_line(text: bytes, start: int) -> bool:
    line = text.rfind(b"\n", 0, start) + 1
    return start - line < 1000 and not text[line:start].strip()


def _raw_end(text: bytes, start: int, otherwise: int) -> int:
    opened = _RAW_OPEN.match(text, start)
    if opened is None:
        return otherwise
    closing = b")" + opened[1] + b'"'
    at = text.find(closing, opened.end())
    return at + len(closing) if at >= 0 else len(text)


def _directive(found: Scanned, text: bytes, start: int, end: int) -> None:
    head = _DIRECTIVE.match(text, start)
    word = head[1] if head is not None else b""
    rest = head.end() if head is not None else end
    if word == b"define":
        _define(found, text, start, rest, end)
    elif word in (b"include", b"include_next", b"import"):
        named = _INCLUDE.match(text, rest)
        if named is not None:
            path = (named[1] or named[2]).decode("utf-8", "replace").strip()
            found.includes.append(Include(path, named[1] is not None, start))
    elif word.startswith((b"if", b"el", b"endif")):
        condition = _COMMENT.sub(b" ", _SPLICE.sub(b" ", text[rest : min(end, rest + 2000)])).strip()
        found.conditionals.append(Conditional(word.decode("ascii", "replace"), condition, start, end))


def _define(found: Scanned, text: bytes, start: int, rest: int, end: int) -> None:
    while rest < end and text[rest : rest + 1].isspace():
        rest += 1
    named = _DEFINE.match(text, rest, end)
    if named is None:
        return
    params = None
    if named[2] is not None:
        written = _SPLICE.sub(b" ", named[3]).decode("utf-8", "replace")
        params = tuple(part.strip() for part in written.split(",") if part.strip())
    body = _COMMENT.sub(lambda comment: b" " * len(comment[0]), text[named.end() : end])
    last = start + len(text[start:end].rstrip())
    found.macros.append(Macro(named[1].decode("utf-8", "replace"), params, body, start, last))
