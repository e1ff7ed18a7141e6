"""A worker process for one or more roles: ``python -m workers.main --role ingest --role fast``.

A signal drains: pollers stop, running activities get `workers.shutdown_seconds` to save their state and are then
cancelled; Temporal gives their work to another worker.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import PollerBehaviorAutoscaling, PollerBehaviorSimpleMaximum, Worker, WorkerDeploymentConfig

from docrunch.collector import rarely
from docrunch.config import Settings, load_settings
from docrunch.errors import DocrunchError, UsageError
from workers.client import connect
from workers.interceptors import IdleInterceptor
from workers.namespace import ensure_search_attributes
from workers.plugin import docrunch_plugin
from workers.registry import RoleSpec, bind, spec
from workers.schedules import declared, reconcile
from workers.telemetry import configure_tracing
from workflows.contracts.options import HEARTBEAT_THROTTLE
from workflows.contracts.queues import Role

CONNECT_PATIENCE = 120.0  # seconds: the stack starts everything at once, and Temporal may be restarting
CACHED_WORKFLOWS = 200  # runs kept in memory; the others are replayed when something happens to them

Factory = Callable[[Role, Settings], Sequence[object]]
"""`workers.resources.Resources.build`: the activity objects of a role."""


log = structlog.get_logger(__name__)


async def run_worker(
    roles: Sequence[Role],
    settings: Settings,
    build: Factory,
    *,
    client: Client | None = None,
    stop: asyncio.Event | None = None,
    exit_when_idle: float | None = None,
) -> None:
    """Poll the queues of the roles until `stop` is set, a signal arrives, or nothing was done for a while.

    Raises:
        UsageError: none of the roles has work in this version.
        Unreachable: Temporal does not answer.
        Failed: the activity objects do not match the ports (`workers.registry.bind`).
    """
    specs = [found for found in map(spec, roles) if found.has_work]
    if not specs:
        raise UsageError(f"The roles {', '.join(roles)} have no work in this version.")
    plugin = docrunch_plugin(tracing=configure_tracing(settings.telemetry))
    client = client or await connect(settings.temporal, plugins=[plugin], patience=CONNECT_PATIENCE)
    stop = stop or _on_signal()
    async with AsyncExitStack() as stack:
        idle = IdleInterceptor()
        workers = [_worker(client, found, settings, build, idle, stack) for found in specs]
        if Role.ORCHESTRATOR in roles:
            await _prepare(client)
        if exit_when_idle is not None:
            stack.push_async_callback(_cancel, asyncio.create_task(_stop_when_idle(idle, exit_when_idle, stop)))
        log.info("worker started", roles=[str(found.role) for found in specs])
        await _run_until(workers, stop)
    log.info("worker stopped", roles=[str(found.role) for found in specs])


def _worker(
    client: Client, found: RoleSpec, settings: Settings, build: Factory, idle: IdleInterceptor, stack: AsyncExitStack
) -> Worker:
    instances = build(found.role, settings) if found.ports else ()
    for each in instances:
        if hasattr(each, "aclose"):
            stack.push_async_callback(each.aclose)
    activities = bind(found.role, instances)
    threads = stack.enter_context(ThreadPoolExecutor(found.slots, thread_name_prefix=str(found.role)))
    return Worker(
        client,
        task_queue=found.queue,
        workflows=found.workflows,
        activities=activities,
        interceptors=[idle],
        activity_executor=threads,
        max_cached_workflows=CACHED_WORKFLOWS,
        max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        default_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        graceful_shutdown_timeout=timedelta(seconds=settings.workers.shutdown_seconds),
        **_capacity(found),
        **_versioning(settings),
    )


def _capacity(found: RoleSpec) -> dict[str, Any]:
    pollers = {"workflow_task_poller_behavior": PollerBehaviorAutoscaling(minimum=2, maximum=10, initial=4)}
    if found.workflows and found.ports:  # their activities are local: nobody polls for any
        return {**pollers, "max_concurrent_local_activities": found.slots, "no_remote_activities": True}
    if found.workflows:
        return pollers
    return {
        "max_concurrent_activities": found.slots,
        "activity_task_poller_behavior": PollerBehaviorSimpleMaximum(min(found.slots, 4)),
    }


def _versioning(settings: Settings) -> dict[str, Any]:
    """Worker versioning is on only where a build id says which build this is."""
    if not settings.build_id:
        return {}
    return {
        "deployment_config": WorkerDeploymentConfig(
            version=WorkerDeploymentVersion(deployment_name="docrunch", build_id=settings.build_id),
            use_worker_versioning=True,
            default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
        )
    }


async def _prepare(client: Client) -> None:
    await ensure_search_attributes(client)
    outcome = await reconcile(client, declared())
    log.info("schedules reconciled", created=outcome.created, updated=outcome.updated, removed=outcome.removed)


async def _run_until(workers: Sequence[Worker], stop: asyncio.Event) -> None:
    running = [asyncio.create_task(worker.run()) for worker in workers]
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait([*running, waiting], return_when=asyncio.FIRST_COMPLETED)
    await _cancel(waiting)
    await asyncio.gather(*(worker.shutdown() for worker in workers), return_exceptions=True)
    await asyncio.gather(*running)  # a fatal error of one worker ends the process: its supervisor starts a fresh one


async def _stop_when_idle(idle: IdleInterceptor, seconds: float, stop: asyncio.Event) -> None:
    while (left := seconds - idle.idle_seconds) > 0:
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), left)
            return
    log.info("worker is idle", seconds=seconds)
    stop.set()


async def _cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _on_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m workers.main", description=__doc__)
    parser.add_argument("--role", action="append", required=True, choices=[str(role) for role in Role], dest="roles")
    parser.add_argument("--exit-when-idle", type=float, metavar="SECONDS")
    options = parser.parse_args(arguments)
    roles = [Role(name) for name in dict.fromkeys(options.roles)]
    try:
        settings = load_settings()
        from workers.logging import configure_logging
        from workers.resources import serve  # heavy: engines and stores, by role

        configure_logging(settings.logging)
        rarely()
        asyncio.run(serve(roles, settings, exit_when_idle=options.exit_when_idle))
    except DocrunchError as error:
        print(f"error: {error.message}\n{error.hint or ''}".rstrip(), file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
