"""Workflow ids: each kind is made by one function and read back by its partner."""

from dataclasses import dataclass

from docrunch.ids import job_id

_DOCPACK, _SCAN, _SHARD = "docpack:", "scan:", ":shard:"


@dataclass(frozen=True, slots=True)
class DocpackId:
    slug: str
    commit: str  # 12 characters, see `docrunch.ids.short_commit`
    request: str  # hash over options, extractor and encoder


def docpack_id(slug: str, commit: str, request: str) -> str:
    """``docpack:{slug}:{commit[:12]}:{request_hash}``; the id of the job and of its workflow."""
    return job_id(slug, commit, request)


def parse_docpack_id(workflow_id: str) -> DocpackId:
    """Inverse of `docpack_id`.

    Raises:
        ValueError: the id is not that of a docpack workflow.
    """
    parts = workflow_id.removeprefix(_DOCPACK).split(":")
    if not workflow_id.startswith(_DOCPACK) or len(parts) != 3 or not all(parts):
        raise ValueError(f"not a docpack workflow id: {workflow_id!r}")
    return DocpackId(*parts)


def scan_workflow_id(parent: str) -> str:
    """Id of the `RepoScanWorkflow` that a job runs; also for jobs that are a scan only (then it is their own id)."""
    return parent if parent.startswith(_SCAN) else _SCAN + parent.removeprefix(_DOCPACK)


def parse_scan_workflow_id(workflow_id: str) -> str:
    """What follows ``scan:``, the same for the job and its scan.

    Raises:
        ValueError: the id is not that of a scan workflow.
    """
    if not workflow_id.startswith(_SCAN) or _SHARD in workflow_id:
        raise ValueError(f"not a scan workflow id: {workflow_id!r}")
    return workflow_id.removeprefix(_SCAN)


def shard_workflow_id(scan_workflow: str, number: int, attempt: int = 0) -> str:
    """``{scan id}:shard:{k}``; ``attempt`` counts restarts of the embedding on another device."""
    return f"{scan_workflow}{_SHARD}{number}" + (f".{attempt}" if attempt else "")


def parse_shard_workflow_id(workflow_id: str) -> tuple[str, int, int]:
    """(id of the scan workflow, shard number, attempt).

    Raises:
        ValueError: the id is not that of a shard workflow.
    """
    scan, separator, tail = workflow_id.rpartition(_SHARD)
    number, _, attempt = tail.partition(".")
    if not separator or not number.isdecimal() or (attempt and not attempt.isdecimal()):
        raise ValueError(f"not a shard workflow id: {workflow_id!r}")
    return scan, int(number), int(attempt or 0)


def schedule_workflow_id(schedule: str) -> str:
    """Id of the workflows a schedule starts; the server appends the time of the run."""
    return f"schedule:{schedule}"


def search_workflow_id(unique: str) -> str:
    """Every search is a run of its own: ``search:{unique}``."""
    return f"search:{unique}"
