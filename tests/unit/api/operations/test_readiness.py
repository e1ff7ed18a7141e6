"""/readyz: yes only when everything answers, and never waits for what does not."""

import asyncio
import time

from api.operations.readiness import FRESH_SECONDS, ReadinessProbe


async def good() -> str:
    return "fine"


async def bad() -> str:
    raise ConnectionError("refused")


async def silent() -> str:
    await asyncio.sleep(60)
    return "never"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_one_failing_check_makes_it_fail_and_is_named() -> None:
    found = await ReadinessProbe({"a": good, "b": bad})()
    assert found.status == "failing"
    assert found.checks["a"].status == "ok"
    assert "refused" in found.checks["b"].detail


async def test_silent_services_cost_two_seconds_in_all() -> None:
    began = time.monotonic()
    found = await ReadinessProbe({"a": silent, "b": silent, "c": good})()
    assert time.monotonic() - began < 3.5
    assert found.checks["a"].detail == "no answer within 2 s"


async def test_a_good_answer_is_kept_for_a_moment_and_a_bad_one_is_not() -> None:
    calls = []

    async def counted() -> str:
        calls.append(1)
        if len(calls) == 1:
            raise ConnectionError("starting")
        return "fine"

    clock = Clock()
    probe = ReadinessProbe({"a": counted}, now=clock)
    assert (await probe()).status == "failing"
    assert (await probe()).status == "ok"
    assert (await probe()).status == "ok"
    assert len(calls) == 2
    clock.now += FRESH_SECONDS + 1
    await probe()
    assert len(calls) == 3
