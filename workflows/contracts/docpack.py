"""The main job: from a published scan to a registered docpack, its activities and its ports."""

from abc import ABC, abstractmethod

from pydantic import Field
from temporalio import activity

from docrunch.options import ScanOptions

from .errors import ErrorDetail
from .model import Contract, Options
from .progress import Counts, Outcome
from .routing import Device, Route
from .scan import EncoderInfo, ResolvedSource, ScanRequest, ScanResult

DOCPACK_WORKFLOW = "DocpackWorkflow"  # by which facades start it without importing any workflow


class AssembleRequest(Contract):
    job_id: str
    scan_id: str
    tree_object: str
    graph_object: str
    encoder: EncoderInfo | None = None  # None: no embeddings
    scope: str = "public"
    options: Options = Field(default_factory=ScanOptions)


class AssembleResult(Contract):
    assembly_object: str
    matrix_object: str | None = None  # vectors of the scan in id order
    clusters: int = 0
    clustering: str = "none"  # hdbscan | kmeans | none
    reason: str = ""
    noise: int = 0
    communities: int = 0
    cycles: int = 0
    vectors: int = 0
    seconds: float = 0.0


class AssemblyActivities(ABC):
    """Queue `assembly`, and `fast`."""

    @activity.defn(name="assemble")
    @abstractmethod
    async def assemble(self, request: AssembleRequest) -> AssembleResult: ...


class PagesRequest(Contract):
    job_id: str
    scan_id: str
    tree_object: str
    graph_object: str
    assembly_object: str
    scope: str = "public"
    options: Options = Field(default_factory=ScanOptions)


class PagePlan(Contract):
    pages: int


class GenerateRequest(Contract):
    """Write pages `lo` up to, not including, `hi` of the plan, in path order; `hi` None: all of them."""

    pages: PagesRequest
    lo: int = 0
    hi: int | None = None


class GenerateResult(Contract):
    docs_part: str  # object with the pages of this window
    pages: int
    seconds: float = 0.0


class GenerationActivities(ABC):
    """Queue `generation`, and `fast`."""

    @activity.defn(name="plan_pages")
    @abstractmethod
    async def plan_pages(self, request: PagesRequest) -> PagePlan:
        """How many pages there will be. Only called for large graphs."""

    @activity.defn(name="generate_pages")
    @abstractmethod
    async def generate_pages(self, request: GenerateRequest) -> GenerateResult: ...


class PackRequest(Contract):
    pages: PagesRequest
    docs_parts: tuple[str, ...]  # in plan order
    matrix_object: str | None = None
    encoder: EncoderInfo | None = None


class PackResult(Contract):
    docpack_object: str
    docpack_id: str
    bytes: int
    docs_object: str  # the Markdown tree as one object, for `--docs DIR`
    members: int = 0
    seconds: float = 0.0


class JobSummary(Contract):
    """The final numbers of a job, as its row and its `job.completed` event keep them."""

    outcome: Outcome
    scan_id: str = ""
    scan_published: bool = False
    counts: Counts = Counts()
    stages: dict[str, float] = {}
    notes: tuple[str, ...] = ()
    issues: dict[str, int] = {}
    error: ErrorDetail | None = None
    undo_incomplete: tuple[str, ...] = ()


class RegisterDocpack(Contract):
    job_id: str
    scan_id: str
    pack: PackResult
    graph_sha256: str
    encoder_id: str | None
    summary: JobSummary


class DropParts(Contract):
    """Undo assembly, generation and packing: release the objects that only this job made. Idempotent.

    Objects are content-addressed: one that a registered docpack or a published scan uses stays.
    """

    job_id: str
    scan_id: str = ""


class PackActivities(ABC):
    """Queue `pack`, and `fast`."""

    @activity.defn(name="pack")
    @abstractmethod
    async def pack(self, request: PackRequest) -> PackResult: ...

    @activity.defn(name="register_docpack")
    @abstractmethod
    async def register_docpack(self, request: RegisterDocpack) -> None:
        """The point of no return of a docpack: one transaction, idempotent by `job_id`, that also closes the job."""

    @activity.defn(name="drop_docpack_parts")
    @abstractmethod
    async def drop_docpack_parts(self, request: DropParts) -> None: ...


class OpenJob(Contract):
    job_id: str
    run_id: str
    tenant: str
    source: str  # without credentials
    ref: str | None = None
    name: str | None = None
    kind: str = "docpack"  # docpack | scan


class CloseJob(Contract):
    job_id: str
    run_id: str
    summary: JobSummary


class JobActivities(ABC):
    """Queue `fast`: the row of a job, which `runs list` reads."""

    @activity.defn(name="open_job")
    @abstractmethod
    async def open_job(self, request: OpenJob) -> None: ...

    @activity.defn(name="close_job")
    @abstractmethod
    async def close_job(self, request: CloseJob) -> None:
        """Write the outcome and the `job.completed` event once; never reopens or overwrites a registered job."""


class DocpackRequest(Contract):
    scan: ScanRequest


class DocpackResult(Contract):
    """What `scan --json` shows, and the details of the failure when the job fails."""

    outcome: Outcome
    workflow_id: str
    run_id: str
    scan_workflow_id: str
    scan_published: bool = False
    source: ResolvedSource | None = None
    scan: ScanResult | None = None
    assembly: AssembleResult | None = None
    pages: int = 0
    pack: PackResult | None = None
    counts: Counts = Counts()
    stages: dict[str, float] = {}
    notes: tuple[str, ...] = ()
    issues: dict[str, int] = {}
    route: Route | None = None
    device: Device | None = None
    error: ErrorDetail | None = None
    undo_incomplete: tuple[str, ...] = ()  # compensations that failed: the sweeper finishes them

    @property
    def overlap(self) -> float:
        """Share of the shorter of parsing and embedding that ran while the other did, 0–1."""
        shorter = min(self.counts.parse_seconds, self.counts.embed_seconds)
        return self.counts.overlap_seconds / shorter if shorter > 0 else 0.0
