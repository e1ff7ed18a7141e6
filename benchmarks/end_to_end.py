"""What a user waits for: whole scans through the command line, on a stack with a home of its own.

    python -m benchmarks.end_to_end [--quick]

A repetition uses two stacks, so that each of the two repositories is scanned once with and once without embeddings
while nothing of it is cached. ``--quick``: one repetition, and the large repository without embeddings only.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.client import Client

from benchmarks import corpus
from benchmarks.embedding import raw_rate
from benchmarks.stack import Scan, Stack
from benchmarks.table import Row, as_markdown
from workflows.contracts import options

REPETITIONS = 3
RESCANS = 3
EVENTS_AT = 100_000  # chunks
WORKER_MEGABYTES = 700
NO_EMBEDDINGS = "--no-embeddings"
SCAN_STAGES = ("resolve", "ingest", "publish")  # of `RepoScanWorkflow` up to its publish; it parses and links in ingest
AFTER = ("metrics", "assemble", "generate", "pack")
SCAN_SECONDS = 1.0


@dataclass
class Pair:
    """Scans of one repository with nothing cached, and offline runs of it right after them."""

    workflow: list[Scan] = field(default_factory=list)
    offline: list[Scan] = field(default_factory=list)

    def row(self, name: str, bar: float) -> Row:
        both = [(_shared(one), _shared(alone)) for one, alone in zip(self.workflow, self.offline, strict=True)]
        ours, base = (statistics.median(seconds) for seconds in zip(*both, strict=True))
        ratio = statistics.median(one / alone for one, alone in both)
        files = self.workflow[0].report["counts"]["files"]
        note = f"{_listed(self.workflow[-1])}; offline: {_listed(self.offline[-1])}"
        return Row(
            f"workflow against offline, {files:,} files, {name}", f"{ours:.2f} s", f"{base:.2f} s", ratio, f"≤ {bar}×",
            ratio <= bar, note,
        )  # fmt: skip


def _shared(scan: Scan) -> float:
    """Seconds of the stages that both forms have: only workflows publish, and an offline run writes its own files."""
    stages = scan.stages
    return stages.get("total", sum(stages.values())) - stages.get("publish", 0.0) - stages.get("write", 0.0)


def _listed(scan: Scan) -> str:
    return ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in scan.stages.items())


@dataclass
class Measured:
    small: Pair = field(default_factory=Pair)
    small_alone: Pair = field(default_factory=Pair)  # without embeddings, here and below
    large: Pair = field(default_factory=Pair)
    large_alone: Pair = field(default_factory=Pair)
    unchanged: dict[str, list[float]] = field(default_factory=dict)
    changed: dict[str, list[float]] = field(default_factory=dict)
    scan: list[dict[str, float]] = field(default_factory=list)  # stages after one change in the widest repository
    stages: dict[str, str] = field(default_factory=dict)  # of the last scan of each row of the two above
    memory: dict[str, int] = field(default_factory=dict)
    wide_memory: int = 0  # bytes of the worker that builds, after the widest repository
    events: "Events | None" = None
    raw_rate: float = 0.0  # texts a second


@dataclass(frozen=True)
class Events:
    """History events of all workflows of one run, and how many activities they are about."""

    events: int
    activities: int
    per_size: int  # activities whose number grows with the repository: pages, ranges, windows
    files: int
    chunks: int
    pages: int

    def at(self, chunks: int) -> int:
        """Events of a run with that many chunks and everything else in proportion, with the page sizes it would use."""
        scale = chunks / self.chunks
        files, pages = self.files * scale, self.pages * scale
        steps = files / options.PAGE_FILES + files / options.EMBED_RANGE_FILES + pages / options.PAGES_PER_WINDOW
        first = 5  # pages that are smaller than the others
        return round(self.events / self.activities * (self.activities - self.per_size + steps + first))


def measure(quick: bool, say: Callable[[str], None]) -> Measured:
    found = Measured()
    with tempfile.TemporaryDirectory(prefix="docrunch-bench-") as work:
        small = corpus.repository(Path(work), "small", corpus.small())
        large = corpus.repository(Path(work), "large", corpus.large(), files=corpus.LARGE_FILES)
        for number in range(1 if quick else REPETITIONS):
            say(f"repetition {number + 1}: small with embeddings, large without")
            with Stack() as stack:
                _pair(stack, found.small, small)
                _rescans(stack, found, small)
                _pair(stack, found.large_alone, large, NO_EMBEDDINGS)
                _rescans(stack, found, large, NO_EMBEDDINGS)
                _changes(stack, found, large, NO_EMBEDDINGS)
                _memory(stack, found)
            if not number:
                say("one changed file of many")
                wide = corpus.repository(Path(work), "wide", corpus.wide(), files=300 if quick else corpus.WIDE_FILES)
                with Stack() as stack:
                    stack.scan(wide, NO_EMBEDDINGS)
                    found.scan = _changes(stack, found, wide, NO_EMBEDDINGS)
                    found.wide_memory = stack.peak_memory()["worker-build"]
            say(f"repetition {number + 1}: small without embeddings" + ("" if quick or number else ", large with"))
            with Stack() as stack:
                _pair(stack, found.small_alone, small, NO_EMBEDDINGS)
                if not quick and not number:
                    _large_with_embeddings(stack, found, large)
                _memory(stack, found)
    return found


def _pair(stack: Stack, pair: Pair, repository: Path, *flags: str) -> None:
    pair.workflow.append(stack.scan(repository, *flags))
    pair.offline.append(stack.offline(repository, *flags))


def _rescans(stack: Stack, found: Measured, repository: Path, *flags: str) -> None:
    scans = [stack.scan(repository, *flags) for _ in range(RESCANS)]
    found.unchanged.setdefault(_size(scans[0], flags), []).extend(scan.seconds for scan in scans)
    found.stages["unchanged" + _size(scans[0], flags)] = _listed(scans[-1])


def _changes(stack: Stack, found: Measured, repository: Path, *flags: str) -> list[dict[str, float]]:
    """A commit that adds a function to the file in the middle, then a scan; again and again.

    Returns:
        The seconds of the stages of each scan.
    """
    stages = []
    files = sorted(path for path in repository.rglob("*.py") if path.stat().st_size)
    for _ in range(RESCANS):
        changed = files[len(files) // 2]
        changed.write_text(
            f"{changed.read_text()}\n\ndef added_{changed.stat().st_size}(a, b):\n    return min(a, b)\n"
        )
        git = ["git", "-C", str(repository), "-c", "user.name=bench", "-c", "user.email=bench@example.invalid"]
        subprocess.run([*git, "commit", "-q", "-a", "-m", "change"], check=True, env=os.environ)
        scan = stack.scan(repository, *flags)
        found.changed.setdefault(_size(scan, flags), []).append(scan.seconds)
        found.stages["changed" + _size(scan, flags)] = _listed(scan)
        stages.append(scan.stages)
    return stages


def _large_with_embeddings(stack: Stack, found: Measured, repository: Path) -> None:
    _pair(stack, found.large, repository)
    found.events = asyncio.run(_events(stack, found.large.workflow[-1]))
    found.raw_rate = raw_rate(repository)
    _rescans(stack, found, repository)
    _changes(stack, found, repository)


def _memory(stack: Stack, found: Measured) -> None:
    for worker, size in stack.peak_memory().items():
        found.memory[worker] = max(found.memory.get(worker, 0), size)


def _size(scan: Scan, flags: tuple[str, ...]) -> str:
    return f"{scan.report['counts']['files']:,} files, " + ("no embeddings" if flags else "with embeddings")


async def _events(stack: Stack, scan: Scan) -> Events:
    client = await Client.connect(stack.state.temporal_address, namespace=stack.state.temporal_namespace)
    events, activities = 0, list[str]()
    waiting = [str(scan.report["workflow_id"])]
    while waiting:
        history = await client.get_workflow_handle(waiting.pop()).fetch_history()
        events += len(history.events)
        for event in history.events:
            if event.HasField("activity_task_scheduled_event_attributes"):
                activities.append(event.activity_task_scheduled_event_attributes.activity_type.name)
            elif event.HasField("child_workflow_execution_started_event_attributes"):
                started = event.child_workflow_execution_started_event_attributes
                waiting.append(started.workflow_execution.workflow_id)
    growing = sum(name in ("parse_page", "embed_range", "generate_pages") for name in activities)
    pages = sum(1 for _ in (stack.root / "docs").rglob("*.md"))
    counts = scan.report["counts"]
    return Events(events, len(activities), growing, counts["files"], counts["chunks"], pages)


def rows(found: Measured) -> list[Row]:
    made = [_first(found.small)]
    made += [found.small.row("with embeddings", 1.5), found.small_alone.row("no embeddings", 1.5)]
    if found.large.workflow:
        made.append(found.large.row("with embeddings", 1.15))
    made.append(found.large_alone.row("no embeddings", 1.15))
    made += [
        _limit(f"unchanged re-scan, {size}", seconds, 3.0, found.stages["unchanged" + size])
        for size, seconds in found.unchanged.items()
    ]
    made += [
        _limit(f"one changed file, {size}", seconds, 4.0, found.stages["changed" + size])
        for size, seconds in found.changed.items()
    ]
    made += [_scanned(found.scan)] if found.scan else []
    if found.large.workflow and found.events is not None:
        made += [_rate(found.large.workflow[-1], found.raw_rate), _history(found.events)]
    made += [
        Row(f"peak memory of {worker}", f"{size / 1e6:.0f} MB", bar=f"< {WORKER_MEGABYTES} MB",
            met=size < WORKER_MEGABYTES * 1e6)
        for worker, size in sorted(found.memory.items())
    ]  # fmt: skip
    if found.wide_memory:
        made.append(Row("peak memory of worker-build, widest repository", f"{found.wide_memory / 1e6:.0f} MB"))
    return made


def _first(pair: Pair) -> Row:
    seconds = [scan.seconds for scan in pair.workflow]
    counts = pair.workflow[-1].report["counts"]
    note = f"aim: < 10 s; {counts['embedded']:,} texts embedded"
    return _limit(f"repository to docpack, {counts['files']:,} files, empty caches", seconds, 20.0, note)


def _limit(name: str, seconds: list[float], bar: float, note: str = "") -> Row:
    median = statistics.median(seconds)
    runs = f"median of {len(seconds)}, {min(seconds):.2f} to {max(seconds):.2f} s"
    return Row(name, f"{median:.2f} s", "", None, f"< {bar:g} s", median < bar, "; ".join(filter(None, (note, runs))))


def _scanned(found: list[dict[str, float]]) -> Row:
    """Start to publish, with warm workers; what comes after is beside it."""
    totals = [sum(stages.get(name, 0.0) for name in SCAN_STAGES) for stages in found]
    median = statistics.median(totals)
    last = found[-1]
    inside = ", ".join(f"{name} {last[name]:.2f}" for name in (*SCAN_STAGES, "link") if name in last)
    after = ", ".join(f"{name} {last[name]:.2f}" for name in AFTER if name in last)
    return Row(
        "one changed file of many, start to publish", f"{median:.2f} s", "", None, f"≤ {SCAN_SECONDS:g} s",
        median <= SCAN_SECONDS, f"{inside}; then {after}",
    )  # fmt: skip


def _rate(scan: Scan, raw: float) -> Row:
    ours = scan.report["counts"]["embedded"] / scan.stages["embed"]
    fill = scan.report["batch_fill"]
    return Row(
        "embedding rate during a scan", f"{ours:.0f} texts/s", f"{raw:.0f} texts/s, session alone", ours / raw, "≥ 0.9",
        ours / raw >= 0.9, f"batches {fill:.0%} filled",
    )  # fmt: skip


def _history(found: Events) -> Row:
    expected = found.at(EVENTS_AT)
    note = (
        f"extrapolated: {found.events} events and {found.activities} activities for {found.chunks:,} chunks of "
        f"{found.files:,} files and {found.pages:,} pages, all workflows of the run together"
    )
    return Row(f"history events of {EVENTS_AT:,} chunks", str(expected), bar="≤ 500", met=expected <= 500, note=note)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    print(as_markdown(rows(measure(parser.parse_args().quick, print))))


if __name__ == "__main__":
    main()
