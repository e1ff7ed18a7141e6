"""What is asked decides which answer is given."""

import pytest

from docrunch.ask.model import Kind
from docrunch.ask.question import check_question, classify, read_question
from docrunch.errors import LimitExceeded, UsageError


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What breaks if I change url_for?", Kind.IMPACT),
        ("is it safe to remove `Cart.add`?", Kind.IMPACT),
        ("what depends on src/cart.py", Kind.IMPACT),
        ("blast radius of Session", Kind.IMPACT),
        ("who calls total?", Kind.CALLERS),
        ("where is total used", Kind.CALLERS),
        ("usages of Cart", Kind.CALLERS),
        ("What does Mux.ServeHTTP call?", Kind.CALLEES),
        ("Which tests cover redirect?", Kind.TESTS),
        ("is Cart.add tested?", Kind.TESTS),
        ("where is the Blueprint class defined?", Kind.WHERE),
        ("which file handles sessions", Kind.WHERE),
        ("What is a Blueprint?", Kind.WHAT),
        ("explain the Session class", Kind.WHAT),
        ("How does routing work?", Kind.HOW),
        ("how do I install this", Kind.SETUP),
        ("How do I run the tests?", Kind.SETUP),
        ("which routes are there", Kind.ENTRY_POINTS),
        ("what are the entry points?", Kind.ENTRY_POINTS),
        ("what are its dependencies", Kind.DEPENDENCIES),
        ("are there import cycles?", Kind.CYCLES),
        ("give me an overview of the architecture", Kind.ARCHITECTURE),
        ("what is this?", Kind.ARCHITECTURE),
        ("What's this project all about?", Kind.ARCHITECTURE),
        ("what does this library actually do", Kind.ARCHITECTURE),
        ("Where should a newcomer begin reading?", Kind.ARCHITECTURE),
        ("what is this parameter for in url_for?", Kind.WHAT),
        ("where do sessions start to expire?", Kind.WHERE),
        ("retry behaviour on 503", Kind.FREE),
    ],
)
def test_rules(question: str, kind: Kind) -> None:
    assert classify(question) is kind


def test_words_in_quotes_do_not_decide_the_kind() -> None:
    assert classify("what is `broken_dependencies`?") is Kind.WHAT


def test_names_are_what_is_written_like_code() -> None:
    found = read_question("does `add item` in src/shop/cart.py:12 or Cart.add or add_item or URLMap call total()?")
    assert found.names == ("add item", "src/shop/cart.py:12", "Cart.add", "add_item", "URLMap", "total")


def test_an_english_question_has_no_names() -> None:
    assert read_question("How are sessions stored, e.g. and/or signed?").names == ()


@pytest.mark.parametrize("question", ["", "   ", "\x00\x07\n"])
def test_nothing_is_no_question(question: str) -> None:
    with pytest.raises(UsageError):
        check_question(question)


@pytest.mark.parametrize("question", ["x" * 8_193, "é" * 4_100, "🙂" * 1_000_000])
def test_a_long_question_is_refused(question: str) -> None:
    with pytest.raises(LimitExceeded):
        check_question(question)


@pytest.mark.parametrize(
    "question",
    [
        "'; DROP TABLE events;--",
        "((((((",
        "a" * 8_000,
        "`" * 500,
        "\ud800 lone",
        "x.y" * 2_000,
        "_" * 8_000,
        "/" * 8_000,
    ],
)
def test_hostile_questions_are_read_at_once(question: str) -> None:
    import time

    began = time.perf_counter()
    read_question(question)
    assert time.perf_counter() - began < 1.0
