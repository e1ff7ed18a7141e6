"""Hostile and odd files of every language: bounded time and memory, right lines, a reason for what is left out.

Languages come from the registry, so one that is added is tested here too.
"""

import re
import time
from collections.abc import Iterator

import pytest

from docrunch.options import Limits
from docrunch.parsing.extract import extract
from docrunch.parsing.model import FileFacts
from docrunch.parsing.pool import ParseItem, ParseOutcome, ParsePool
from docrunch.pipeline.lost import EMPTY_FACTS_REASONS
from tests.unit.docrunch.parsing.test_mutated import FIXTURES, READ, check

SECONDS = 6.0  # of one file in a child, twice; what takes longer is lost with a reason, which is all we ask
MEGABYTE = 1_000_000
REASONS = EMPTY_FACTS_REASONS | {"syntax_errors", "manifest_unreadable"}
LOST = {"parse_timeout", "parse_memory"}

# A function (or the like) in one line. Languages that are not listed are tested by their fixtures only.
TINY = {
    "c": "int f{n}(void) {{ return 0; }}\n",
    "c-sharp": "class C{n} {{ int F() {{ return 0; }} }}\n",
    "cpp": "int f{n}() {{ return 0; }}\n",
    "go": "func f{n}() int {{ return 0 }}\n",
    "java": "class C{n} {{ int f() {{ return 0; }} }}\n",
    "javascript": "function f{n}() {{ return 0; }}\n",
    "kotlin": "fun f{n}(): Int = 0\n",
    "php": "function f{n}() {{ return 0; }}\n",
    "python": "def f{n}(): return 0\n",
    "ruby": "def f{n}; 0; end\n",
    "rust": "fn f{n}() -> i32 {{ 0 }}\n",
    "scala": "def f{n}(): Int = 0\n",
    "swift": "func f{n}() -> Int {{ return 0 }}\n",
    "tsx": "function f{n}() {{ return 0; }}\n",
    "typescript": "function f{n}() {{ return 0; }}\n",
}
HEAD = {"go": "package p\n", "php": "<?php\n"}


def fixtures(language: str) -> list[bytes]:
    folder = FIXTURES / language
    return [path.read_bytes() for path in sorted(folder.glob("*")) if path.suffix != ".facts"]


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    with ParsePool(1, Limits(parse_seconds=SECONDS)) as made:
        yield made


def parsed(pool: ParsePool, language: str, text: bytes) -> FileFacts | None:
    """Facts, or none with a reason that is due to the text and not to us."""
    outcome: ParseOutcome = next(iter(pool.run([ParseItem("x", text, language)])))
    if outcome.facts is None:
        assert outcome.issue is not None
        assert outcome.issue.reason in LOST, outcome.issue
        return None
    assert {issue.reason for issue in outcome.facts.issues} <= REASONS
    check(outcome.facts, text)
    return outcome.facts


@pytest.mark.parametrize("language", READ)
def test_a_megabyte_in_one_line(pool: ParsePool, language: str) -> None:
    joined = [b" ".join(text.split(b"\n"))[:5_000] for text in fixtures(language)[:1]]
    pieces = [(b"f(a, b.c); ", MEGABYTE), *((piece, 200_000) for piece in (b"x" * 60, b"'a', ", *joined))]
    for piece, size in pieces:
        facts = parsed(pool, language, (piece * (size // len(piece) + 1))[:size])
        if facts is not None:
            assert facts.lines == 1
            assert {symbol.line for symbol in facts.symbols} <= {1}


# A few bytes that a pattern could read in two ways at each repetition: time would double with every one.
REPEATED = [
    ("c", b"void f() " + b"FINAL" * 400 + b" x\n"),
    ("cpp", b"void f() " + b"FINAL_FINAL " * 400 + b"x\n"),
    ("c", b"a = " + b"A_" * 20_000 + b"\n"),
    ("rust", b"#[a]\n" + b"/**/" * 400 + b"; fn f() {}\n"),
    ("bash", b'. "' + b"$(a)" * 400 + b'x"\n'),
    ("json", b'{"compilerOptions": {},' + b"/**/" * 400 + b"x}\n"),
]


ROUTED = [  # addresses that each line makes longer, or that each definition could ask all of its neighbours for
    ("typescript", b"import { Get } from '@nestjs/common'\nclass C {\n" + b'@Get("/x") ' * 6000 + b"\n m() {}\n}\n"),
    (
        "rust",
        b'use axum::Router;\nfn f() { let a0 = Router::new().route("/x", get(h));\n'
        + b"".join(b'let a%d = Router::new().nest("/x", a%d);\n' % (n + 1, n) for n in range(3000))
        + b"}\n",
    ),
    (
        "go",
        b'package m\nimport "github.com/gin-gonic/gin"\nfunc f(r *gin.Engine) {\nv := r.Group("/a")\n'
        + b'v = v.Group("/a")\nv.GET("/x", h)\n' * 3000
        + b"}\n",
    ),
]


@pytest.mark.parametrize(("language", "text"), ROUTED)
def test_routes_of_one_file_take_time_and_room_like_its_size(language: str, text: bytes) -> None:
    extract(HEAD.get(language, "").encode(), language, Limits())  # loads the grammar
    started = time.process_time()
    facts = extract(text, language, Limits())
    assert time.process_time() - started < 2.0
    assert facts.entries
    assert max(len(entry.own) + len(entry.label) for entry in facts.entries) <= 400


@pytest.mark.parametrize(("language", "text"), REPEATED)
def test_what_can_be_read_in_many_ways_is_read_once(language: str, text: bytes) -> None:
    extract(HEAD.get(language, "").encode(), language, Limits())  # loads the grammar
    started = time.process_time()
    extract(text, language, Limits())
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize("language", READ)
def test_ten_megabytes_are_left_out_with_a_reason(language: str) -> None:
    started = time.process_time()
    facts = extract(b"f(a); " * (10 * MEGABYTE // 6), language, Limits())
    assert [issue.reason for issue in facts.issues] == ["too_large"]
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize("language", READ)
@pytest.mark.parametrize("pair", ["()", "[]", "{}", "<>"])
def test_a_hundred_thousand_brackets(pool: ParsePool, language: str, pair: str) -> None:
    opened = pair[0].encode() * 100_000
    for text in (opened, opened + pair[1].encode() * 100_000):
        facts = parsed(pool, language, text)
        assert facts is None or facts.symbols == () or len(facts.symbols) < 100_000


@pytest.mark.parametrize("language", sorted(set(TINY) & set(READ)))
def test_as_many_tiny_functions_as_a_file_may_hold(pool: ParsePool, language: str) -> None:
    head = HEAD.get(language, "")
    number = (MEGABYTE - 100) // (len(TINY[language].format(n=99_999)))
    text = head + "".join(TINY[language].format(n=n) for n in range(number))
    facts = parsed(pool, language, text.encode())
    assert facts is not None
    assert facts.issues == ()
    lines = [symbol.line for symbol in facts.symbols if symbol.parent < 0 and symbol.name != "p"]
    assert lines == [n + 1 + head.count("\n") for n in range(number)]


def test_two_hundred_thousand_functions_where_limits_allow_them() -> None:
    text = "".join(f"def f{n}(): return {n}\n" for n in range(200_000)).encode()
    assert [i.reason for i in extract(text, "python", Limits()).issues] == ["too_large"]
    assert [i.reason for i in extract(text, "python", Limits(max_file_bytes=len(text))).issues] == ["too_many_nodes"]
    found = extract(text, "python", Limits(max_file_bytes=len(text), max_nodes=10**7))
    assert (len(found.symbols), found.symbols[-1].line) == (200_000, 200_000)


def named(facts: FileFacts) -> list[tuple[str, str, int]]:
    return [(symbol.local_name, symbol.kind.value, symbol.line) for symbol in facts.symbols]


@pytest.mark.parametrize("language", READ)
def test_symbols_and_lines_are_the_same_whatever_ends_the_lines(language: str) -> None:
    for text in fixtures(language):
        plain = text.replace(b"\r\n", b"\n").replace(b"\r", b"")
        lines = plain.split(b"\n")
        mixed = b"".join(line + (b"\r\n" if n % 2 else b"\n") for n, line in enumerate(lines[:-1])) + lines[-1]
        wanted = named(extract(plain, language, Limits()))
        assert named(extract(plain.replace(b"\n", b"\r\n"), language, Limits())) == wanted
        assert named(extract(mixed, language, Limits())) == wanted


def assert_lines(facts: FileFacts, text: bytes, plain: FileFacts, before: bytes) -> None:
    """A symbol stands in a line that holds its name, if those of that name do in the undamaged text."""
    clean, lines = before.split(b"\n"), text.split(b"\n")
    honest = {s.name for s in plain.symbols} - {
        s.name for s in plain.symbols if s.name.encode() not in clean[s.line - 1]
    }
    for symbol in facts.symbols:
        if symbol.name in honest:
            assert symbol.name.encode() in lines[symbol.line - 1], symbol


TEMPLATES = [
    (b"{% for x in y %}", b"{{ x | safe }}", b"{% endfor %}"),  # Jinja
    (b"<% if x do %>", b"<%= x %>", b"<% end %>"),  # ERB, EJS
    (b"<<<<<<< HEAD", b"=======", b">>>>>>> other"),  # a merge that nobody finished
    (b"#if defined(X)", b"#else", b"#endif"),
    (b"@@NAME@@", b"${VALUE}", b"$NAME$"),
]


@pytest.mark.parametrize("language", READ)
@pytest.mark.parametrize("foreign", TEMPLATES, ids=["jinja", "erb", "merge", "preprocessor", "placeholders"])
def test_foreign_syntax_between_the_lines(language: str, foreign: tuple[bytes, bytes, bytes]) -> None:
    for text in fixtures(language):
        plain = extract(text, language, Limits())
        lines = text.split(b"\n")
        for at in range(0, len(lines) + 1, max(1, len(lines) // 6)):
            end = min(len(lines), at + 8)
            half = (at + end) // 2
            pieces = [*lines[:at], foreign[0], *lines[at:half], foreign[1], *lines[half:end], foreign[2], *lines[end:]]
            damaged = b"\n".join(pieces)
            facts = extract(damaged, language, Limits())
            check(facts, damaged)
            assert_lines(facts, damaged, plain, text)


@pytest.mark.parametrize("language", READ)
def test_truncated_files_keep_what_came_before(language: str) -> None:
    for text in fixtures(language):
        plain = extract(text, language, Limits())
        for part in range(1, 12):
            damaged = text[: len(text) * part // 12]
            facts = extract(damaged, language, Limits())
            check(facts, damaged)
            assert_lines(facts, damaged, plain, text)


ODD = [
    "\u202egnp.exe",
    "a\u0000b",
    "quote'\"`",
    "caf\u00e9",
    "cafe\u0301",
    "\u2028",
    "\ufeff",
    "\U0001f600",
    "\x1b[31m",
]


@pytest.mark.parametrize("language", READ)
def test_odd_characters_in_names_strings_and_comments(language: str) -> None:
    for text in fixtures(language):
        word = next(iter(re.findall(rb"[A-Za-z]{4,}", text)), b"name")
        for odd in ODD:
            damaged = text.replace(word, word[:2] + odd.encode() + word[2:])
            check(extract(damaged, language, Limits()), damaged)
        check(extract(text.replace(b"e", b"\xe9"), language, Limits()), text.replace(b"e", b"\xe9"))  # not UTF-8


def test_every_language_has_fixtures_where_these_tests_look() -> None:
    assert [language for language in READ if not fixtures(language)] == []
