"""Finds secrets in text and replaces them at equal length, before anything is cached, embedded or written.

A missed secret is copied into caches, vectors and docpacks; a false alarm damages text that people search. Formats
with an issuer's prefix are therefore replaced on sight, and free-form values only when they look random.
"""

import hashlib
import math
import re
from collections.abc import Iterator

import msgspec

from docrunch.security import rules
from docrunch.security.rules import Rule

MARK = b"*"
MIN_ENTROPY = 3.0  # bits per character of a value in an assignment; words and placeholders stay below
_VERSION = "2"  # of this module's judgement

_PLACEHOLDER = re.compile(
    rb"(?i)example|sample|dummy|placeholder|changeme|change[_-]me|replace|your[_-]|insert|redacted|xxxx|\*\*\*|\.\.\.|"
    rb"test|fake|mock|secret|passw|token|default|undefined|invalid|1234567|abcdef|<|>|\$\{|\{\{|%\(|%s|\{\}|\{[A-Za-z_]|\(\?|\[\^"
)
_TOKEN_PLACEHOLDER = re.compile(rb"(?i)example|xxxx|\*\*\*|\.\.\.|your[_-]|placeholder|<|\$\{|\{\{")
# Words as people write them (lower, Upper, camelCase, a number of at most two digits behind), alone or joined: names,
# paths, attribute chains, calls. What a generator makes changes case and digits where no word does.
_WORD = rb"(?:[A-Z]?[a-z]+|[A-Z]+)(?:[A-Z][a-z]+)*[0-9]{0,2}"
_WORDS = re.compile(
    rb"[_.:/$@#-]*" + _WORD + rb"(?:[_.:/, @-]+" + _WORD + rb")*[_.:/-]*(?:\(.*\))?|/.*|[\w.-]*\*+|https?:.*"
)
_WEAK_URL_PASSWORDS = re.compile(
    rb"(?i)pass(word|wd)?|pwd|secret|user(name)?|postgres|root|admin|test|tiger|foo|bar|xxx+|\*+|pw"
)


class Finding(msgspec.Struct, frozen=True, order=True):
    start: int  # byte range that was replaced
    end: int
    line: int  # 1-based
    rule: str


def redactor_id() -> str:
    """Changes whenever the same text may be redacted otherwise; part of the ids of what is made from text."""
    described = [(r.name, r.literals, r.pattern.pattern, r.unbroken, r.judged) for r in rules.TOKEN_RULES]
    judged = (_PLACEHOLDER, _TOKEN_PLACEHOLDER, _WORDS, _WEAK_URL_PASSWORDS)
    patterns = [p.pattern for p in (rules.ASSIGNMENT, rules.LOOSE, rules.UNQUOTED, *judged)]
    described_all = repr((_VERSION, MIN_ENTROPY, MARK, described, rules.ASSIGNED_NAMES, patterns))
    return hashlib.sha256(described_all.encode()).hexdigest()[:16]


REDACTOR_ID = redactor_id()


def redact(text: bytes) -> tuple[bytes, tuple[Finding, ...]]:
    """The text with every secret replaced by ``*``, and what was found, in order.

    Length and line ends stay as they are. ``text`` itself is returned when nothing is found; redacting a redacted
    text finds nothing.
    """
    spans = sorted(set(_spans(text)))
    if not spans:
        return text, ()
    out = bytearray(text)
    findings: list[Finding] = []
    line, counted, reached = 1, 0, -1
    for start, end, name in spans:
        if start < reached:
            if end > reached:
                _blank(out, reached, end)
                reached = end
            continue
        line += text.count(b"\n", counted, start)
        counted, reached = start, end
        _blank(out, start, end)
        findings.append(Finding(start=start, end=end, line=line, rule=name))
    return bytes(out), tuple(findings)


def _blank(out: bytearray, start: int, end: int) -> None:
    """Whole characters only: UTF-8 continuation bytes are replaced along with their first byte."""
    out[start:end] = re.sub(rb"[^\r\n]", MARK, bytes(out[start:end]))


def _spans(text: bytes) -> Iterator[tuple[int, int, str]]:
    runs = long_runs(text)
    for rule in rules.TOKEN_RULES:
        haystack = runs if rule.unbroken else text
        if any(literal in haystack for literal in rule.literals):
            yield from _token_spans(rule, text)
    lowered = text.lower()
    names = [name for name in rules.ASSIGNED_NAMES_BYTES if name in lowered]
    if names:
        yield from _assignment_spans(text, lowered, names)


_RUN_TABLE = bytes(ord("a") if byte in rules.RUN_BYTES else ord(" ") for byte in range(256))
_RUN = b"a" * rules.MIN_RUN


def long_runs(text: bytes) -> bytes:
    """The long words of a text, which are a tenth of real code: twenty literals are cheaper to look for in them."""
    shape = text.translate(_RUN_TABLE)
    words: list[bytes] = []
    start = shape.find(_RUN)
    while start >= 0:
        end = shape.find(b" ", start + rules.MIN_RUN)
        end = len(shape) if end < 0 else end
        words.append(text[start:end])
        start = shape.find(_RUN, end)
    return b" ".join(words)


def _token_spans(rule: Rule, text: bytes) -> Iterator[tuple[int, int, str]]:
    for found in rule.pattern.finditer(text):
        start, end = found.span("s")
        value = text[start:end]
        if rule.judged and not _judge_token(rule, value):
            continue
        if rule.name == "private-key":
            end = start + _key_length(value)
        if end > start:
            yield start, end, rule.name


def _judge_token(rule: Rule, value: bytes) -> bool:
    if rule.name == "connection-string":
        masked = value.strip(MARK) == b"" or _WEAK_URL_PASSWORDS.fullmatch(value) or _TOKEN_PLACEHOLDER.search(value)
        return not masked and not value.startswith((b"#", b"(", b"$")) and not _FORMAT.match(value)
    if rule.name in {"authorization-header", "url-token"}:
        return is_random(value) and _has_mixture(value)
    return not _TOKEN_PLACEHOLDER.search(value) and entropy(value) >= MIN_ENTROPY


_FORMAT = re.compile(rb"%(?![0-9A-Fa-f]{2})")  # "%s", "%(name)s"; "%40" is an encoded character
_KEY_RUN = re.compile(rb"[A-Za-z0-9+/=]{20,}")


def _key_length(value: bytes) -> int:
    """Bytes of ``value`` that are a key's text; 0 where it is none.

    Key text is base64 in lines of 64 characters, real or escaped, or in pieces of code; documentation shows dots or
    words. What follows a key without an end is not part of it.
    """
    body = re.sub(rb"\\r|\\n|[\s\"'+,|#*;/]|^[A-Za-z-]+: .*$", b"", value)
    if len(re.sub(rb"[^A-Za-z0-9=]", b"", body)) < 40 or entropy(body) < MIN_ENTROPY:
        return 0
    runs = [found.end() for found in _KEY_RUN.finditer(value)]
    return runs[-1] if runs else 0


def _assignment_spans(text: bytes, lowered: bytes, names: list[bytes]) -> Iterator[tuple[int, int, str]]:
    """Looks only at lines that hold one of the names: the general expressions are too slow for whole files."""
    for line_start, line_end in _lines_with(lowered, names):
        line = text[line_start:line_end]
        for found in rules.ASSIGNMENT.finditer(line):
            group = found.lastgroup or "d"
            if is_random(found.group(group)):
                yield line_start + found.start(group), line_start + found.end(group), "assigned-secret"
        for found in rules.LOOSE.finditer(line):
            if is_random(found.group("s")) and _is_mixed(found.group("s")):
                yield line_start + found.start("s"), line_start + found.end("s"), "assigned-secret"
        unquoted = rules.UNQUOTED.match(line)
        if unquoted and is_random(unquoted.group("s")) and _has_mixture(unquoted.group("s")):
            yield line_start + unquoted.start("s"), line_start + unquoted.end("s"), "assigned-secret"


def _lines_with(lowered: bytes, names: list[bytes]) -> list[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for name in names:
        position = lowered.find(name)
        while position >= 0:
            start = lowered.rfind(b"\n", 0, position) + 1
            end = lowered.find(b"\n", position)
            end = len(lowered) if end < 0 else end
            step = end
            if end - start > _MAX_LINE:  # data on one line: look around the name only, and step past it
                start, end = max(start, position - 100), min(end, position + 600)
                step = min(end, position + 300)  # what begins before this ends inside the window
            found.add((start, end))
            position = lowered.find(name, step)
    return sorted(found)


_MAX_LINE = 2_000  # bytes


def is_random(value: bytes) -> bool:
    """Whether a value in an assignment looks made by a generator rather than written by a person."""
    if len(value) < 8 or _PLACEHOLDER.search(value) or _WORDS.fullmatch(value):
        return False
    digits = sum(48 <= byte <= 57 for byte in value)
    letters = sum(byte in _LETTERS for byte in value)
    if digits == 0 or letters == 0 or not value.isascii():
        return False
    return entropy(value) >= (MIN_ENTROPY if len(value) >= 12 else 2.75)


_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _has_mixture(value: bytes) -> bool:
    return any(48 <= b <= 57 for b in value) and value.lower() != value and value.upper() != value


def _is_mixed(value: bytes) -> bool:
    """Stricter, for values that no quotes set apart from the names in code: several digits among both cases."""
    digits = sum(48 <= b <= 57 for b in value)
    upper = sum(65 <= b <= 90 for b in value)
    return digits >= 3 and upper >= 2 and len(value) - digits - upper >= 2


def entropy(value: bytes) -> float:
    """Shannon entropy of the bytes, in bits per byte."""
    if not value:
        return 0.0
    size = len(value)
    return -sum((n := value.count(byte)) / size * math.log2(n / size) for byte in set(value))
