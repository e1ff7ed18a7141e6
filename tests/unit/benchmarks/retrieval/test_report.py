"""What is met and what is missed is told by the half that nothing was tuned on."""

from benchmarks.retrieval.metrics import Scores
from benchmarks.retrieval.model import Query, View
from benchmarks.retrieval.report import ON_ALL, ON_HELD_OUT, Judged, Report
from benchmarks.retrieval.run import Outcome, Outcomes
from benchmarks.retrieval.systems.all import HYBRID, PLAIN, SINGLE


def _report(
    hybrid: float, others: float, half: str = "held-out", count: int = 6, judged: Judged = ON_HELD_OUT
) -> Report:
    scores = {name: Scores(others, 0.0, 0.0, 0.0) for name in (*PLAIN, *SINGLE)}
    scores[HYBRID] = Scores(hybrid, 0.0, 0.0, 0.0)
    query = Query("shop", "go", "docstring", "symbol", "asked", ("n",), View.CODE)
    outcome = Outcome(query, half, scores, dict.fromkeys(scores, ()))
    return Report(Outcomes((outcome,) * count, {"gone": "no registry"}, {}), judged)


def test_bars() -> None:
    assert [bar.verdict for bar in _report(0.6, 0.5).bars()] == ["met", "met", "met"]
    assert [bar.verdict for bar in _report(0.55, 0.5).bars()] == ["met", "MISSED", "MISSED"]
    assert [bar.verdict for bar in _report(0.5, 0.5).bars()] == ["MISSED", "MISSED", "MISSED"]
    assert _report(0.6, 0.5, half="tuning").bars() == []


def test_a_gate_judges_all_that_it_measured() -> None:
    assert [bar.verdict for bar in _report(0.6, 0.5, "tuning", judged=ON_ALL).bars()] == ["met", "met", "met"]
    assert [bar.verdict for bar in _report(0.5, 0.5, "tuning", judged=ON_ALL).bars()] == ["MISSED", "MISSED", "MISSED"]
    assert "## Bars (all packages)" in "\n".join(_report(0.6, 0.5, judged=ON_ALL).tables())


def test_a_gate_that_measured_nothing_has_no_bars_that_could_be_met() -> None:
    nothing = Report(Outcomes((), {"cobra": "no registry"}, {}), ON_ALL)
    assert nothing.bars() == []
    assert "- cobra: not available: no registry" in "\n".join(nothing.tables())


def test_the_tables_say_what_is_missing() -> None:
    text = "\n".join(_report(0.6, 0.5).tables())
    assert "- gone: not available: no registry" in text
    assert "0.600 [0.600, 0.600]" in text
    assert "6 queries" in text
