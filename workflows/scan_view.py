"""What can be seen of a running scan: in the Temporal UI, and by its `progress` query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from temporalio import workflow

from workflows.contracts.progress import Counts, Phase, ScanProgress
from workflows.contracts.routing import Device, Lane, Route
from workflows.contracts.scan import EncoderInfo, ResolvedSource
from workflows.visibility import Row, counted, duration, show_details

SHOWN_ISSUES = 20  # reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanView:
    title: str
    phase: Phase
    paused: bool
    note: str
    source: ResolvedSource | None
    counts: Counts
    started_at: float  # POSIX seconds, workflow time
    encoder: EncoderInfo | None
    device: Device | None
    stages: Mapping[str, float]
    issues: Mapping[str, int]
    undo_incomplete: Sequence[str]

    def show(self) -> None:
        show_details(self.title, self.rows(), self.note)

    def progress(self, shards: tuple[str, ...]) -> ScanProgress:
        """The answer to the `progress` query; ``shards`` are the workflow ids of those that run."""
        return ScanProgress(
            phase=self.phase,
            note=self.note,
            paused=self.paused,
            repository=self.source.repository if self.source else "",
            files=self.source.parsed_files if self.source else 0,
            counts=self.counts,
            encoder_id=self.encoder.encoder_id if self.encoder else "",
            stages=dict(self.stages),
            started_at=self.started_at,
            shards=shards,
            issues=dict(self.issues),
        )

    def rows(self) -> list[Row]:
        rows = [("phase", self.phase.value + (" (paused)" if self.paused else ""))]
        if self.source:
            source = self.source
            rows += [("repository", source.repository), ("commit", source.commit), ("ref", source.ref)]
            rows += counted(self.counts, source.parsed_files, workflow.time() - self.started_at)
        if self.encoder:
            rows.append(("encoder", f"{self.encoder.encoder_id} on {self.device or '?'}"))
        rows += [(f"stage {stage}", duration(seconds)) for stage, seconds in self.stages.items()]
        rows += [("issues: " + reason, f"{count:,}") for reason, count in sorted(self.issues.items())[:SHOWN_ISSUES]]
        rows += [("undo incomplete", each) for each in self.undo_incomplete]
        return rows


def found_issues(source: ResolvedSource | None, parts: Sequence[Mapping[str, int]], *, paged: bool) -> dict[str, int]:
    """Issues by reason.

    Args:
        parts: of pages, ranges and the graph.
        paged: whether pages are being read; they repeat what was found when the source was read.
    """
    found = dict(source.issues) if source and not (paged and source.parsed_files) else {}
    for issues in parts:
        for reason in sorted(issues):
            found[reason] = found.get(reason, 0) + issues[reason]
    return found


def decisions(route: Route, notes: Sequence[str]) -> tuple[str, ...]:
    """Sentences about what was decided: the lane, and another device."""
    queue = "fast queue" if route.lane is Lane.FAST else "durable queues"
    return (f"{queue}: {route.reason}", *notes)
