"""One package through both sides, on rows made by hand."""

from benchmarks.accuracy.facts import CallSite, OracleFacts, OurGraph, Place, SymbolFact
from benchmarks.accuracy.measure import judged
from benchmarks.accuracy.package import Package
from benchmarks.accuracy.scores import Score

PACKAGE = Package("go", "go", "example.org/m", "v1.0.0", "h1:x")
RUN, MADE = SymbolFact("run.go", 3, 5, "function", "Run"), SymbolFact("made.go", 3, 5, "function", "Made")
FACTS = OracleFacts(
    "o",
    symbols=(RUN, MADE),
    calls=(
        CallSite("run.go", 4, 4, "Made", "inside", (Place("made.go", 3),)),
        CallSite("made.go", 4, 4, "Run", "inside", (Place("run.go", 3),)),
    ),
    files={"symbols": ("made.go", "run.go"), "calls": ("made.go", "run.go")},
    kinds=("function",),
)


def test_files_left_out_on_purpose_are_not_judged_but_calls_into_them_are_missed() -> None:
    score = judged(PACKAGE, OurGraph(symbols=(RUN,), skipped={"made.go": "generated"}), FACTS).score
    assert score.symbols == Score(1, 0, 0)
    assert score.calls is not None
    assert (score.calls.resolvable, score.calls.found) == (1, 0)
    assert score.notes == ("left out by the scan: 1 × generated",)


def test_files_we_failed_on_are_judged() -> None:
    score = judged(PACKAGE, OurGraph(symbols=(RUN,)), FACTS).score
    assert (score.symbols, score.files, score.parsed) == (Score(1, 0, 1), 2, 1)


def test_an_aspect_without_an_oracle_has_no_score() -> None:
    score = judged(PACKAGE, OurGraph(), OracleFacts("o", missing={"imports": "no grimp"})).score
    assert (score.symbols, score.imports, score.calls, score.traced) == (None, None, None, None)
    assert score.missing == {"imports": "no grimp"}
