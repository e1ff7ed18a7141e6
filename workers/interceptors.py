"""What happens around every activity: its ids in the logs, domain errors in the form that Temporal understands."""

import errno
import time
from typing import Any

import structlog
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from docrunch.errors import DocrunchError, Unreachable
from workflows.contracts.errors import to_application_error

_LOGGED_FIELDS = ("job_id", "scan_id")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class DocrunchInterceptor(Interceptor):
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Activity(super().intercept_activity(next))


class _Activity(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        with structlog.contextvars.bound_contextvars(**_context(input)):
            try:
                return await self.next.execute_activity(input)
            except DocrunchError as error:
                # While a step is tried again the server keeps 4 kB of its failure: the sentence, not its tracebacks.
                raise to_application_error(error) from (None if error.retryable else error)
            except OSError as error:
                if error.errno not in _NO_ROOM:
                    raise
                raise to_application_error(_no_room(error)) from None


def _no_room(error: OSError) -> Unreachable:
    where = f" of {error.filename}" if error.filename else ""
    return Unreachable(f"the disk{where} is full", hint="Make room; the work then resumes by itself.")


def _context(input: ExecuteActivityInput) -> dict[str, Any]:
    info = activity.info()
    found = {
        "workflow_id": info.workflow_id,
        "run_id": info.workflow_run_id,
        "activity": info.activity_type,
        "attempt": info.attempt,
        "queue": info.task_queue,
    }
    request = input.args[0] if input.args else None
    return found | {name: getattr(request, name) for name in _LOGGED_FIELDS if getattr(request, name, None)}


class IdleInterceptor(Interceptor):
    """Knows for how long a worker has had nothing to do, for ``--exit-when-idle``."""

    def __init__(self) -> None:
        self._running = 0
        self._since = time.monotonic()

    @property
    def idle_seconds(self) -> float:
        return 0.0 if self._running else time.monotonic() - self._since

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Counted(super().intercept_activity(next), self)

    def began(self) -> None:
        self._running += 1

    def ended(self) -> None:
        self._running -= 1
        self._since = time.monotonic()


class _Counted(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, idle: IdleInterceptor) -> None:
        super().__init__(next)
        self._idle = idle

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        self._idle.began()
        try:
            return await self.next.execute_activity(input)
        finally:
            self._idle.ended()
