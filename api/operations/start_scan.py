"""Start the main job, or find the one that already does the same work."""

import msgspec
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from docrunch.ids import request_hash, slug
from docrunch.options import ScanOptions
from workflows.contracts.docpack import DOCPACK_WORKFLOW, DocpackRequest
from workflows.contracts.ids import docpack_id
from workflows.contracts.queues import Queue
from workflows.contracts.routing import Device
from workflows.contracts.scan import EmbeddingChoice, ScanRequest, SourceRequest
from workflows.contracts.search_attributes import start_attributes

SUMMARY_BYTES = 200


class ScanOrder(msgspec.Struct, frozen=True):
    """``repository`` and ``commit`` are what the source is called now; they only name the job."""

    source: str  # without credentials: an absolute path or an https URL
    repository: str
    commit: str
    engine: str  # what else decides the result: version, encoder settings
    ref: str | None = None
    name: str | None = None
    options: ScanOptions = ScanOptions()
    device: Device = Device.AUTO
    gpu_wait_seconds: float = 90.0
    tenant: str = "local"

    @property
    def workflow_id(self) -> str:
        """Equal orders have equal ids, so that asking twice does the work once.

        The name is part of the hash: two names may share a slug (``a/b`` and ``a-b``), and never a job.
        """
        wanted = (self.options.digest(), self.engine, str(self.device), self.ref or "", self.repository)
        request = request_hash(*wanted)
        return docpack_id(slug(self.repository), self.commit, request)


class StartedRun(msgspec.Struct, frozen=True):
    workflow_id: str
    run_id: str
    temporal_url: str


async def start_scan(client: Client, order: ScanOrder, ui_url: str) -> StartedRun:
    """Start the job and return as soon as it is durable; an equal one that runs already is joined."""
    handle = await client.start_workflow(
        DOCPACK_WORKFLOW,
        DocpackRequest(
            scan=ScanRequest(
                job_id=order.workflow_id,
                source=SourceRequest(text=order.source, ref=order.ref, name=order.name),
                tenant=order.tenant,
                options=order.options,
                embedding=EmbeddingChoice(device=order.device, gpu_wait_seconds=order.gpu_wait_seconds),
            )
        ),
        id=order.workflow_id,
        task_queue=Queue.WORKFLOWS,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        search_attributes=start_attributes(repository=order.repository, tenant=order.tenant),
        static_summary=_summary(order),
    )
    run_id = handle.result_run_id or handle.first_execution_run_id or ""
    return StartedRun(order.workflow_id, run_id, run_url(ui_url, client.namespace, order.workflow_id, run_id))


def run_url(ui_url: str, namespace: str, workflow_id: str, run_id: str) -> str:
    """Address of a run in the Temporal Web UI; empty where the UI's address is not known."""
    return f"{ui_url.rstrip('/')}/namespaces/{namespace}/workflows/{workflow_id}/{run_id}" if ui_url else ""


def _summary(order: ScanOrder) -> str:
    text = f"docpack {order.repository} @ {order.ref or order.commit}"
    return text.encode()[:SUMMARY_BYTES].decode("utf-8", "ignore")
