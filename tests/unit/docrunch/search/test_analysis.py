"""What people type must meet what code says, whatever the style of its names, and no text may stop that."""

import random
import time
from collections import Counter

import pytest

from docrunch.search.analysis import LONGEST_NAME, STOP_WORDS, count_terms, stem, terms, words

# One name in the styles of many languages: all are found by the same words, and by each other.
STYLES = {
    "python": "read_timeout_ms",
    "java": "readTimeoutMs",
    "c#": "ReadTimeoutMs",
    "constant": "READ_TIMEOUT_MS",
    "private": "__read_timeout_ms",
    "ruby writer": "read_timeout_ms=",
    "php": "$readTimeoutMs",
    "dunder": "__read_timeout_ms__",
}
NAMES = {
    "HTTPServer": ["http", "server", "httpserver"],
    "parseXMLDocument": ["pars", "xml", "document", "parsexmldocument"],
    "utf8": ["utf", "8", "utf8"],
    "sha256_hex": ["sha", "256", "hex", "sha256hex"],
    "IPv4Address": ["pv", "4", "addres", "ipv4address"],
    "std::vector": ["std", "vector"],
    "foo.bar": ["foo", "bar"],
    "kebab-case": ["kebab", "cas"],
    "i": [],
    "this": [],
    "404": ["404"],
    "is_in": ["isin"],
    "x": [],
    "_": [],
    "": [],
}


@pytest.mark.parametrize("style", STYLES)
def test_names_are_found_in_any_style(style: str) -> None:
    assert terms(STYLES[style]) == ["read", "timeout", "ms", "readtimeoutms"]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "IPv4Address"])
def test_names_are_cut_where_people_cut_them(name: str) -> None:
    assert terms(name) == NAMES[name]


def test_the_whole_of_a_name_that_is_cut_in_odd_places_is_found() -> None:
    assert "ipv4address" in terms("IPv4Address")
    assert "ipv4address" in terms("ipv4_address")


@pytest.mark.parametrize(
    "family",
    [
        "parse parses parsed parsing",
        "cache caches cached caching",
        "query queries",
        "class classes",
        "match matches matched matching",
        "box boxes",
        "map maps mapped mapping",
        "copy copies copied copying",
        "embed embeds embedding embedded",
        "value values",
        "retry retries",
    ],
)
def test_forms_of_one_word_are_one_term(family: str) -> None:
    found = {stem(word) for word in family.split()}
    assert len(found) == 1


@pytest.mark.parametrize("pair", ["string str", "status stat", "need ne", "thing th", "bus busy", "parser parse"])
def test_different_words_stay_apart(pair: str) -> None:
    first, second = pair.split()
    assert stem(first) != stem(second)


def test_stop_words_say_nothing_and_words_of_code_stay() -> None:
    assert terms("how is it that the ...") == []
    assert not {"get", "set", "return", "class", "import", "error", "new", "all", "any"} & STOP_WORDS


def test_other_scripts_are_found_without_spaces_accents_and_width() -> None:
    assert terms("日本語") == ["日本", "本語"]
    assert terms("Café") == terms("cafe") == terms("Cafe\u0301")
    assert terms("ＨＴＴＰ") == ["http"]
    assert terms("Größe") == terms("größe")
    assert terms("МойКласс")[-1] == terms("мой_класс")[-1]
    assert terms("変数x1") == ["変数", "x1"] or "変数" in terms("変数x1")


HOSTILE = {
    "line": "a" * 1_000_000,
    "names": "aB" * 500_000,
    "digits": "0123456789abcdef" * 60_000,
    "nul": "\0" * 1_000_000,
    "surrogates": "\ud800x\udfff" * 100_000,
    "emoji": "🎉👩‍👩‍👧" * 100_000,
    "cjk": "漢" * 1_000_000,
    "combining": "e" + "\u0301" * 1_000_000,
    "underscores": "_" * 1_000_000,
    "mixed": "aé" * 500_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_megabyte_takes_a_moment_and_makes_terms_of_bounded_length(text: str) -> None:
    started = time.process_time()
    found = count_terms(text)
    assert time.process_time() - started < 5
    assert all(0 < len(term) <= 2 * LONGEST_NAME and term.encode() for term in found)


def test_counting_is_the_terms_counted() -> None:
    random_ = random.Random(7)
    alphabet = ["HTTPServer", "get_name", "the", "日本語", "É", "x", "12", "\0", "\ud800", " ", ".", "_", "\n", "🎉"]
    for _ in range(200):
        text = "".join(random_.choices(alphabet, k=40))
        assert count_terms(text) == dict(Counter(terms(text)))


def test_marked_words_are_those_of_the_text() -> None:
    text = "call the HTTPServer, then wait"
    found = [(text[word.start : word.end], word.terms) for word in words(text)]
    assert found == [("call", ("call",)), ("HTTPServer", ("http", "server", "httpserver")), ("wait", ("wait",))]
