"""One drain: what is due in one store of one repository, page by page, while we are its only writer.

A page is three transactions. The first reads what is due. The second notes, before the store is touched, that nobody
knows any more what it holds of these entities. The third writes what became of them, states and events together. A
process that is killed in between leaves entities that are written again, and nothing that is believed wrongly.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.projections.target import Batch, Change, Outcome, Target, TargetUnreachable, Workspace, Writes
from activities.sync_notes import Meters, Notes, name
from activities.sync_worker import APPLY_SECONDS, SyncWorker, of_the_store, plus
from db.bulk import fetch_one
from db.events import NewEvent, append
from db.repositories import sync, sync_targets
from db.repositories.sync import Due, Failure
from db.repositories.sync_lock import ProjectionLock
from db.repositories.sync_targets import Owner
from db.session import Database
from docrunch.config import SyncSettings
from docrunch.storage.model import REPORT_PRIORITY, Action, EntityType
from workflows.contracts.rebuild import RebuildRequest
from workflows.contracts.sync import DrainRequest, DrainResult, SyncTotals

PAGE = 128  # entities that are claimed together, and that a kill repeats at most

_log = structlog.get_logger()


class _Page(msgspec.Struct):
    """What became of claimed rows so far."""

    rows: list[Due]
    skipped: list[Due]
    done: list[Due]
    failed: dict[int, str]  # row → reason
    writes: Writes = msgspec.field(default_factory=Writes)


class Drain:
    def __init__(
        self,
        database: Database,
        settings: SyncSettings,
        request: DrainRequest,
        owner: Owner,
        notes: Notes,
        meters: Meters,
        lock: ProjectionLock,
    ) -> None:
        self._database = database
        self._settings = settings
        self._request = request
        self._owner = owner
        self._notes = notes
        self._meters = meters
        self._lock = lock
        self._held = list(request.held)
        self._totals = SyncTotals()
        self._breached = False  # it was when we came, or we said so
        self._half_open = False
        self._rebuilds: list[RebuildRequest] = []

    async def run(self, target: Target, *, probe: bool, seconds: float, key: str) -> DrainResult:
        """Work until nothing is due or ``seconds`` are over.

        Args:
            probe: the circuit is open: the store is asked whether it answers before anything is tried.
            key: of this run, for what is told once per run.

        Raises:
            TargetUnreachable: the store does not answer; what was applied before is noted.
            Unreachable: the database does not; a retry goes on where this drain has stopped.
        """
        until = asyncio.get_running_loop().time() + seconds
        self._half_open = probe
        worker = SyncWorker(target, apply_seconds=APPLY_SECONDS)
        if probe:
            await worker.check_health()
        await self._take_in(target)
        await self._ask_for_rebuilds(key)
        while await self._page(worker):
            if asyncio.get_running_loop().time() >= until:
                return await self._result(more=True)
        return await self._result(more=False)

    async def _take_in(self, target: Target) -> None:
        more = True
        while more:
            async with self._database.transaction() as connection:
                await self._lock.check(connection)
                found = await sync.take_in(connection, target.name, self._owner.id, sorted(target.takes))
            more = found.more

    async def _ask_for_rebuilds(self, key: str) -> None:
        """Refs whose backlog is better built anew are left alone from here on, and that is told."""
        limit = self._settings.rebuild_backlog
        async with self._database.transaction() as connection:
            backlog = await sync.backlog(connection, self._request.target, self._owner.id)
            spared = {0, *self._held, *self._request.drained_anyway}
            large = {ref: count for ref, count in sorted(backlog.items()) if count > limit and ref not in spared}
            told = []
            for ref, count in large.items():
                reason = f"{count:,} entities wait, more than {limit:,}"
                asked = RebuildRequest(
                    target=self._request.target, repository_id=self._owner.id, ref_id=ref, reason=reason
                )
                self._rebuilds.append(asked)
                self._held.append(ref)
                told.append(self._notes.rebuild_asked(ref, count, reason, key))
                _log.warning("a derived store is built anew", target=asked.target, ref=ref, reason=reason)
            await append(connection, told)

    async def _page(self, worker: SyncWorker) -> bool:
        """Claim, apply and note one page; False: nothing was due."""
        async with self._database.transaction() as connection:
            rows = await sync.claim(
                connection,
                self._request.target,
                self._owner.id,
                PAGE,
                reports_first=self._settings.prioritize == "reports",
                held=self._held,
            )
        if not rows:
            return False
        page = _Page(rows, [row for row in rows if worker.is_already_synced(row)], [], {})
        todo = [row for row in rows if not worker.is_already_synced(row)]
        away = await self._apply(worker, page, todo) if todo else None
        await self._note(page, close=self._half_open and away is None)
        if away is not None:
            raise away
        self._half_open = False
        return True

    # ── the store ──

    async def _apply(self, worker: SyncWorker, page: _Page, todo: Sequence[Due]) -> TargetUnreachable | None:
        try:
            places = {
                ref: await self._workspace(worker.target, ref) for ref in dict.fromkeys(row.ref_id for row in todo)
            }
        except TargetUnreachable as error:
            return error
        rows, changes = await self._begin(page, todo)
        for group in _groups(rows):
            self._lock.check_here()
            first = group[0]
            scans = [row.scan_id for row in group if row.scan_id]
            batch = Batch(places[first.ref_id], tuple(changes[row.id] for row in group), max(scans) if scans else None)
            step = worker.delete_projection if first.action is Action.DELETE else worker.update_projection
            try:
                _settle(page, group, await step(batch))
            except TargetUnreachable as error:
                return error
        return None

    async def _workspace(self, target: Target, ref_id: int) -> Workspace:
        """Where the ref is read from; made when it is first needed."""
        while (place := await self._active_or_first(target, ref_id)) is None:
            continue  # a rebuild was begun at the same moment: the next number is ours
        return place

    async def _active_or_first(self, target: Target, ref_id: int) -> Workspace | None:
        name_, owner = self._request.target, self._owner
        async with self._database.transaction() as connection:
            known = await sync_targets.workspace(connection, name_, owner.id, ref_id)
        generation = known.generation or known.next_generation
        place = Workspace(owner.id, owner.slug, ref_id, known.ref, generation)
        if known.generation is None:
            async with of_the_store(target.name, APPLY_SECONDS):
                await target.rebuild(place)
                await target.activate(place)
            async with self._database.transaction() as connection:
                if not await sync_targets.add_workspace(connection, name_, owner.id, ref_id, generation):
                    return None
        return place

    async def _begin(self, page: _Page, todo: Sequence[Due]) -> tuple[list[Due], dict[int, Change]]:
        """The rows whose texts fit into one page, and their changes; those that cannot be read have failed."""
        async with self._database.transaction() as connection:
            await self._lock.check(connection)
            upserts = [row for row in todo if row.action is not Action.DELETE]
            texts = await sync.payloads(connection, upserts)
            rows = [row for row in todo if row.action is Action.DELETE or row.event_id in texts]
            await sync.begin(connection, rows)
            lag = (await _now(connection) - min(row.enqueued_at for row in rows)).total_seconds()
            await append(connection, [self._notes.started(rows, max(0.0, lag))])
        changes: dict[int, Change] = {}
        for row in rows:
            try:
                changes[row.id] = _change(row, texts.get(row.event_id, ""))
            except ValueError as error:
                page.failed[row.id] = str(error)
        return [row for row in rows if row.id in changes], changes

    # ── the rows ──

    async def _note(self, page: _Page, *, close: bool) -> None:
        """Everything that a page changed, in one transaction."""
        settled = [*page.skipped, *page.done]
        async with self._database.transaction() as connection:
            await self._lock.check(connection)
            now = await _now(connection)
            failures = [self._failure(row, page.failed[row.id], now) for row in page.rows if row.id in page.failed]
            await sync.mark_synced(connection, settled)
            await sync.mark_failed(connection, failures)
            if close:
                await sync_targets.close_circuit(connection, self._request.target, self._owner.id)
            lags = {row.id: round(max(0.0, (now - row.enqueued_at).total_seconds()), 3) for row in settled}
            late = await self._late(connection, page.done, lags)
            writes = {name: count for name, count in _fields(page.writes).items() if count}
            told = [
                *self._notes.applied(page.done, lags, writes),
                *self._notes.skipped(page.skipped),
                *(self._notes.failed(each, self._pause(each.attempts)) for each in failures),
                *late,
            ]
            await append(connection, told)
        dead = [each for each in failures if each.next_attempt is None]
        for each in dead:
            _log.error(
                "an entity was given up: docrunch sync retry --failed",
                target=self._request.target, repository=self._owner.name, entity=name(each.row),
                attempts=each.attempts, error=each.error,
            )  # fmt: skip
        counted = SyncTotals(
            pages=1, applied=len(page.done), skipped=len(page.skipped), failed=len(failures), dead=len(dead),
            writes=writes,
        )  # fmt: skip
        self._totals = self._totals.plus(counted)
        done = [lags[row.id] for row in page.done]
        self._meters.page(
            done, writes, applied=counted.applied, skipped=counted.skipped, failed=counted.failed, dead=counted.dead
        )

    def _failure(self, row: Due, reason: str, now: datetime) -> Failure:
        attempts = row.attempts + 1
        dead = attempts >= self._settings.max_retries
        return Failure(row, attempts, reason, None if dead else now + timedelta(seconds=self._pause(attempts)))

    def _pause(self, failures: int) -> float:
        return backoff(self._settings, failures)

    async def _late(self, connection: AsyncConnection, done: Sequence[Due], lags: dict[int, float]) -> list[NewEvent]:
        """Breaches that nobody has told yet: the first late entity of each class."""
        found = []
        for of, limit in limits(self._settings).items():
            worst = max((lags[row.id] for row in done if class_of(row.priority) == of), default=0.0)
            if worst > limit:
                since = await sync_targets.breach(connection, self._request.target, self._owner.id)
                self._breached = True
                found.append(self._notes.late(of, worst, limit, len(done), since.isoformat()))
        return found

    async def _result(self, *, more: bool) -> DrainResult:
        target, number = self._request.target, self._owner.id
        async with self._database.transaction() as connection:
            if self._half_open and not more:
                await sync_targets.close_circuit(connection, target, number)
            wait = await sync.next_due(connection, target, number, self._held)
            lags = await sync_targets.waiting(connection, target, number)
            if not any(lag.seconds > limits(self._settings)[lag.of] for lag in lags):
                await sync_targets.end_breach(connection, target, number)
        waiting = sum(lag.waiting for lag in lags)
        self._meters.state(waiting, circuit_open=False)
        if wait is not None and wait > 0:
            wait = min(wait, self._settings.poll_interval_seconds)
        return DrainResult(
            totals=self._totals,
            wait_seconds=0.0 if more else wait,
            waiting=waiting,
            rebuild=tuple(self._rebuilds),
        )

    @property
    def totals(self) -> SyncTotals:
        return self._totals

    @property
    def rebuilds(self) -> tuple[RebuildRequest, ...]:
        return tuple(self._rebuilds)


def backoff(settings: SyncSettings, failures: int) -> float:
    """Seconds after so many failures in a row: 2, 4, 8 … up to the longest wait."""
    return float(min(settings.backoff_seconds * 2 ** min(failures - 1, 30), settings.max_backoff_seconds))


def limits(settings: SyncSettings) -> dict[str, float]:
    return {"report": settings.report_sla_seconds, "scan": settings.scan_sla_seconds}


def class_of(priority: int) -> str:
    return "report" if priority <= REPORT_PRIORITY else "scan"


def _groups(rows: Sequence[Due]) -> list[list[Due]]:
    """Rows that can be given to a store together: of one ref, type and action; deletions of a ref and type first.

    Ids are unique within a type only, and an outcome names ids.
    """
    found: dict[tuple[int, EntityType, bool], list[Due]] = {}
    for row in rows:
        found.setdefault((row.ref_id, row.entity_type, row.action is not Action.DELETE), []).append(row)
    first = {key[:2]: at for at, key in reversed(list(enumerate(found)))}
    return [found[key] for key in sorted(found, key=lambda key: (first[key[:2]], key[2]))]


def _settle(page: _Page, group: Sequence[Due], outcome: Outcome) -> None:
    page.writes = plus(page.writes, outcome.writes)
    for row in group:
        if row.entity_id in outcome.failed:
            page.failed[row.id] = outcome.failed[row.entity_id]
        else:
            page.done.append(row)


def _change(row: Due, text: str) -> Change:
    payload = None
    if row.action is not Action.DELETE:
        if not text:
            raise ValueError("its outbox row is gone")
        try:
            payload = msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise ValueError(f"its outbox row cannot be read: {error}") from error
    return Change(row.entity_type, row.entity_id, row.key, row.action, row.wanted_hash, payload, row.event_id)


def _fields(writes: Writes) -> dict[str, int]:
    return {"vectors": writes.vectors, "graph": writes.graph, "files": writes.files, "rows": writes.rows}


async def _now(connection: AsyncConnection) -> datetime:
    row = await fetch_one(connection, "SELECT clock_timestamp() AS now")
    return row["now"] if row else datetime.now(UTC)
