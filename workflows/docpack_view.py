"""What the Temporal UI shows of a running job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.contracts.docpack import PackResult
from workflows.contracts.progress import Phase
from workflows.contracts.scan import ScanResult
from workflows.visibility import Row, counted, duration, show_details


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    title: str
    phase: Phase
    paused: bool
    note: str
    scan_workflow_id: str
    scan: ScanResult | None
    pages: int
    pages_done: int
    pack: PackResult | None
    stages: Mapping[str, float]
    undo_incomplete: Sequence[str]

    def show(self) -> None:
        show_details(self.title, self.rows(), self.note)

    def rows(self) -> list[Row]:
        rows = [("phase", self.phase.value + (" (paused)" if self.paused else "")), ("scan", self.scan_workflow_id)]
        if self.scan:
            scan = self.scan
            rows += [("repository", scan.source.repository), ("commit", scan.source.commit)]
            rows += counted(scan.counts, scan.source.parsed_files, sum(scan.stages.values()))
            rows.append(("graph", f"{scan.graph.nodes:,} nodes, {scan.graph.edges:,} edges"))
        if self.pages:
            rows.append(("pages", f"{self.pages_done:,} of {self.pages:,}"))
        if self.pack:
            rows.append(("docpack", f"{self.pack.docpack_id} ({self.pack.bytes:,} bytes)"))
        rows += [(f"stage {stage}", duration(seconds)) for stage, seconds in self.stages.items()]
        rows += [("undo incomplete", each) for each in self.undo_incomplete]
        return rows
