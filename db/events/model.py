"""Every kind of event, version 1. A payload never changes its meaning: a change is a new kind ``….v2``.

Kinds that concern single items are stored once per page or batch with the full list of ids; `db.events.derive`
makes the per-item stream from them. ``status`` is completed, partial, failed or cancelled; ``reasons`` counts issues.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec


class Payload(msgspec.Struct, frozen=True):
    """Base of all payloads. ``items`` names the field that lists ids, for kinds that stand for one event per id."""

    kind: ClassVar[str] = ""
    items: ClassVar[str | None] = None


class IngestStarted(Payload, frozen=True):
    """A scan begins to read its source."""

    kind: ClassVar[str] = "ingest.started.v1"
    repository: str
    commit: str
    ref: str
    scan_id: int


class FilesDetected(Payload, frozen=True):
    """Files of one page of the inventory."""

    kind: ClassVar[str] = "ingest.file_detected.v1"
    items: ClassVar[str | None] = "paths"
    page: int
    paths: list[str]


class FilesSkipped(Payload, frozen=True):
    """Files of one page that are listed and not parsed; ``reasons[i]`` is why ``paths[i]`` was skipped."""

    kind: ClassVar[str] = "ingest.file_skipped.v1"
    items: ClassVar[str | None] = "paths"
    page: int
    paths: list[str]
    reasons: list[str]


class ChunksCreated(Payload, frozen=True):
    """Texts to embed that one page or range of files gave."""

    kind: ClassVar[str] = "ingest.chunk_created.v1"
    items: ClassVar[str | None] = "chunks"
    page: int
    chunks: list[str]


class IngestCompleted(Payload, frozen=True):
    """All files are parsed or listed with a reason."""

    kind: ClassVar[str] = "ingest.completed.v1"
    status: str
    reasons: dict[str, int]
    files: int
    parsed: int
    reused: int
    skipped: int


class EmbeddingStarted(Payload, frozen=True):
    """The encoder of the scan is fixed."""

    kind: ClassVar[str] = "embedding.started.v1"
    encoder_id: str
    device: str


class EmbeddingBatchStarted(Payload, frozen=True):
    """A batch or range of texts is being embedded."""

    kind: ClassVar[str] = "embedding.batch_started.v1"
    batch: str
    texts: int


class ChunkVectors(Payload, frozen=True):
    """Vectors of one batch are stored."""

    kind: ClassVar[str] = "embedding.chunk_vector.v1"
    items: ClassVar[str | None] = "chunks"
    batch: str
    chunks: list[str]


class EmbeddingBatchCompleted(Payload, frozen=True):
    """What became of one batch."""

    kind: ClassVar[str] = "embedding.batch_completed.v1"
    batch: str
    embedded: int
    reused: int
    failed: int
    seconds: float


class EmbeddingCompleted(Payload, frozen=True):
    """Every text of the scan has a vector or is listed."""

    kind: ClassVar[str] = "embedding.completed.v1"
    status: str
    reasons: dict[str, int]
    embedded: int
    reused: int
    encoder_id: str = ""  # differs from the started one where a GPU went away


class AssemblyStarted(Payload, frozen=True):
    """Metrics, clusters and relatedness are being computed."""

    kind: ClassVar[str] = "assembly.started.v1"
    scan_id: int


class NodesCreated(Payload, frozen=True):
    """Nodes of the graph that are new or changed for one file or page."""

    kind: ClassVar[str] = "assembly.node_created.v1"
    items: ClassVar[str | None] = "nodes"
    page: int
    nodes: list[str]


class MetricsPublished(Payload, frozen=True):
    """The metrics of a published graph have taken the place of those before them."""

    kind: ClassVar[str] = "assembly.metrics_published.v1"
    scan_id: int
    nodes: int


class ClustersCreated(Payload, frozen=True):
    """All clusters of a scan; ``labels[i]`` and ``sizes[i]`` belong to ``clusters[i]``."""

    kind: ClassVar[str] = "assembly.cluster_created.v1"
    items: ClassVar[str | None] = "clusters"
    clusters: list[int]
    labels: list[str]
    sizes: list[int]


class GraphCompleted(Payload, frozen=True):
    """The graph object is written."""

    kind: ClassVar[str] = "assembly.graph_completed.v1"
    graph_sha256: str
    nodes: int
    edges: int


class AssemblyCompleted(Payload, frozen=True):
    """Everything that is computed before something is worded exists."""

    kind: ClassVar[str] = "assembly.completed.v1"
    status: str
    reasons: dict[str, int]
    clusters: int


class GenerationStarted(Payload, frozen=True):
    """Pages are being written."""

    kind: ClassVar[str] = "generation.started.v1"
    scan_id: int


class SymbolsDocumented(Payload, frozen=True):
    """Symbols whose documentation one page holds."""

    kind: ClassVar[str] = "generation.symbol_documented.v1"
    items: ClassVar[str | None] = "symbols"
    page: str
    symbols: list[str]


class GenerationCompleted(Payload, frozen=True):
    """The Markdown tree exists."""

    kind: ClassVar[str] = "generation.completed.v1"
    status: str
    reasons: dict[str, int]
    pages: int


class PackStarted(Payload, frozen=True):
    """The docpack is being put together."""

    kind: ClassVar[str] = "pack.started.v1"
    scan_id: int


class PackCompleted(Payload, frozen=True):
    """The docpack is registered, or why not. ``skipped_files`` maps each reason to its number of files."""

    kind: ClassVar[str] = "pack.completed.v1"
    status: str
    reasons: dict[str, int]
    skipped_files: dict[str, int]
    docpack_id: str | None = None
    bytes: int = 0


class JobCompleted(Payload, frozen=True):
    """The last event of every job, whatever its outcome."""

    kind: ClassVar[str] = "job.completed.v1"
    status: str
    reasons: dict[str, int]
    skipped_files: dict[str, int]
    scan_published: bool = False
    docpack_id: str | None = None
    error: str | None = None  # stable code


class SyncEnqueued(Payload, frozen=True):
    """A transaction wrote ``count`` outbox rows with ids from ``first`` to ``last`` (0 and 0 when nothing changed): one
    per changed entity; of a publish, one per changed file, and one with the key "" where packages, externals or the
    repository itself changed."""

    kind: ClassVar[str] = "sync.enqueued.v1"
    scan_id: int
    first: int
    last: int
    count: int


class SyncStarted(Payload, frozen=True):
    """A derived store begins to apply ``entities`` changes. ``lag_seconds``: age of the oldest of them."""

    kind: ClassVar[str] = "sync.started.v1"
    target: str
    entities: int
    lag_seconds: float


class SyncApplied(Payload, frozen=True):
    """Entities that a derived store now holds, or holds no more. ``hashes[i]`` belongs to ``entities[i]`` (null: it
    is gone), ``lags[i]`` is the time in seconds since its oldest change that was not applied. ``writes``: what reached
    the store (vectors, graph, files, rows); where a page has several causes, the first of its events counts all."""

    kind: ClassVar[str] = "sync.applied.v1"
    items: ClassVar[str | None] = "entities"
    target: str
    entities: list[str]  # type:id
    hashes: list[str | None]
    lags: list[float]
    writes: dict[str, int] = {}


class SyncSkipped(Payload, frozen=True):
    """Entities whose content the derived store already had; nothing was written for them."""

    kind: ClassVar[str] = "sync.skipped.v1"
    items: ClassVar[str | None] = "entities"
    target: str
    entities: list[str]
    hashes: list[str | None]


class SyncFailed(Payload, frozen=True):
    """An attempt failed and will be repeated. ``entity`` null: the store itself does not answer, its circuit is open
    and nothing is counted against single entities."""

    kind: ClassVar[str] = "sync.failed.v1"
    target: str
    entity: str | None
    hash: str | None
    error: str
    attempt: int
    retry_seconds: float


class SyncDead(Payload, frozen=True):
    """No further attempt will be made without a person: ``docrunch sync retry --failed``."""

    kind: ClassVar[str] = "sync.dead.v1"
    target: str
    entity: str
    hash: str | None
    error: str
    attempts: int


class SyncSlaBreached(Payload, frozen=True):
    """A derived store lags behind by more than it may. ``of``: report or scan."""

    kind: ClassVar[str] = "sync.sla_breached.v1"
    target: str
    of: str
    lag_seconds: float
    limit_seconds: float
    waiting: int


class SyncRebuildStarted(Payload, frozen=True):
    """A derived store of one ref is being built anew, beside the one that is read."""

    kind: ClassVar[str] = "sync.rebuild_started.v1"
    target: str
    ref: str
    generation: int
    reason: str


class SyncRebuildCompleted(Payload, frozen=True):
    """A derived store of one ref was built anew and is read from now on; or was not, and the old one still is."""

    kind: ClassVar[str] = "sync.rebuild_completed.v1"
    target: str
    ref: str
    generation: int
    status: str
    reasons: dict[str, int]
    entities: int


class AskDelta(Payload, frozen=True):
    """Sentences of a worded answer that have been checked, ``sentence`` being the number of the first one.

    A new ``attempt`` begins the answer again. At most one event each 250 ms; the answer itself is the result of the
    workflow (`job_id`).
    """

    kind: ClassVar[str] = "ask.delta.v1"
    attempt: int
    sentence: int
    text: str  # at most 8,000 characters


class AskCompleted(Payload, frozen=True):
    """A question was answered, or not: ``found`` false is an answer too. Neither question nor answer are in it.

    ``reasons`` counts what was left out of a worded answer; ``model`` is null where no model worded it.
    """

    kind: ClassVar[str] = "ask.completed.v1"
    status: str
    reasons: dict[str, int]
    found: bool
    asked: str  # kind of the question
    sentences: int
    dropped: int
    model: str | None = None


class WorkflowProgress(Payload, frozen=True):
    """The units ``first`` up to, not including, ``done`` of one phase are finished, of ``total`` (null: unknown).

    Pages and ranges finish in any order: their sizes add up to how far the phase is.
    """

    kind: ClassVar[str] = "workflow.progress.v1"
    phase: str
    done: int
    total: int | None = None
    unit: str = "files"
    message: str = ""
    first: int = 0


def kinds() -> dict[str, type[Payload]]:
    """Every payload type by its kind, in the order of this file."""
    return {payload.kind: payload for payload in _payloads()}


def _payloads() -> Iterator[type[Payload]]:
    yield from Payload.__subclasses__()
