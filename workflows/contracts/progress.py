"""What a running workflow answers to its `progress` query, and how the answers of a family are merged."""

from collections.abc import Iterable
from enum import StrEnum

from .model import Contract


class Phase(StrEnum):
    START = "start"
    RESOLVE = "resolve"
    WAITING_FOR_GPU = "waiting-for-gpu"
    INGEST = "ingest"  # parsing and embedding side by side
    EMBED = "embed"  # parsing is done, embedding is not
    LINK = "link"
    PUBLISH = "publish"
    ASSEMBLE = "assemble"
    GENERATE = "generate"
    PACK = "pack"
    REGISTER = "register"
    UNDO = "undo"
    DONE = "done"


class Outcome(StrEnum):
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Counts(Contract):
    """Additive counters of a scan or of a part of it."""

    parsed: int = 0  # files whose facts exist, whether computed now or before
    parse_reused: int = 0  # … of which the cache had them
    parse_failed: int = 0  # files lost: listed as issues
    symbols: int = 0
    issues: int = 0
    bytes: int = 0
    texts: int = 0  # texts to embed
    embedded: int = 0  # computed now
    embed_reused: int = 0  # found in the cache, or equal to another text of the scan
    embed_failed: int = 0
    tokens: int = 0
    padded_tokens: int = 0  # tokens / padded_tokens is the batch fill
    batches: int = 0
    parse_seconds: float = 0.0  # wall time in which at least one page was being parsed
    embed_seconds: float = 0.0  # … at least one range was being embedded
    overlap_seconds: float = 0.0  # … both

    def plus(self, other: "Counts") -> "Counts":
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in Counts.model_fields})


def total(parts: Iterable[Counts]) -> Counts:
    result = Counts()
    for part in parts:
        result = result.plus(part)
    return result


class ScanProgress(Contract):
    phase: Phase = Phase.START
    note: str = ""  # one sentence for a person: what it waits for, what was decided
    paused: bool = False
    repository: str = ""
    files: int = 0  # files to parse
    counts: Counts = Counts()
    encoder_id: str = ""
    stages: dict[str, float] = {}  # seconds of the finished stages
    started_at: float = 0.0  # POSIX seconds, workflow time
    shards: tuple[str, ...] = ()  # workflow ids of running shards: their `progress` adds to `counts`
    issues: dict[str, int] = {}  # by reason


class JobProgress(Contract):
    phase: Phase = Phase.START
    note: str = ""
    paused: bool = False
    scan_workflow_id: str = ""
    scan_published: bool = False
    stages: dict[str, float] = {}
    pages: int = 0
    pages_done: int = 0
    started_at: float = 0.0
    undo_incomplete: tuple[str, ...] = ()


def merge(scan: ScanProgress, shards: Iterable[ScanProgress]) -> ScanProgress:
    """A scan's answer with what its running shards know and it does not."""
    return scan.model_copy(update={"counts": scan.counts.plus(total(shard.counts for shard in shards))})
