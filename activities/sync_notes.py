"""Events and metrics of a drain: the lineage of every entity from its commit into each store."""

import uuid
from collections.abc import Iterable, Mapping, Sequence

from temporalio import activity

from db.events import NewEvent, event_id
from db.events.model import (
    Payload,
    SyncApplied,
    SyncDead,
    SyncFailed,
    SyncSkipped,
    SyncSlaBreached,
    SyncStarted,
    WorkflowProgress,
)
from db.publishing.outbox import cause_key
from db.repositories.sync import Due, Failure
from db.repositories.sync_targets import Owner


class Notes:
    """Events of one store of one repository. A page commits once, so each of its events has a key of its own."""

    def __init__(self, target: str, owner: Owner, job_id: str) -> None:
        self.target = target
        self._owner = owner
        self._job_id = job_id

    def started(self, rows: Sequence[Due], lag: float) -> NewEvent:
        return self._event(SyncStarted(self.target, len(rows), round(lag, 3)), cause(rows[0]))

    def applied(self, rows: Sequence[Due], lags: Mapping[int, float], writes: Mapping[str, int]) -> list[NewEvent]:
        """One event per cause."""
        found: list[NewEvent] = []
        for parent, part in _by_cause(rows):
            payload = SyncApplied(
                self.target, [name(row) for row in part], _hashes(part), [lags[row.id] for row in part],
                dict(writes) if not found else {},
            )  # fmt: skip
            found.append(self._event(payload, parent))
        return found

    def skipped(self, rows: Sequence[Due]) -> list[NewEvent]:
        return [
            self._event(SyncSkipped(self.target, [name(row) for row in part], _hashes(part)), parent)
            for parent, part in _by_cause(rows)
        ]

    def failed(self, failure: Failure, retry_seconds: float) -> NewEvent:
        """A failed attempt, or the end of all attempts."""
        row = failure.row
        payload: Payload = SyncFailed(
            self.target, name(row), _hex(row.wanted_hash), failure.error, failure.attempts, retry_seconds
        )
        if failure.next_attempt is None:
            payload = SyncDead(self.target, name(row), _hex(row.wanted_hash), failure.error, failure.attempts)
        return self._event(payload, cause(row))

    def unreachable(self, error: str, failures: int, retry_seconds: float) -> NewEvent:
        return self._event(SyncFailed(self.target, None, None, error, failures, retry_seconds), None)

    def late(self, of: str, lag: float, limit: float, waiting: int, since: str) -> NewEvent:
        """Told once for each class (``of``) while one breach lasts."""
        payload = SyncSlaBreached(self.target, of, round(lag, 3), limit, waiting)
        return self._event(payload, None, f"sync.sla:{self.target}:{self._owner.id}:{of}:{since}")

    def rebuild_asked(self, ref_id: int, waiting: int, reason: str, key: str) -> NewEvent:
        payload = WorkflowProgress("sync", 0, waiting, "entities", f"{self.target}: {reason}; it is built anew")
        return self._event(payload, None, f"sync.rebuild_asked:{self.target}:{ref_id}:{key}")

    def _event(self, payload: Payload, parent: str | None, key: str | None = None) -> NewEvent:
        return NewEvent(
            payload=payload,
            subject=self._owner.name,
            idempotency_key=key or f"sync:{uuid.uuid4().hex}",
            job_id=self._job_id,
            repository_id=self._owner.id,
            parent_id=parent,
            tenant_id=self._owner.tenant,
        )


def name(row: Due) -> str:
    return f"{row.entity_type}:{row.entity_id}"


def cause(row: Due) -> str:
    """``event_id`` of the event that told the change."""
    return event_id(cause_key(row.entity_type, row.scan_id, row.event_id))


def _by_cause(rows: Iterable[Due]) -> list[tuple[str, list[Due]]]:
    found: dict[str, list[Due]] = {}
    for row in rows:
        found.setdefault(cause(row), []).append(row)
    return list(found.items())


def _hashes(rows: Sequence[Due]) -> list[str | None]:
    return [_hex(row.wanted_hash) for row in rows]


def _hex(value: bytes | None) -> str | None:
    return value.hex() if value is not None else None


class Meters:
    """Metrics of the Temporal SDK's meter, exported wherever its runtime exports."""

    def __init__(self, target: str) -> None:
        meter = activity.metric_meter().with_additional_attributes({"target": target})
        self._entities = meter.create_counter("docrunch_sync_entities", "Entities by outcome", "entities")
        self._writes = meter.create_counter("docrunch_sync_writes", "Writes that reached the store", "writes")
        self._lag = meter.create_histogram_float("docrunch_sync_lag", "From a change to its being applied", "s")
        self._waiting = meter.create_gauge("docrunch_sync_waiting", "Entities that wait for the store", "entities")
        self._circuit = meter.create_gauge("docrunch_sync_circuit_open", "1 while the store does not answer")

    def page(self, lags: Iterable[float], writes: Mapping[str, int], **outcomes: int) -> None:
        for outcome, count in outcomes.items():
            if count:
                self._entities.add(count, {"outcome": outcome})
        for kind, count in writes.items():
            if count:
                self._writes.add(count, {"kind": kind})
        for lag in lags:
            self._lag.record(lag)

    def state(self, waiting: int, *, circuit_open: bool) -> None:
        self._waiting.set(waiting)
        self._circuit.set(int(circuit_open))
