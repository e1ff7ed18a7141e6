"""Recurring workflows, declared in `temporal-config/schedules.yaml` and reconciled with the server at start."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from docrunch.errors import InvalidConfig
from workers.config_files import config_file
from workflows.contracts.ids import schedule_workflow_id
from workflows.contracts.queues import Queue

FILE = config_file("schedules.yaml")
NOTE = "managed by docrunch: temporal-config/schedules.yaml"
_EVERY = re.compile(r"(\d+)(s|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_OVERLAP = {"skip": ScheduleOverlapPolicy.SKIP, "buffer-one": ScheduleOverlapPolicy.BUFFER_ONE}


class Declared(BaseModel):
    """One entry of the file; exactly one of ``every`` and ``cron``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    workflow: str
    summary: str
    every: str | None = Field(None, pattern=r"^\d+(s|m|h|d)$")
    cron: str | None = None  # UTC
    args: dict[str, Any] = {}
    overlap: str = Field("skip", pattern="^(skip|buffer-one)$")

    def spec(self) -> ScheduleSpec:
        if self.cron:
            return ScheduleSpec(cron_expressions=[self.cron])
        amount, unit = _EVERY.fullmatch(self.every or "").groups()  # type: ignore[union-attr]
        return ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(**{_UNITS[unit]: int(amount)}))])


@dataclass(frozen=True, slots=True)
class Reconciled:
    created: tuple[str, ...]
    updated: tuple[str, ...]
    removed: tuple[str, ...]


def declared(path: Path = FILE) -> tuple[Declared, ...]:
    """The schedules of a file.

    Raises:
        InvalidConfig: the file is missing, malformed, or declares an id twice.
    """
    try:
        rows = [Declared.model_validate(row) for row in yaml.safe_load(path.read_text()) or []]
    except (OSError, yaml.YAMLError, ValidationError, TypeError) as error:
        raise InvalidConfig(f"{path.name} cannot be used: {error}") from error
    ids = [row.id for row in rows]
    if len(set(ids)) != len(ids) or any(bool(row.every) == bool(row.cron) for row in rows):
        raise InvalidConfig(f"{path.name}: every schedule needs an id of its own and one of `every` and `cron`")
    return tuple(rows)


@contextmanager
def suppress_gone() -> Iterator[None]:
    """Lists of schedules lag behind: one of them may be gone already."""
    try:
        yield
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


async def reconcile(client: Client, schedules: Sequence[Declared], *, queue: str = Queue.WORKFLOWS) -> Reconciled:
    """Make the server's schedules those declared. One that an operator paused stays paused."""
    existing = {each.id async for each in await client.list_schedules() if _is_ours(each)}
    created, updated = [], []
    for row in schedules:
        try:
            await client.create_schedule(row.id, _schedule(row, queue))
            created.append(row.id)
        except ScheduleAlreadyRunningError:
            await _update(client, row, queue)
            updated.append(row.id)
    removed = sorted(existing - {row.id for row in schedules})
    for name in removed:
        with suppress_gone():
            await client.get_schedule_handle(name).delete()
    return Reconciled(tuple(created), tuple(updated), tuple(removed))


async def _update(client: Client, row: Declared, queue: str) -> None:
    async def replace(current: ScheduleUpdateInput) -> ScheduleUpdate:
        wanted = _schedule(row, queue)
        wanted.state.paused = current.description.schedule.state.paused
        return ScheduleUpdate(schedule=wanted)

    await client.get_schedule_handle(row.id).update(replace)


def _schedule(row: Declared, queue: str) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            row.workflow,
            row.args,
            id=schedule_workflow_id(row.id),
            task_queue=queue,
            static_summary=row.summary,
        ),
        spec=row.spec(),
        policy=SchedulePolicy(overlap=_OVERLAP[row.overlap], catchup_window=timedelta(minutes=10)),
        state=ScheduleState(note=NOTE),
    )


def _is_ours(listed: Any) -> bool:
    return bool(listed.schedule and listed.schedule.state and listed.schedule.state.note == NOTE)
