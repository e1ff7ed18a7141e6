"""The tables: shares add up by counts, bars are met or missed, and what is missing is said."""

from benchmarks.accuracy.bars import BARS
from benchmarks.accuracy.registry import ORACLES, PACKAGES
from benchmarks.accuracy.scores import CallScore, ClassScore, Score, TraceScore
from benchmarks.accuracy.table import PackageScore, bar_rows, table, total, verdict

SMALL = PackageScore(
    "go",
    "small 1",
    "go/types",
    files=2,
    parsed=2,
    symbols=Score(1, 1, 0),
    imports=Score(1, 0, 1),
    calls=CallScore({"exact": ClassScore(3, 1, 1, 4.0)}, resolvable=4, found=3, firm=3),
)
LARGE = PackageScore(
    "go",
    "large 2",
    "go/types",
    files=8,
    parsed=8,
    symbols=Score(99, 0, 0),
    imports=Score(9, 0, 0),
    calls=CallScore({"heuristic": ClassScore(5, 0, 0, 2.5)}, resolvable=6, found=5, firm=0),
    traced=TraceScore(10, 2, 4, 2),
)


def test_packages_add_up_by_counts() -> None:
    whole = total([SMALL, LARGE])
    assert whole.symbols == Score(100, 1, 0)
    assert whole.calls is not None
    assert whole.calls.all == ClassScore(8, 1, 1, 6.5)
    assert (whole.calls.resolvable, whole.calls.found, whole.calls.firm) == (10, 8, 3)
    assert whole.traced == TraceScore(10, 2, 4, 2)


def test_bars_stand_beside_what_was_measured() -> None:
    assert bar_rows(total([SMALL, LARGE])) == [
        ("symbols F1", "0.995", "0.985", "met"),
        ("imports F1", "0.952", "0.980", "MISSED"),
        ("calls precision", "0.889", "0.970", "MISSED"),
        ("calls recall", "0.800", "0.700", "met"),
    ]


def test_a_number_that_rounds_up_to_the_bar_misses_it() -> None:
    assert verdict(0.9849999, 0.985) == "MISSED"


def test_where_nothing_is_known_no_number_is_printed() -> None:
    assert verdict(None, 0.9) == "not available"
    missing = PackageScore("go", "small 1", "", missing={"oracle": "go is not installed"})
    assert table("go", [missing]).splitlines()[-1] == "small 1: not available: oracle: go is not installed"


def test_one_package_without_an_oracle_leaves_the_others_their_numbers() -> None:
    missing = PackageScore("go", "gone 1", "", missing={"oracle": "no such version"})
    text = table("go", [SMALL, missing])
    assert "| small 1 " in text
    assert "- gone 1: not available: oracle: no such version" in text


def test_precision_and_recall_stand_in_one_row() -> None:
    row = next(line for line in table("go", [LARGE]).splitlines() if line.startswith("| large 2"))
    assert [cell.strip() for cell in row.strip("|").split("|")][9:] == [
        "1.000",
        "0.833",
        "0.000",
        "6",
        "1.000",
        "0.200",
        "0.500",
    ]


def test_classes_are_set_beside_what_they_state() -> None:
    text = table("go", [SMALL, LARGE])
    assert "| exact     | 3     | 1     | 1          | 0.750     | 1.000            |" in text
    assert "| heuristic | 5     | 0     | 0          | 1.000     | 0.500            |" in text


def test_every_language_has_an_oracle_bars_and_three_packages() -> None:
    for language in ORACLES:
        assert language in BARS
        assert sum(package.language == language for package in PACKAGES) >= 3, language
