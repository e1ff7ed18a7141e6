"""What is met and what is missed is told by the half that nothing was tuned on."""

from benchmarks.retrieval.metrics import Scores
from benchmarks.retrieval.model import Query, View
from benchmarks.retrieval.report import Report
from benchmarks.retrieval.run import Outcome, Outcomes
from benchmarks.retrieval.systems.all import HYBRID, PLAIN, SINGLE


def _report(hybrid: float, others: float, half: str = "held-out", count: int = 6) -> Report:
    scores = {name: Scores(others, 0.0, 0.0, 0.0) for name in (*PLAIN, *SINGLE)}
    scores[HYBRID] = Scores(hybrid, 0.0, 0.0, 0.0)
    query = Query("shop", "go", "docstring", "symbol", "asked", ("n",), View.CODE)
    outcome = Outcome(query, half, scores, dict.fromkeys(scores, ()))
    return Report(Outcomes((outcome,) * count, {"gone": "no registry"}, {}))


def test_bars() -> None:
    assert [bar.verdict for bar in _report(0.6, 0.5).bars()] == ["met", "met", "met"]
    assert [bar.verdict for bar in _report(0.55, 0.5).bars()] == ["met", "MISSED", "MISSED"]
    assert [bar.verdict for bar in _report(0.5, 0.5).bars()] == ["MISSED", "MISSED", "MISSED"]
    assert _report(0.6, 0.5, half="tuning").bars() == []


def test_the_tables_say_what_is_missing() -> None:
    text = "\n".join(_report(0.6, 0.5).tables())
    assert "- gone: not available: no registry" in text
    assert "0.600 [0.600, 0.600]" in text
    assert "6 queries" in text
