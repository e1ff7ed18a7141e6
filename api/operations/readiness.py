"""Whether what Docrunch needs answers: database at the newest migration, Temporal, the object store."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

import asyncpg
import msgspec
from obstore.store import from_url
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from db.migrations import current_head
from docrunch.config import Settings

CHECK_SECONDS = 2.0  # of each check; all run at once
FRESH_SECONDS = 5.0  # a good answer is given again for this long, so that probes cost nothing

Check = Callable[[], Awaitable[str]]
"""Returns a detail for people; raises when the thing is not usable."""


class CheckResult(msgspec.Struct, frozen=True):
    status: str  # ok | failing
    detail: str
    seconds: float


class Readiness(msgspec.Struct, frozen=True):
    status: str
    checks: dict[str, CheckResult]


class ReadinessProbe:
    """Runs checks side by side and remembers a good answer for a moment."""

    def __init__(self, checks: Mapping[str, Check], now: Callable[[], float] = time.monotonic) -> None:
        self._checks = checks
        self._now = now
        self._last: tuple[float, Readiness] | None = None

    async def __call__(self) -> Readiness:
        if self._last is not None and self._now() - self._last[0] < FRESH_SECONDS:
            return self._last[1]
        results = await asyncio.gather(*(_run(check) for check in self._checks.values()))
        checks = dict(zip(self._checks, results, strict=True))
        ok = all(result.status == "ok" for result in results)
        found = Readiness("ok" if ok else "failing", checks)
        self._last = (self._now(), found) if ok else None
        return found


async def _run(check: Check) -> CheckResult:
    started = time.monotonic()
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            status, detail = "ok", await check()
    except TimeoutError:
        status, detail = "failing", f"no answer within {CHECK_SECONDS:.0f} s"
    except Exception as error:  # noqa: BLE001 - the reason why a check fails is its answer, whatever it is
        status, detail = "failing", f"{type(error).__name__}: {error}"[:200]
    return CheckResult(status, detail, round(time.monotonic() - started, 3))


def stack_checks(settings: Settings) -> dict[str, Check]:
    """The checks of /readyz and `doctor`. Loads their libraries now, so that no check is late because of an import."""
    head = current_head()
    return {
        "database": lambda: _database(settings, head),
        "temporal": lambda: _temporal(settings),
        "objects": lambda: _objects(settings),
    }


async def _database(settings: Settings, head: str) -> str:
    if settings.database.url is None:
        raise ConnectionError("no database is configured and no local stack is running")
    connection = await asyncpg.connect(settings.database.url.get_secret_value(), timeout=CHECK_SECONDS)
    try:
        found = await connection.fetchval("SELECT version_num FROM alembic_version")
    finally:
        await connection.close()
    if found != head:
        raise RuntimeError(f"the schema is {found}, this Docrunch needs {head}: run `docrunch migrate`")
    return f"schema {found}"


async def _temporal(settings: Settings) -> str:
    if settings.temporal.address is None:
        raise ConnectionError("no Temporal server is configured and no local stack is running")
    key = settings.temporal.api_key
    client = await Client.connect(
        settings.temporal.address,
        namespace=settings.temporal.namespace,
        api_key=key.get_secret_value() if key else None,
        tls=settings.temporal.tls or key is not None,
    )
    await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=settings.temporal.namespace))
    return f"namespace {settings.temporal.namespace}"


async def _objects(settings: Settings) -> str:
    if settings.objects_url.startswith("file:"):
        store = from_url(settings.objects_url, mkdir=True)
    else:
        store = from_url(settings.objects_url)
    await asyncio.to_thread(lambda: next(iter(store.list(prefix="readiness-probe", chunk_size=1)), None))
    return settings.objects_url.split(":", 1)[0]
