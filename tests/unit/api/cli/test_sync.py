"""What a person reads of the stores, and what a wrong command line says."""

from typing import Any

import pytest

from api.cli import docs, knowledge, sync, sync_run
from api.cli.main import main
from api.operations.sync import chosen
from docrunch.config import SyncSettings
from docrunch.errors import InvalidConfig

STATUS: dict[str, Any] = {
    "repository": "demo",
    "target": "lightrag",
    "states": {"pending": 3, "synced": 1200, "failed": 1, "dead": 1},
    "waiting": 4,
    "oldest_seconds": 61.4,
    "lag": {"p50": 1.26, "p95": 3.0, "max": 4.04},
    "circuit": "open",
    "failures": 2,
    "probe_at": "2030-01-01T00:00:00Z",
    "breached_at": None,
    "error": "it does not answer",
    "generations": [{"ref": "main", "generation": 2, "state": "active"}],
    "problems": [
        {"key": "a.py", "state": "dead", "attempts": 5, "error": "ValueError: bad", "next_attempt": None},
        {
            "key": "b.py",
            "state": "failed",
            "attempts": 1,
            "error": "ValueError: bad",
            "next_attempt": "2030-01-01T00:00:02Z",
        },
    ],
}


def test_the_status_is_one_line_a_store_and_one_a_problem(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sync_run, "show_status", lambda repository, target: (True, [STATUS]))
    assert main(["sync", "status"]) == 0
    header, row, *remarks = capsys.readouterr().out.splitlines()
    assert header.split()[:6] == ["REPOSITORY", "TARGET", "WAITING", "SYNCED", "FAILED", "DEAD"]
    assert row.split() == ["demo", "lightrag", "4", "1,200", "1", "1", "61", "s", "1.3/3.0/4.0", "s", "open", "2"]
    assert remarks == [
        "demo → lightrag does not take anything: it does not answer",
        "demo → lightrag: 4 changes wait and lose nothing; tried 2 times, next at 2030-01-01 00:00:00 UTC,"
        " then it drains by itself",
        "demo → lightrag: a.py was given up after 5 attempts: ValueError: bad",
        "demo → lightrag: b.py failed after 1 attempts, next at 2030-01-01 00:00:02 UTC: ValueError: bad",
        "demo → lightrag: 1 given up, the others go on; once the cause is gone:"
        " docrunch sync retry --failed --repository demo --target lightrag",
    ]


def test_switched_off_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sync_run, "show_status", lambda repository, target: (False, []))
    assert main(["sync", "status"]) == 0
    assert "enabled is false" in capsys.readouterr().err


def test_a_retry_needs_to_say_of_what(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sync", "retry"]) == 2
    assert "say --failed" in capsys.readouterr().err


@pytest.mark.parametrize("group", [sync, docs, knowledge], ids=lambda group: group.__name__)
def test_every_command_has_an_example(group: Any) -> None:
    name = group.__name__.rpartition(".")[2]
    for command in group.app.registered_commands:
        assert command.epilog.startswith("Example: "), command
        assert f"docrunch {name} " in command.epilog


def test_a_store_that_is_not_kept_is_answered_with_those_that_are() -> None:
    with pytest.raises(InvalidConfig, match="no derived store 'lightrga'; kept are: lightrag, markdown") as caught:
        chosen(SyncSettings(), "lightrga")
    assert "storage.sync.targets" in (caught.value.hint or "")
