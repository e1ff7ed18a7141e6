"""The object that ``scan --json`` prints, and that the summary for people is made from."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from workflows.contracts.docpack import DocpackResult

if TYPE_CHECKING:
    from docrunch.offline import OfflineResult  # with numerical libraries: 0.9 s to import

STAGES = ("resolve", "ingest", "parse", "embed", "link", "publish", "assemble", "generate", "pack", "register", "total")


class Written(msgspec.Struct, frozen=True):
    """Where the results of a run were put on this machine."""

    docpack_path: str
    docs_path: str


def run_report(result: DocpackResult, written: Written, temporal_url: str, temporal_ui: str) -> dict[str, Any]:
    """Of a run that ended with a docpack (completed or partial)."""
    scan, pack, counts = result.scan, result.pack, result.counts
    if scan is None or pack is None or result.source is None:
        raise ValueError("only a completed or partial run has a report")
    source = result.source
    return {
        "workflow_id": result.workflow_id,
        "run_id": result.run_id,
        "temporal_url": temporal_url,
        "temporal_ui": temporal_ui,
        "repository": source.repository,
        "commit": source.commit,
        "ref": source.ref,
        "outcome": str(result.outcome),
        "counts": {
            "files": source.parsed_files,
            "languages": source.languages,
            "symbols": scan.graph.symbols,
            "edges": scan.graph.edges,
            "chunks": counts.texts,
            "embedded": counts.embedded,
            "reused": counts.embed_reused,
            "issues": sum(result.issues.values()),
        },
        "edges": by_kind_and_confidence(scan.graph.edges_by_confidence),
        "index": scan.graph.index,
        "issues": result.issues,
        "skipped": source.skipped,
        "stages": in_order(result.stages),
        "overlap": round(result.overlap, 3) if counts.texts else None,
        "batch_fill": round(counts.tokens / counts.padded_tokens, 3) if counts.padded_tokens else None,
        "encoder_id": scan.encoder.encoder_id if scan.encoder else None,
        "device": str(result.device) if result.device else None,
        "queue": str(scan.route.lane),
        "queue_reason": scan.route.reason,
        "notes": list(result.notes),
        "docpack": {"id": pack.docpack_id, "path": written.docpack_path, "bytes": pack.bytes},
        "docs_path": written.docs_path,
    }


def by_kind_and_confidence(counted: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """``{"calls.exact": 3}`` → ``{"calls": {"exact": 3}}``, the form of the offline result."""
    found: dict[str, dict[str, int]] = {}
    for name, number in sorted(counted.items()):
        kind, _, confidence = name.partition(".")
        found.setdefault(kind, {})[confidence] = number
    return found


def in_order(stages: Mapping[str, float]) -> dict[str, float]:
    """Seconds per stage, in the order in which the stages run."""
    return dict(sorted(stages.items(), key=lambda item: STAGES.index(item[0]) if item[0] in STAGES else len(STAGES)))


def offline_report(result: "OfflineResult") -> dict[str, Any]:
    """The same names where they apply; there is no run."""
    found = msgspec.to_builtins(result)
    return {"workflow_id": None, "run_id": None, "temporal_url": None, **found}
