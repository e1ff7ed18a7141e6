"""What the ``runs`` commands do, with the services they need."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from api.cli import context
from api.cli.output import emit, emit_json, say
from api.cli.scan_follow import CANCELLED, follow
from api.cli.services import Services, open_services
from api.operations.runs import cancel_run, find_run
from api.operations.watch_run import RunEnd, run_end, watch_run
from db.repositories.runs import RunRow
from workflows.contracts.progress import Outcome

T = TypeVar("T")


def call(operation: Callable[[Services], Awaitable[T]]) -> T:
    """One operation with the services of the running stack."""

    async def once() -> T:
        async with open_services(context.connected(context.settings())) as services:
            return await operation(services)

    return asyncio.run(once())


def watch(text: str, as_json: bool) -> int:
    """Raises:
    DocrunchError: the run failed, or there is none.
    """

    async def look(services: Services) -> tuple[RunRow, RunEnd | None]:
        run = await find_run(services.database, text)
        try:
            end = await (_stream(services, run) if as_json else follow(services, run.workflow_id, run.run_id))
            return run, end
        except (KeyboardInterrupt, asyncio.CancelledError):
            return run, None

    run, end = call(look)
    if end is None:
        say(f"\nDetached; the run goes on. Cancel it with `docrunch runs cancel {run.workflow_id}`.")
        return CANCELLED
    if end.error is not None:
        raise end.error
    if not as_json:
        emit(str(end.outcome))
    return CANCELLED if end.outcome is Outcome.CANCELLED else 0


async def _stream(services: Services, run: RunRow) -> RunEnd:
    async for seen in watch_run(services.temporal, run.workflow_id, run.run_id):
        if isinstance(seen, RunEnd):
            emit_json({"outcome": str(seen.outcome), "workflow_id": run.workflow_id, "run_id": run.run_id})
            return seen
        emit_json({**msgspec.structs.asdict(seen), "phase": str(seen.phase), "counts": seen.counts.model_dump()})
    raise AssertionError("a run that is watched ends with its end")


def cancel(text: str, wait: bool) -> dict[str, str]:
    async def stop(services: Services) -> dict[str, str]:
        run = await find_run(services.database, text)
        await cancel_run(services.temporal, run.workflow_id)
        status = "cancelling"
        if wait:
            status = str((await run_end(services.temporal, run.workflow_id, run.run_id)).outcome)
        return {"workflow_id": run.workflow_id, "run_id": run.run_id, "status": status}

    return call(stop)
