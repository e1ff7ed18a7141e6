"""Drains and sweeps of the outbox: the circuit of each store, and who is woken."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity
from temporalio.service import RPCError

from activities.heartbeat import heartbeating
from activities.projections.registry import Targets
from activities.projections.target import TargetUnreachable
from activities.sync_drain import Drain, backoff, limits
from activities.sync_notes import Meters, Notes
from activities.sync_signal import SyncSignal
from activities.sync_worker import of_the_store
from db.events import append
from db.repositories import sync_status, sync_targets
from db.repositories.sync_lock import Busy, alone, writing
from db.repositories.sync_status import Pair
from db.repositories.sync_targets import Owner, TargetState
from db.session import Database
from docrunch.config import SyncSettings
from docrunch.errors import DocrunchError, InvalidConfig, Unreachable
from workflows.contracts.options import DRAIN_SECONDS
from workflows.contracts.sync import (
    DrainRequest,
    DrainResult,
    SyncActivities,
    SyncRequest,
    SyncSweepRequest,
    SyncSweepResult,
)

LOCK_PATIENCE = 10.0  # seconds that a retry waits for the attempt before it to notice that it is late
BUSY_SECONDS = 5.0
RECOVER_SECONDS = 120.0  # for one store; the sweep that did not get through goes on in a minute
SHOWN_IDS = 20
OFF = "storage.sync.enabled is false: derived stores stay as they are"

ReadPage = Callable[[AsyncConnection, Sequence[str], int, Pair | None], Awaitable[list[Pair]]]

_log = structlog.get_logger()


class Sync(SyncActivities):
    def __init__(
        self,
        database: Database,
        targets: Targets,
        settings: SyncSettings,
        signal: SyncSignal,
        *,
        drain_seconds: float = DRAIN_SECONDS,
    ) -> None:
        self._database = database
        self._targets = targets
        self._settings = settings
        self._signal = signal
        self._seconds = drain_seconds
        self._recovered: set[str] = set()  # targets that were looked through since this process started

    @activity.defn(name="drain_outbox")
    async def drain_outbox(self, request: DrainRequest) -> DrainResult:
        if not self._settings.enabled:
            return DrainResult(note=OFF)
        if request.target not in self._settings.targets:
            return DrainResult(note=f"{request.target} is not among storage.sync.targets")
        async with heartbeating():
            try:
                async with writing(
                    self._database, request.target, request.repository_id, patience=LOCK_PATIENCE
                ) as lock:
                    async with self._database.transaction() as connection:
                        owner = await sync_targets.owner(connection, request.repository_id)
                        state = await sync_targets.state(connection, request.target, request.repository_id)
                    if owner is None:
                        return DrainResult(note="the repository was removed")
                    if state.probe_in is not None and state.probe_in > 0:
                        return DrainResult(
                            wait_seconds=state.probe_in, circuit_open=True, note=state.error or "it does not answer"
                        )
                    notes = Notes(request.target, owner, activity.info().workflow_id or "")
                    meters = Meters(request.target)
                    drain = Drain(self._database, self._settings, request, owner, notes, meters, lock)
                    return await self._drain(drain, owner, state, notes, meters)
            except Busy as busy:
                return DrainResult(wait_seconds=BUSY_SECONDS, note=busy.message)

    async def _drain(self, drain: Drain, owner: Owner, state: TargetState, notes: Notes, meters: Meters) -> DrainResult:
        key = activity.info().workflow_run_id or activity.info().activity_id
        try:
            try:
                target = await self._targets.get(notes.target)
            except (InvalidConfig, ImportError) as error:
                message = error.message if isinstance(error, DocrunchError) else f"it cannot be loaded: {error}"
                raise TargetUnreachable(message) from error
            return await drain.run(target, probe=state.open, seconds=self._seconds, key=key)
        except TargetUnreachable as error:
            return await self._open(drain, owner, notes, meters, error)

    async def _open(
        self, drain: Drain, owner: Owner, notes: Notes, meters: Meters, error: TargetUnreachable
    ) -> DrainResult:
        """The store does not answer: nothing is tried until a probe, and no entity has lost an attempt."""
        async with self._database.transaction() as connection:
            state = await sync_targets.state(connection, notes.target, owner.id)
            failures = 1 if drain.totals.applied else state.failures + 1
            pause = backoff(self._settings, failures)
            await sync_targets.open_circuit(connection, notes.target, owner.id, error.message, pause)
            lags = await sync_targets.waiting(connection, notes.target, owner.id)
            await append(connection, [notes.unreachable(error.message, failures, pause)])
        waiting = sum(lag.waiting for lag in lags)
        meters.state(waiting, circuit_open=True)
        _log.warning(
            "a derived store does not answer", target=notes.target, repository=owner.name, error=error.message,
            waiting=waiting, next_probe_seconds=pause,
        )  # fmt: skip
        return DrainResult(
            totals=drain.totals,
            wait_seconds=pause,
            waiting=waiting,
            circuit_open=True,
            note=error.message,
            rebuild=drain.rebuilds,
        )

    # ── the sweep ──

    @activity.defn(name="sweep_sync")
    async def sweep_sync(self, request: SyncSweepRequest) -> SyncSweepResult:
        if not self._settings.enabled:
            return SyncSweepResult()
        targets = self._settings.targets
        async with heartbeating():
            late = await self._all(sync_status.with_waiting, request.limit)
            due = await self._all(sync_status.with_work, request.limit)
            breached = sum([await self._check_levels(pair) for pair in late])
            woken = await self._wake(due)
            recovered, left = await self._recover(targets)
        return SyncSweepResult(
            signalled=len(woken),
            breached=breached,
            recovered=recovered,
            unrecovered=tuple(left),
            workflow_ids=tuple(woken[:SHOWN_IDS]),
        )

    async def _all(self, page: ReadPage, limit: int) -> list[Pair]:
        found: list[Pair] = []
        more = True
        while more:
            async with self._database.transaction() as connection:
                read = await page(connection, self._settings.targets, limit, found[-1] if found else None)
            found += read
            more = len(read) == limit
        return found

    async def _check_levels(self, pair: Pair) -> int:
        """Tell what waits for longer than it may, once while it lasts."""
        owner = Owner(pair.repository_id, pair.tenant, pair.repository, "")
        notes = Notes(pair.target, owner, activity.info().workflow_id or "")
        async with self._database.transaction() as connection:
            await sync_targets.state(connection, pair.target, pair.repository_id)
            lags = await sync_targets.waiting(connection, pair.target, pair.repository_id)
            over = [lag for lag in lags if lag.seconds > limits(self._settings)[lag.of]]
            if not over:
                await sync_targets.end_breach(connection, pair.target, pair.repository_id)
                return 0
            since = await sync_targets.breach(connection, pair.target, pair.repository_id)
            told = [
                notes.late(lag.of, lag.seconds, limits(self._settings)[lag.of], lag.waiting, since.isoformat())
                for lag in over
            ]
            fresh = len(await append(connection, told))
        if fresh:
            _log.warning(
                "a derived store is late", target=pair.target, repository=pair.repository,
                lag_seconds=round(max(lag.seconds for lag in over), 1),
            )  # fmt: skip
        return fresh

    async def _wake(self, due: Sequence[Pair]) -> list[str]:
        woken = []
        for pair in due:
            request = SyncRequest(
                target=pair.target, repository_id=pair.repository_id, repository=pair.repository, tenant=pair.tenant
            )
            try:
                woken.append(await self._signal.wake(request))
            except RPCError as error:
                raise Unreachable(f"Temporal does not answer ({error.status.name.lower()})") from error
        return woken

    async def _recover(self, targets: Sequence[str]) -> tuple[int, list[str]]:
        """Stores in which a killed process left entities half written, while nobody writes there.

        Returns how many entities are whole again, and the stores that failed; the others are looked through.

        Entities that are still wanted are repaired by their next drain as well; this finds those that are not.
        """
        async with self._database.transaction() as connection:
            unfinished = set(await sync_targets.unfinished(connection, targets))
            first = set(await sync_targets.used(connection, targets)) - self._recovered
        found, left = 0, list[str]()
        for name in sorted(unfinished | first):
            with suppress(Busy):  # whoever writes there brings it back first
                async with alone(self._database, name):
                    try:
                        async with of_the_store(name, RECOVER_SECONDS):
                            found += await (await self._targets.get(name)).recover()
                        self._recovered.add(name)
                    except TargetUnreachable as error:
                        _log.warning("a derived store could not be looked through", target=name, error=error.message)
                        left.append(name)
        return found, left
