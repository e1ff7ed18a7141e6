"""What a person is shown of a run: the scan while it scans, the job afterwards."""

from api.operations.watch_run import view_of
from workflows.contracts.progress import Counts, JobProgress, Phase, ScanProgress


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
