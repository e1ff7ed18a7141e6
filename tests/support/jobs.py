"""Starting the main job in tests."""

from typing import Any

from temporalio.client import Client, WorkflowHandle

from docrunch.options import ScanOptions
from tests.support.fakes.world import World
from workflows.contracts.docpack import DocpackRequest, DocpackResult
from workflows.contracts.queues import Queue
from workflows.contracts.scan import EmbeddingChoice, ScanRequest, SourceRequest
from workflows.contracts.search_attributes import start_attributes
from workflows.docpack import DocpackWorkflow


def request(world: World, **settings: Any) -> DocpackRequest:
    fields: dict[str, Any] = {
        "job_id": world.workflow_id,
        "source": SourceRequest(text=f"https://example.org/{world.name}"),
        "options": ScanOptions(),
        "embedding": EmbeddingChoice(gpu_wait_seconds=1.0),
    }
    return DocpackRequest(scan=ScanRequest(**(fields | settings)))


async def start(client: Client, world: World, **settings: Any) -> WorkflowHandle[DocpackWorkflow, DocpackResult]:
    return await client.start_workflow(
        DocpackWorkflow.run,
        request(world, **settings),
        id=world.workflow_id,
        task_queue=Queue.WORKFLOWS,
        search_attributes=start_attributes(repository=f"example.org/{world.name}", tenant="local"),
        static_summary=f"docpack example.org/{world.name}",
    )
