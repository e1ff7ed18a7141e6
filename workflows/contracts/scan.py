"""The scan: what its workflows are asked, what its activities take and give back, and their ports.

An object field (`tree_object`, `graph_object`, …) is the sha256 key of an immutable object in the object store.
`scan_id` is made by the workflow, so every step that writes a row is idempotent by it.
"""

from abc import ABC, abstractmethod

from pydantic import Field
from temporalio import activity

from docrunch.options import ScanOptions

from .model import Contract, Options
from .options import CONTINUE_AFTER_EVENTS, GPU_START_TIMEOUT
from .progress import Counts, Outcome
from .routing import Device, Pollers, PollersRequest, Route


class EmbeddingChoice(Contract):
    """Where texts are embedded. Whether, and which texts, is part of the options."""

    device: Device = Device.AUTO
    gpu_wait_seconds: float = GPU_START_TIMEOUT.total_seconds()


class SourceRequest(Contract):
    """What the user named. Credentials are never here: the worker's settings bind them to hosts."""

    text: str  # URL, directory or archive, as given; a relative path counts from `cwd`
    cwd: str = ""
    ref: str | None = None
    name: str | None = None


class EstimateRange(Contract):
    """From the inventory alone."""

    seconds_low: float = 0.0
    seconds_high: float = 0.0
    texts_low: int = 0
    texts_high: int = 0


# ── ingest ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class ResolveRequest(Contract):
    job_id: str
    tenant: str
    source: SourceRequest
    options: Options = Field(default_factory=ScanOptions)


class ResolvedSource(Contract):
    """The source, stored once as an immutable tree object."""

    repository: str
    slug: str
    commit: str
    ref: str
    declared_ref: bool
    kind: str
    tree_object: str
    tree_sha256: str
    files: int  # entries of the inventory
    parsed_files: int  # entries with text: the index range of pages and shards is [0, parsed_files)
    bytes: int
    url: str | None = None
    skipped: dict[str, int] = {}  # by reason
    languages: int = 0
    issues: dict[str, int] = {}  # found at extraction, by reason
    estimate: EstimateRange = EstimateRange()
    history_seconds: float | None = None  # how long the last completed job of this repository took
    scope: str = "public"  # key of the caches: `public`, or the owner of a private source


class PlanRequest(Contract):
    tree_object: str
    max_files: int
    max_bytes: int


class FileRange(Contract):
    """Half-open range of indices into the tree's entries that have text, in path order."""

    lo: int
    hi: int


class ShardPlan(Contract):
    shards: tuple[FileRange, ...]


class PageRequest(Contract):
    """Parse entries from `cursor` up to, not including, `hi`. A page may stop earlier and say where.

    What follows and need not be parsed, because the cache has it, may join the page, up to `until`.
    """

    scan_id: str
    tree_object: str
    lo: int
    hi: int
    until: int = 0  # 0: `hi`
    cursor: int
    scope: str = "public"
    options: Options = Field(default_factory=ScanOptions)


class PageResult(Contract):
    next_cursor: int  # > cursor, ≤ hi or until
    parsed: int
    reused: int
    failed: int = 0  # files lost, each a `scan_issues` row
    symbols: int = 0
    issues: dict[str, int] = {}  # all issues of the page, by reason
    bytes: int = 0
    seconds: float = 0.0


class ChurnRequest(Contract):
    """Ask the repository that was scanned how often its files were changed."""

    scan_id: str
    source: SourceRequest
    commit: str
    tree_object: str


class ChurnResult(Contract):
    files: int = 0  # that were changed in the window
    commits: int = 0
    absent: str = ""  # why there is none
    reused: bool = False  # an earlier scan of the same commit and files left it


class IngestActivities(ABC):
    """Queue `ingest`, and `fast` for jobs that the router sends there."""

    @activity.defn(name="resolve_source")
    @abstractmethod
    async def resolve_source(self, request: ResolveRequest) -> ResolvedSource:
        """Read the source once and store its tree. Leaves nothing behind but the object, on every outcome."""

    @activity.defn(name="plan_shards")
    @abstractmethod
    async def plan_shards(self, request: PlanRequest) -> ShardPlan:
        """Cut the tree's parsed entries into contiguous ranges, balanced by bytes. Only called for large trees."""

    @activity.defn(name="parse_page")
    @abstractmethod
    async def parse_page(self, request: PageRequest) -> PageResult:
        """Make sure that the facts of a range of files exist. Heartbeats its cursor."""

    @activity.defn(name="record_churn")
    @abstractmethod
    async def record_churn(self, request: ChurnRequest) -> ChurnResult:
        """Make sure that the churn of a published commit is stored. Nothing else reads it: it goes into no object."""


# ── scan store ──────────────────────────────────────────────────────────────────────────────────────────────────────


class OpenScan(Contract):
    scan_id: str
    job_id: str
    tenant: str
    workflow_id: str
    run_id: str
    source: ResolvedSource
    route: Route
    options: Options = Field(default_factory=ScanOptions)


class OpenedScan(Contract):
    slug: str  # as owned by the repository: may differ from the proposed one


class DropScan(Contract):
    """Undo `open_scan`: remove what only this scan uses, close its run. Idempotent; a published scan stays."""

    scan_id: str
    outcome: Outcome
    code: str  # of the error, or `cancelled`
    message: str


class EncoderInfo(Contract):
    encoder_id: str
    model: str = ""
    backend: str = ""
    precision: str = ""
    dimensions: int = 0
    max_tokens: int = 0
    fingerprint: str = ""
    weights_sha256: str = ""
    card_version: int = 1
    instructions: dict[str, str] = {}  # text kind → text put in front: part of every text and of its hash


class PublishScan(Contract):
    scan_id: str
    tree_object: str
    graph_object: str
    outcome: Outcome  # completed | partial: becomes the status of the scan in the same transaction
    counts: Counts
    stages: dict[str, float] = {}
    encoder_id: str = ""
    encoder: EncoderInfo | None = None
    scope: str = "public"
    options: Options = Field(default_factory=ScanOptions)


class PublishResult(Contract):
    published: bool  # False: a sha or undeclared ref, kept as an object only
    files_changed: int = 0
    files_removed: int = 0
    symbols: int = 0
    relationships: int = 0
    chunks: int = 0
    issues: int = 0
    seconds: float = 0.0
    pending_syncs: int = 0
    metrics_due: bool = False


class ScanStoreActivities(ABC):
    """Queue `assembly`, and `fast`: the rows of a scan."""

    @activity.defn(name="open_scan")
    @abstractmethod
    async def open_scan(self, request: OpenScan) -> OpenedScan:
        """Open the run. Idempotent by `scan_id`. Fixes the order in which scans of one ref may publish."""

    @activity.defn(name="drop_scan")
    @abstractmethod
    async def drop_scan(self, request: DropScan) -> None:
        """Also called when `open_scan` never ran, or ran by half."""

    @activity.defn(name="publish_scan")
    @abstractmethod
    async def publish_scan(self, request: PublishScan) -> PublishResult:
        """The point of no return of a scan: one transaction, idempotent by `scan_id`, that also closes the run.

        Raises:
            Superseded: a newer scan of the ref is published.
        """


# ── embedding ───────────────────────────────────────────────────────────────────────────────────────────────────────


class DescribeEncoder(Contract):
    scan_id: str


class EmbedRange(Contract):
    scan_id: str
    tree_object: str
    lo: int
    hi: int
    encoder_id: str
    scope: str = "public"
    options: Options = Field(default_factory=ScanOptions)


class EmbedResult(Contract):
    texts: int
    embedded: int
    reused: int
    failed: int = 0  # texts lost, each a `scan_issues` row
    issues: dict[str, int] = {}
    tokens: int = 0
    padded_tokens: int = 0
    batches: int = 0
    seconds: float = 0.0


class EmbedActivities(ABC):
    """Queues `embed-gpu` and `embed-cpu`: the same class, another encoder."""

    @activity.defn(name="describe_encoder")
    @abstractmethod
    async def describe_encoder(self, request: DescribeEncoder) -> EncoderInfo: ...

    @activity.defn(name="embed_range")
    @abstractmethod
    async def embed_range(self, request: EmbedRange) -> EmbedResult:
        """Make sure that the vectors of a range of files exist. Heartbeats after each commit.

        Raises:
            Conflict: this worker's encoder is not `encoder_id`; one scan never mixes two.
        """


# ── the graph ───────────────────────────────────────────────────────────────────────────────────────────────────────


class LinkRequest(Contract):
    scan_id: str
    tree_object: str
    scope: str = "public"
    options: Options = Field(default_factory=ScanOptions)


class LinkResult(Contract):
    graph_object: str
    graph_sha256: str
    nodes: int
    edges: int
    symbols: int = 0  # nodes that are neither repository, package, module nor external
    edges_by_kind: dict[str, int] = {}
    edges_by_confidence: dict[str, int] = {}
    unresolved: int = 0
    issues: dict[str, int] = {}
    index: dict[str, int] = {}  # of the SCIP indexes: definitions, references, and what was left out by reason
    seconds: float = 0.0


class MetricsRequest(LinkRequest):
    graph_object: str


class MetricsResult(Contract):
    rows: int
    published: bool  # False: they were there, or a newer scan is
    repaired: bool = False  # parts of the graph were gone or damaged, and were made again
    seconds: float = 0.0


class LinkActivities(ABC):
    """Queue `assembly`, and `fast`."""

    @activity.defn(name="link")
    @abstractmethod
    async def link(self, request: LinkRequest) -> LinkResult:
        """Facts of all files → the graph object. Recomputes facts that cleanup took away."""

    @activity.defn(name="publish_metrics")
    @abstractmethod
    async def publish_metrics(self, request: MetricsRequest) -> MetricsResult:
        """Metrics of the graph that was just published → their table. Parts of the graph that are gone or damaged are
        made again first. Idempotent; does nothing where a newer scan is published."""


class RoutingActivities(ABC):
    """Queue `fast`: what only a client of the server can know."""

    @activity.defn(name="queue_pollers")
    @abstractmethod
    async def queue_pollers(self, request: PollersRequest) -> Pollers: ...


# ── workflows ───────────────────────────────────────────────────────────────────────────────────────────────────────


class ShardRequest(Contract):
    scan_id: str
    tree_object: str
    range: FileRange
    repository: str = ""
    encoder: EncoderInfo | None = None  # None: no embeddings
    device: Device = Device.CPU
    gpu_wait_seconds: float | None = None  # None: wait for a GPU as long as it takes
    scope: str = "public"
    options: Options = Field(default_factory=ScanOptions)
    route: Route = Route()
    failures_allowed: int = 0  # files that this shard may lose before it gives up
    paused: bool = False
    continue_after_events: int = CONTINUE_AFTER_EVENTS
    # carried through continue-as-new
    cursor: int | None = None
    counts: Counts = Counts()
    issues: dict[str, int] = {}


class ShardResult(Contract):
    counts: Counts
    issues: dict[str, int] = {}


class ScanState(Contract):
    """What a scan carries through continue-as-new, with its window drained."""

    scan_id: str
    source: ResolvedSource
    slug: str
    route: Route
    encoder: EncoderInfo | None
    device: Device
    attempt: int
    shards: tuple[FileRange, ...]
    next_shard: int
    counts: Counts
    issues: dict[str, int]
    stages: dict[str, float]
    notes: tuple[str, ...]
    started_at: float


class ScanRequest(Contract):
    job_id: str  # id of the job's workflow; a scan started alone is its own job
    source: SourceRequest
    tenant: str = "local"
    options: Options = Field(default_factory=ScanOptions)
    embedding: EmbeddingChoice = EmbeddingChoice()
    shard_files: int | None = None  # default: options.SHARD_FILES
    paused: bool = False
    continue_after_events: int = CONTINUE_AFTER_EVENTS
    state: ScanState | None = None


class ScanResult(Contract):
    """Everything that later stages and `scan --json` need."""

    scan_id: str
    outcome: Outcome  # completed | partial
    source: ResolvedSource
    slug: str
    route: Route
    graph: LinkResult
    publish: PublishResult
    counts: Counts
    issues: dict[str, int] = {}
    stages: dict[str, float] = {}
    notes: tuple[str, ...] = ()  # decisions a person should know of: another device, a moved queue
    encoder: EncoderInfo | None = None
    device: Device | None = None
    shards: int = 1
    churn: ChurnResult | None = None  # None: not looked for, or the look failed; `notes` says so


class Pause(Contract):
    reason: str = ""


class PauseState(Contract):
    paused: bool
