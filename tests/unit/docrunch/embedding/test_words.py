import pytest

from docrunch.embedding.words import estimate_tokens, first_sentence, fit, words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("parseHTTPHeader_v2", ["parse", "http", "header", "v", "2"]),
        ("__init__", ["init"]),
        ("Client.send", ["client", "send"]),
        ("größe", ["gr", "öß", "e"]),
        ("", []),
    ],
)
def test_identifiers_become_words_that_the_model_knows(name: str, expected: list[str]) -> None:
    assert words(name) == expected


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ("Send a request. Then wait.", "Send a request."),
        ("Version 1.2 of the format\n\nMore text.", "Version 1.2 of the format"),
        ("One sentence\nover two lines. Next", "One sentence over two lines."),
        ("Return :class:`Response` or ``None``", "Return Response or None"),
        ("", ""),
    ],
)
def test_the_first_sentence_is_what_a_reader_sees_first(doc: str, expected: str) -> None:
    assert first_sentence(doc) == expected


def test_a_hostile_docstring_costs_no_time() -> None:
    assert len(first_sentence("\n " * 500_000 + "<" * 500_000)) <= 400


def test_fit_stops_at_the_first_word_that_is_too_expensive() -> None:
    assert fit(["one", "two", "incomprehensibilities", "x"], 3) == ["one", "two"]
    assert fit([], 3) == []
    assert estimate_tokens("a, b") == 3
