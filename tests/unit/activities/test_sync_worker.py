"""Who is to blame: one entity, or the store. A wrong answer stops everything, or gives up what is not at fault."""

import errno
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from activities.projections.target import Batch, Change, Outcome, TargetUnreachable, Workspace, Writes
from activities.sync_drain import backoff
from activities.sync_worker import SyncWorker
from docrunch.config import SyncSettings
from docrunch.errors import InvalidConfig, Unreachable
from docrunch.storage.model import Action, EntityType

WORKSPACE = Workspace(1, "demo", 2, "main", 1)


class Store:
    """Applies with a function; says how large each batch was."""

    name = "store"
    takes = frozenset(EntityType)

    def __init__(self, step: Callable[[Batch], Awaitable[Outcome]], *, answers: bool = True) -> None:
        self._step = step
        self._answers = answers
        self.sizes: list[int] = []
        self.deleted: list[str] = []

    async def apply(self, batch: Batch) -> Outcome:
        self.sizes.append(len(batch.changes))
        return await self._step(batch)

    async def delete(self, batch: Batch) -> Outcome:
        self.deleted += [change.key for change in batch.changes]
        return Outcome()

    async def health(self) -> dict[str, Any]:
        if not self._answers:
            raise TargetUnreachable("it is away")
        return {}


def worker(store: Any, **options: Any) -> SyncWorker:
    return SyncWorker(store, **options)


def batch(count: int) -> Batch:
    return Batch(WORKSPACE, tuple(change(str(number)) for number in range(count)))


def change(key: str, action: Action = Action.UPSERT) -> Change:
    return Change(EntityType.FILE, f"2/{key}", key, action, b"h", {}, 1)


async def test_culprits_are_found_in_few_attempts_and_all_others_are_in() -> None:
    async def step(given: Batch) -> Outcome:
        if {each.key for each in given.changes} & {"17", "90"}:
            raise ValueError("17 or 90")
        return Outcome(Writes(files=len(given.changes)))

    store = Store(step)
    found = await worker(store).update_projection(batch(128))
    assert found.failed == {"2/17": "ValueError: 17 or 90", "2/90": "ValueError: 17 or 90"}
    assert found.writes.files == 126
    assert len(store.sizes) <= 2 * 2 * 8


@pytest.mark.parametrize(
    "error",
    [
        TargetUnreachable("away"),
        ConnectionResetError("gone"),
        OSError(errno.ENOSPC, "no space left"),
        InvalidConfig("storage.markdown.path is a file"),
    ],
)
async def test_what_no_entity_can_help_blames_none(error: Exception) -> None:
    async def step(given: Batch) -> Outcome:
        raise error

    store = Store(step)
    with pytest.raises(TargetUnreachable):
        await worker(store).update_projection(batch(8))
    assert store.sizes == [8]


async def test_a_database_of_ours_that_is_away_is_not_the_store() -> None:
    async def step(given: Batch) -> Outcome:
        raise Unreachable("the database does not answer")

    with pytest.raises(Unreachable) as raised:
        await worker(Store(step)).update_projection(batch(2))
    assert not isinstance(raised.value, TargetUnreachable)


async def test_silence_blames_the_store_that_does_not_answer_either() -> None:
    async def step(given: Batch) -> Outcome:
        raise TimeoutError

    with pytest.raises(TargetUnreachable, match="it is away"):
        await worker(Store(step, answers=False)).update_projection(batch(4))
    found = await worker(Store(step)).update_projection(batch(2))
    assert found.failed.keys() == {"2/0", "2/1"}


@pytest.mark.parametrize("told", [True, False])
async def test_a_store_that_takes_nothing_blames_no_entity(told: bool) -> None:
    """It answers, and deletes; what it is given it refuses, one by one or all at once."""

    async def step(given: Batch) -> Outcome:
        if told:
            return Outcome(failed={each.entity_id: "no room" for each in given.changes})
        raise RuntimeError("no room")

    store = Store(step, answers=False)
    for count in (4, 1):
        with pytest.raises(TargetUnreachable, match="it is away"):
            await worker(store).update_projection(batch(count))
    assert store.sizes == [4, 1]


async def test_one_event_goes_the_way_of_its_action() -> None:
    async def step(given: Batch) -> Outcome:
        return Outcome(Writes(rows=1))

    store = Store(step)
    subject = worker(store)
    assert (await subject.process_event(WORKSPACE, change("a"))).writes.rows == 1
    await subject.process_event(WORKSPACE, change("b", Action.DELETE))
    assert (store.sizes, store.deleted) == ([1], ["b"])


async def test_reasons_of_a_hostile_store_stay_short() -> None:
    async def step(given: Batch) -> Outcome:
        return Outcome(failed={"2/0": "x" * 100_000})

    found = await worker(Store(step)).update_projection(batch(1))
    assert len(found.failed["2/0"]) == 500


def test_pauses_double_up_to_the_longest() -> None:
    assert [backoff(SyncSettings(), failures) for failures in (1, 2, 5, 6, 7, 100_000)] == [2, 4, 32, 64, 120, 120]
