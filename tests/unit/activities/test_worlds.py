"""Computations that several runs share: the end of one run must not be the end of another."""

import asyncio

import pytest

from activities.worlds import Recent, Shards
from docrunch.errors import Conflict
from docrunch.graph.shards import Shard


async def test_a_run_does_not_fail_with_the_cancelled_run_whose_work_it_joined() -> None:
    recent: Recent[str, int] = Recent(2)
    began, dropped = asyncio.Event(), asyncio.Event()

    async def of_the_cancelled_run() -> int:
        began.set()
        await dropped.wait()
        raise Conflict("the scan is cancelled already")

    async def of_the_next_run() -> int:
        return 7

    first = asyncio.create_task(recent.get("facts", of_the_cancelled_run))
    await began.wait()
    first.cancel()
    second = asyncio.create_task(recent.get("facts", of_the_next_run))
    await asyncio.sleep(0)
    dropped.set()
    assert await second == 7
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_failure_that_nobody_waited_for_is_not_the_answer_of_a_retry() -> None:
    recent: Recent[str, int] = Recent(2)
    began, fail = asyncio.Event(), asyncio.Event()

    async def failing() -> int:
        began.set()
        await fail.wait()
        raise Conflict("late")

    async def working() -> int:
        return 1

    first = asyncio.create_task(recent.get("k", failing))
    await began.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    fail.set()
    await asyncio.sleep(0.01)
    assert await recent.get("k", working) == 1


async def test_callers_of_one_key_share_one_computation() -> None:
    recent: Recent[str, int] = Recent(2)
    calls = []

    async def make() -> int:
        calls.append(1)
        await asyncio.sleep(0.01)
        return len(calls)

    assert await asyncio.gather(*(recent.get("k", make) for _ in range(3))) == [1, 1, 1]


def test_decoded_shards_stay_within_their_bytes() -> None:
    shards = Shards(100)
    for number in range(10):
        shards.put(f"s{number}", Shard(), 30)
    assert [number for number in range(10) if shards.get(f"s{number}") is not None] == [7, 8, 9]
    shards.put("s9", Shard(), 30)  # again: counted once
    assert shards.get("s7") is not None
    shards.put("large", Shard(), 1_000)
    assert shards.get("large") is None
