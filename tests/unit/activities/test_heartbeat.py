"""What a cancelled activity may leave running, and what it must say."""

import asyncio
import threading

import pytest

from activities.heartbeat import finished, in_thread


async def test_a_cancelled_activity_ends_after_its_thread() -> None:
    release, ended = threading.Event(), threading.Event()

    def work() -> None:
        release.wait(5)
        ended.set()

    task = asyncio.create_task(in_thread(work))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    release.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_a_point_of_no_return_that_was_passed_is_reported_to_who_cancelled() -> None:
    commit = asyncio.Event()

    async def publish() -> str:
        await commit.wait()
        return "published"

    task = asyncio.create_task(finished(publish(), keep_result=True))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    commit.set()
    assert await task == "published"
