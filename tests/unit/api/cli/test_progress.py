"""Progress: counts, rate and time left on a terminal; plain lines, not too many, elsewhere."""

import io
import re

import pytest

from api.cli.progress import PLAIN_SECONDS, Meter, describe


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_rate_and_time_left() -> None:
    assert describe(100, 400, 10.0) == "10/s, 0:30 left"
    assert describe(7, 700, 2.0) == "3.5/s, 3:18 left"
    assert describe(400, 400, 10.0) == "40/s"
    assert describe(0, 400, 10.0) == ""
    assert describe(100, 0, 10.0) == "10/s"


def test_a_log_file_gets_the_first_the_last_and_few_lines_between(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with Meter(clock, terminal=False) as meter:
        for done in range(1, 1001):
            clock.now += 0.02
            meter.update("parse", done, 1000)
        meter.update("parse", 1000, 1000)
        meter.update("link", note="waiting for the database")
        meter.update("link", note="waiting for the database")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("parse: 1/1,000")
    assert lines[-2].startswith("parse: 1,000/1,000")
    assert lines[-1] == "link:  waiting for the database"
    assert len(lines) <= 3 + 20 / PLAIN_SECONDS
    assert all("\x1b" not in line for line in lines)


def test_a_terminal_gets_one_bar_per_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    clock = Clock()
    with Meter(clock, terminal=True) as meter:
        meter.update("parse", 1, 10)
        clock.now += 5
        meter.update("parse", 10, 10)
        meter.update("embed", 3, 0)
    text = stream.getvalue()
    assert re.search(r"parse .*10/10", text)
    assert "2.0/s" in text
    assert "embed" in text


def test_what_is_waited_for_is_said_once_and_so_is_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    with Meter(Clock(), terminal=False) as meter:
        for note in ("", "the disk is full", "the disk is full", "", ""):
            meter.waiting(note)
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["waiting:  the disk is full", "waiting:  over; the run goes on"]
