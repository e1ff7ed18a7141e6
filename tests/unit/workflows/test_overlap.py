"""The number that shows whether embedding hides behind parsing."""

from workflows.overlap import Overlap


def test_counts_each_second_once_however_many_run() -> None:
    overlap = Overlap()
    overlap.begin("parse", 0.0)
    overlap.begin("embed", 2.0)
    overlap.begin("embed", 3.0)
    overlap.end("parse", 5.0)
    overlap.end("embed", 6.0)
    assert overlap.embedding
    overlap.end("embed", 9.0)
    assert not overlap.embedding
    assert (overlap.parse_seconds, overlap.embed_seconds, overlap.both_seconds) == (5.0, 7.0, 3.0)


def test_pauses_count_for_nothing() -> None:
    overlap = Overlap()
    overlap.begin("parse", 0.0)
    overlap.end("parse", 1.0)
    overlap.begin("parse", 10.0)
    overlap.end("parse", 11.0)
    assert overlap.parse_seconds == 2.0
