"""A run in the eyes of the one who waits for it: its progress, and its results when it ends."""

from api.cli.output import emit, emit_json
from api.cli.progress import Meter
from api.cli.scan_flags import DEFAULT_DOCS, ScanFlags
from api.cli.services import Services
from api.cli.summary import scan_summary
from api.operations.fetch_results import write_results
from api.operations.scan_report import run_report
from api.operations.start_scan import StartedRun
from api.operations.watch_run import RunEnd, RunView, watch_run
from workflows.contracts.progress import Outcome, Phase

CANCELLED = 130


async def follow(services: Services, workflow_id: str, run_id: str | None) -> RunEnd:
    """Show a run until it ends."""
    with Meter() as meter:
        async for seen in watch_run(services.temporal, workflow_id, run_id):
            if isinstance(seen, RunEnd):
                return seen
            show(meter, seen)
    raise AssertionError("a run that is watched ends with its end")


def show(meter: Meter, view: RunView) -> None:
    """Counts of what runs now; parsing and embedding run side by side."""
    counts = view.counts
    meter.waiting(view.waiting)
    if view.files:
        meter.update("parse", counts.parsed + counts.parse_failed, view.files, _reused(counts.parse_reused))
    if counts.texts:
        done = counts.embedded + counts.embed_reused + counts.embed_failed
        meter.update("embed", done, counts.texts, _reused(counts.embed_reused))
    if view.pages:
        meter.update("generate", view.pages_done, view.pages)
    if view.phase not in (Phase.INGEST, Phase.EMBED, Phase.GENERATE, Phase.DONE, Phase.START):
        meter.update(str(view.phase), note=view.note)


def _reused(number: int) -> str:
    return f"{number:,} reused" if number else ""


async def finish(flags: ScanFlags, services: Services, started: StartedRun, end: RunEnd) -> int:
    if end.error is not None:
        raise end.error
    if end.outcome is Outcome.CANCELLED or end.result is None:
        ids = {"workflow_id": started.workflow_id, "run_id": started.run_id, "temporal_url": started.temporal_url}
        emit_json({**ids, "outcome": "cancelled"}) if flags.as_json else emit("cancelled")
        return CANCELLED
    written = await write_results(end.result, services.settings, docpack=flags.docpack, docs=flags.docs or DEFAULT_DOCS)
    found = run_report(end.result, written, started.temporal_url, services.ui_url)
    emit_json(found) if flags.as_json else emit(scan_summary(found))
    return 1 if flags.strict and end.outcome is Outcome.PARTIAL else 0
