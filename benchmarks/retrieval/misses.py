"""What a system did not put first, for the developer who wants to know why."""

from collections.abc import Iterator

from benchmarks.retrieval.run import Outcome, Outcomes

_SHOWN = 160  # characters of a query


def misses(outcomes: Outcomes, system: str) -> Iterator[str]:
    """One line per query, the worst first within its package and kind."""
    for outcome in sorted(outcomes.outcomes, key=lambda each: _key(each, system)):
        score = outcome.scores.get(system)
        if score is not None and score.mrr < 1:
            query = outcome.query
            text = " ".join(query.text.split())[:_SHOWN]
            wanted, got = " ".join(query.targets), " ".join(outcome.first[system])
            yield f"{query.package}\t{query.kind}\t{score.mrr:.2f}\t{text}\twanted {wanted}\tgot {got}"


def _key(outcome: Outcome, system: str) -> tuple[str, str, float, str]:
    score = outcome.scores.get(system)
    return outcome.query.package, outcome.query.kind, score.mrr if score else 0.0, outcome.query.text
