"""What an answer may rest on, of what search found."""

from activities.ask import usable_hits
from workflows.contracts.query import FoundHit, SearchAnswer


def hit(name: str, commit: str, *, weak: bool = False) -> FoundHit:
    return FoundHit(
        rank=1, id=name, kind="symbol", path="a.py", line=1, end_line=2, name=name, score=1.0, signals={},
        commit=commit, weak=weak,
    )  # fmt: skip


def test_a_hit_that_only_looks_near_is_no_ground_for_an_answer() -> None:
    found = SearchAnswer(hits=(hit("near", "c1"), hit("far", "c1", weak=True)), degraded=("no vectors",))
    hits, missing = usable_hits(found, "c1")
    assert [each.id for each in hits] == ["near"]
    assert missing == ("no vectors",)
    assert usable_hits(SearchAnswer(hits=(hit("far", "c1", weak=True),)), "c1") == ((), ())


def test_hits_of_another_commit_are_told_to_be_none() -> None:
    hits, missing = usable_hits(SearchAnswer(hits=(hit("near", "c0"),)), "c1")
    assert hits == ()
    assert "not ready" in missing[0]
