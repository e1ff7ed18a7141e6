"""What a person is shown of a run: the scan while it scans, the job afterwards."""

from typing import Any, cast

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from api.operations import watch_run
from api.operations.watch_run import run_end, view_of
from docrunch.errors import NotFound, Unreachable
from workflows.contracts.docpack import DocpackResult
from workflows.contracts.progress import Counts, JobProgress, Outcome, Phase, ScanProgress


def test_while_scanning_the_scan_is_shown() -> None:
    scan = ScanProgress(phase=Phase.WAITING_FOR_GPU, note="waiting for a GPU worker", files=10, counts=Counts(parsed=4))
    view = view_of(JobProgress(phase=Phase.INGEST), scan)
    assert (view.phase, view.note) == (Phase.WAITING_FOR_GPU, "waiting for a GPU worker")
    assert (view.files, view.counts.parsed) == (10, 4)


def test_afterwards_the_job_is_shown_and_the_counts_stay() -> None:
    scan = ScanProgress(phase=Phase.DONE, files=10, counts=Counts(parsed=10), stages={"link": 1.0})
    view = view_of(JobProgress(phase=Phase.GENERATE, pages=5, pages_done=2, stages={"assemble": 2.0}), scan)
    assert (view.phase, view.pages, view.pages_done) == (Phase.GENERATE, 5, 2)
    assert view.counts.parsed == 10
    assert view.stages == {"link": 1.0, "assemble": 2.0}


def test_a_run_whose_scan_does_not_answer_is_shown_all_the_same() -> None:
    assert view_of(JobProgress(phase=Phase.INGEST), None).phase is Phase.INGEST


class Away:
    """A server that fails as often as it is told, and then answers."""

    def __init__(self, status: RPCStatusCode, times: int) -> None:
        self.status = status
        self.left = times

    def get_workflow_handle(self, *_: Any, **__: Any) -> "Away":
        return self

    async def result(self) -> DocpackResult:
        if self.left:
            self.left -= 1
            raise RPCError("away", self.status, b"")
        return DocpackResult(outcome=Outcome.COMPLETED, workflow_id="w", run_id="r", scan_workflow_id="s")


async def ending(server: Away, monkeypatch: pytest.MonkeyPatch, patience: float = 900.0) -> Outcome:
    monkeypatch.setattr(watch_run, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(watch_run, "OUTAGE_SECONDS", patience)
    return (await run_end(cast(Client, server), "w")).outcome


async def test_who_waits_for_the_end_outlasts_an_outage_of_temporal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await ending(Away(RPCStatusCode.UNAVAILABLE, 50), monkeypatch) is Outcome.COMPLETED


async def test_an_outage_without_an_end_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unreachable):
        await ending(Away(RPCStatusCode.UNAVAILABLE, 50), monkeypatch, patience=-1.0)


async def test_a_run_that_does_not_exist_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFound):
        await ending(Away(RPCStatusCode.NOT_FOUND, 50), monkeypatch)
