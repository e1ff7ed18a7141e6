"""What `docrunch knowledge status` says of a graph that is not simply up to date."""

from typing import Any

import pytest

from api.cli import knowledge_run
from api.cli.main import main
from api.operations.knowledge import Status


def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], status: Status) -> list[str]:
    async def statuses(*_: Any) -> list[Status]:
        return [status]

    monkeypatch.setenv("DOCRUNCH_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("DOCRUNCH_TEMPORAL__ADDRESS", "127.0.0.1:1")
    monkeypatch.setattr(knowledge_run, "statuses", statuses)
    assert main(["knowledge", "status"]) == 0
    return capsys.readouterr().out.splitlines()[1:]


HEALTH = {"status": "ok", "unfinished": 0, "counts": {"entities": 1200}}


def test_one_that_is_up_to_date_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = shown(monkeypatch, capsys, Status("demo", "main", HEALTH))
    assert row.split() == ["demo", "main", "ok", "0", "1,200", "entities"]


def test_what_waits_and_what_a_kill_left_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, half, waiting = shown(monkeypatch, capsys, Status("demo", "main", {**HEALTH, "unfinished": 3}, 7))
    assert "3 entities are half written" in half
    assert "7 changes are on their way" in waiting


def test_a_lost_graph_is_not_called_ok(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lost = {"status": "gone", "unfinished": 0, "counts": {}}
    row, remedy, why = shown(monkeypatch, capsys, Status("demo", "main", lost, 7, "its rows are gone"))
    assert row.split() == ["demo", "main", "gone", "7", "-"]
    assert "docrunch sync rebuild --repository demo --target lightrag" in remedy
    assert "takes no changes now: its rows are gone" in why
