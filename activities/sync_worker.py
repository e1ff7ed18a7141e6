"""What becomes of entities when they are given to a store: in one go, and one by one where one of them is at fault."""

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec

from activities.projections.target import Batch, Change, Outcome, Target, TargetUnreachable, Workspace, Writes
from db.repositories.sync import Due
from db.session import database_error
from docrunch.errors import AuthError, InvalidConfig, Unreachable
from docrunch.storage.model import Action

APPLY_SECONDS = 300.0  # for one batch of a page: 100 × what it takes
HEALTH_SECONDS = 10.0
REASON_CHARACTERS = 500
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class SyncWorker:
    """The logic of one store, entity by entity. Knows nothing of rows and events."""

    def __init__(self, target: Target, *, apply_seconds: float = APPLY_SECONDS) -> None:
        self.target = target
        self._seconds = apply_seconds

    def is_already_synced(self, row: Due) -> bool:
        """Whether the store holds what is wanted; never for one whose last attempt ended without an outcome."""
        return row.wanted_hash == row.synced_hash

    async def process_event(self, workspace: Workspace, change: Change, scan_id: int | None = None) -> Outcome:
        """Bring one entity to its newest state."""
        batch = Batch(workspace, (change,), scan_id)
        return await (self.delete_projection if change.action is Action.DELETE else self.update_projection)(batch)

    async def update_projection(self, batch: Batch) -> Outcome:
        """Raises:
        TargetUnreachable: the store does not answer; no entity is to blame.
        Unreachable: our own database does not.
        """
        return await self._try(self.target.apply, batch)

    async def delete_projection(self, batch: Batch) -> Outcome:
        """Raises: as `update_projection`."""
        return await self._try(self.target.delete, batch)

    async def _try(self, step: Callable[[Batch], Awaitable[Outcome]], batch: Batch) -> Outcome:
        """All at once; where that fails, halves, until the culprits are found and the others are in.

        Whatever fails, the store itself is asked before an entity is blamed: one that takes nothing refuses them all.
        """
        try:
            async with asyncio.timeout(self._seconds):
                outcome = _cut(await step(batch))
            if outcome.failed:
                await self.check_health()
            return outcome
        except TimeoutError:
            reason = f"nothing came of it within {self._seconds:g} s"
        except Exception as error:  # noqa: BLE001 - a store may fail in any way; each failure is told and counted
            _raise_if_of_the_store(error)
            reason = f"{type(error).__name__}: {error}"
        await self.check_health()
        if len(batch.changes) == 1:
            return _cut(Outcome(failed={batch.changes[0].entity_id: reason}))
        middle = len(batch.changes) // 2
        first = await self._try(step, msgspec.structs.replace(batch, changes=batch.changes[:middle]))
        second = await self._try(step, msgspec.structs.replace(batch, changes=batch.changes[middle:]))
        return Outcome(plus(first.writes, second.writes), first.failed | second.failed)

    async def check_health(self) -> None:
        """Raises:
        TargetUnreachable: the store does not answer, or takes nothing.
        """
        async with of_the_store(self.target.name):
            await self.target.health()


@asynccontextmanager
async def of_the_store(name: str, seconds: float = HEALTH_SECONDS) -> AsyncIterator[None]:
    """A question to the store itself: whatever goes wrong with it, no entity is to blame.

    Raises:
        TargetUnreachable: it failed, or took longer than ``seconds``.
        Unreachable: our own database does not answer.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise TargetUnreachable(f"{name} does not answer within {seconds:g} s") from None
    except Exception as error:
        _raise_if_of_the_store(error)
        raise TargetUnreachable(f"{name} fails: {type(error).__name__}: {error}") from error


def plus(one: Writes, other: Writes) -> Writes:
    return Writes(one.vectors + other.vectors, one.graph + other.graph, one.files + other.files, one.rows + other.rows)


def _raise_if_of_the_store(error: Exception) -> None:
    """Errors for which no entity is to blame: raised as what they are."""
    if isinstance(error, Unreachable):
        raise error
    if isinstance(error, InvalidConfig | AuthError):
        raise TargetUnreachable(error.message, hint=error.hint) from error
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        raise TargetUnreachable(
            f"the disk is full or read-only: {error}", hint="Make room; it then resumes."
        ) from error
    if isinstance(error, ConnectionError):
        raise TargetUnreachable(f"the connection was lost: {error}") from error
    lost = database_error(error)
    if isinstance(lost, Unreachable):
        raise TargetUnreachable(lost.message, hint=lost.hint) from error


def _cut(outcome: Outcome) -> Outcome:
    failed = {name: reason[:REASON_CHARACTERS] or "failed without a reason" for name, reason in outcome.failed.items()}
    return Outcome(outcome.writes, failed)
