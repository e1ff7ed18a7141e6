"""What an operator reads in the Temporal UI."""

import pytest

from workflows.contracts.progress import Counts
from workflows.visibility import DETAILS_BYTES, SUMMARY_BYTES, counted, details, duration, summary


def test_summaries_keep_to_the_limit_of_the_server_also_in_bytes() -> None:
    assert summary("scan", "", "of x") == "scan of x"
    assert len(summary("ä" * 500).encode()) <= SUMMARY_BYTES


def test_details_are_a_table_that_no_value_can_break() -> None:
    shown = details("Scan", [("file", "a|b\nc")], "waits")
    assert shown == "### Scan\n\n| | |\n|---|---|\n| file | a\\|b c |\n\nwaits"
    assert len(details("Scan", [("x", "y" * 50_000)]).encode()) <= DETAILS_BYTES


def test_counters_show_rate_and_what_is_left() -> None:
    counts = Counts(parsed=100, parse_reused=10, texts=50, embedded=40, embed_reused=10, tokens=80, padded_tokens=100)
    rows = dict(counted(counts, 400, 10.0))
    assert rows["files"] == "100 of 400 (reused 10, lost 0)"
    assert rows["rate"] == "10.0 files/s"
    assert rows["ETA"] == "30 s"
    assert rows["batch fill"] == "80%"


@pytest.mark.parametrize(("seconds", "said"), [(0.4, "0 s"), (75, "1 min 15 s"), (3660, "1 h 1 min")])
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said
