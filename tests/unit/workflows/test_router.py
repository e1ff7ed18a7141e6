"""A user waits for interactive work; work that is not interactive must not stand in its way."""

import pytest

from workflows.contracts.queues import Queue
from workflows.contracts.routing import Lane
from workflows.router import route


@pytest.mark.parametrize(("seconds", "lane"), [(29.0, Lane.FAST), (30.0, Lane.DURABLE), (31.0, Lane.DURABLE)])
def test_thirty_seconds_are_the_border(seconds: float, lane: Lane) -> None:
    assert route(seconds).lane is lane
    assert route(1000.0, history_seconds=seconds).lane is lane


def test_the_last_run_knows_better_than_the_estimate() -> None:
    assert route(5.0, history_seconds=300.0).lane is Lane.DURABLE
    assert route(300.0, history_seconds=2.0).lane is Lane.FAST


def test_the_decision_says_why() -> None:
    assert route(12.34).reason == "estimate of 12.3 s is under 30 s"
    assert route(12.34, 30.0).reason == "last run of 30.0 s is not under 30 s"


def test_fast_work_has_priority_and_its_own_queue() -> None:
    fast, durable = route(1.0), route(60.0)
    assert fast.queue(Queue.PACK) is Queue.FAST
    assert durable.queue(Queue.PACK) is Queue.PACK
    assert fast.priority < durable.priority
