"""The object of `scan --json`."""

from api.operations.scan_report import by_kind_and_confidence, in_order


def test_edges_have_the_form_of_the_offline_result() -> None:
    counted = {"uses.inferred": 2, "calls.exact": 3, "calls.inferred": 1}
    assert by_kind_and_confidence(counted) == {"calls": {"exact": 3, "inferred": 1}, "uses": {"inferred": 2}}


def test_stages_are_listed_as_they_run() -> None:
    stages = {"total": 9.0, "embed": 1.0, "parse": 2.0, "novel": 3.0}
    assert list(in_order(stages)) == ["parse", "embed", "total", "novel"]
