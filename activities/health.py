"""What the recurring health check looks at."""

import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from temporalio import activity
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from db.bulk import fetch_one
from db.objects import ObjectKind, ObjectStore
from db.session import Database
from docrunch.errors import DocrunchError
from workflows.contracts.health import CheckRequest, Component, ComponentHealth, Health, HealthActivities, HealthReport
from workflows.contracts.queues import Queue
from workflows.contracts.routing import Pollers, PollersRequest
from workflows.contracts.scan import RoutingActivities

MIN_FREE_BYTES = 1_000_000_000  # a scan of a large repository with its caches
NEEDED_QUEUES = (Queue.INGEST, Queue.EMBED_CPU, Queue.ASSEMBLY, Queue.GENERATION, Queue.PACK, Queue.SYNC, Queue.FAST)
LATE_SYNC_SECONDS = 300.0
LISTED = timedelta(seconds=75)  # a worker that lives polls at least every 60 s
NO_OBJECT = "0" * 64

_log = structlog.get_logger()


class Routing(RoutingActivities):
    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn(name="queue_pollers")
    async def queue_pollers(self, request: PollersRequest) -> Pollers:
        return await pollers(self._client, request.queue)


async def pollers(client: Client, queue: Queue) -> Pollers:
    """Workers that polled the activities of a queue within `LISTED`; the server lists them minutes longer."""
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=str(queue)),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
        )
    )
    since = datetime.now(UTC) - LISTED
    alive = [poller for poller in answer.pollers if poller.last_access_time.ToDatetime(UTC) >= since]
    names = tuple(sorted(poller.identity for poller in alive))
    return Pollers(queue=queue, count=len(names), identities=names)


class HealthChecks(HealthActivities):
    def __init__(self, database: Database, objects: ObjectStore, client: Client, home: Path) -> None:
        self._database = database
        self._objects = objects
        self._client = client
        self._home = home

    @activity.defn(name="check_component")
    async def check_component(self, request: CheckRequest) -> ComponentHealth:
        started = time.monotonic()
        checks = {
            Component.DATABASE: self._check_database,
            Component.OBJECTS: self._check_objects,
            Component.WORKERS: self._check_workers,
            Component.DISK: self._check_disk,
            Component.BACKLOG: self._check_backlog,
        }
        try:
            health, detail = await checks[request.component]()
        except DocrunchError as error:
            health, detail = Health.FAILING, error.message
        return ComponentHealth(
            component=request.component,
            health=health,
            detail=detail,
            seconds=round(time.monotonic() - started, 3),
        )

    async def _check_database(self) -> tuple[Health, str]:
        await self._database.ping()
        return Health.OK, "answers"

    async def _check_objects(self) -> tuple[Health, str]:
        await self._objects.exists(ObjectKind.TREE, NO_OBJECT)
        return Health.OK, "answers"

    async def _check_workers(self) -> tuple[Health, str]:
        idle = [str(queue) for queue in NEEDED_QUEUES if not (await pollers(self._client, queue)).count]
        return (Health.DEGRADED, f"nobody polls {', '.join(idle)}") if idle else (Health.OK, "every queue is polled")

    async def _check_disk(self) -> tuple[Health, str]:
        free = shutil.disk_usage(self._home).free
        detail = f"{free / 1e9:.1f} GB free"
        return (Health.FAILING if free < MIN_FREE_BYTES else Health.OK), detail

    async def _check_backlog(self) -> tuple[Health, str]:
        """The outbox as far as a target is known to lag behind it."""
        async with self._database.transaction() as connection:
            row = await fetch_one(
                connection,
                "SELECT count(*) AS late FROM storage_sync WHERE state <> 'synced'"
                " AND enqueued_at < now() - make_interval(secs => $1)",
                LATE_SYNC_SECONDS,
            )
        late = int(row["late"]) if row else 0
        return (Health.DEGRADED, f"{late} entities wait for a derived store") if late else (Health.OK, "nothing waits")

    @activity.defn(name="record_health")
    async def record_health(self, report: HealthReport) -> None:
        """Written to the log, where operators look; the Temporal run keeps the report itself."""
        _log.info(
            "health",
            health=str(report.health),
            components={str(each.component): f"{each.health}: {each.detail}" for each in report.components},
        )
