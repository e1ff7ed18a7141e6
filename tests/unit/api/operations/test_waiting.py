"""What a person is told while a service is away: the reason, and the steps it stops; nothing once they work again."""

from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.failure.v1 import Failure, ServerFailureInfo
from temporalio.api.workflow.v1 import PendingActivityInfo

from api.operations.waiting import describe

NOW = datetime(2026, 1, 1, tzinfo=UTC)
WAITS = PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
WORKS = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED


def step(
    name: str, message: str = "", state: "PendingActivityState.ValueType" = WAITS, since: float = 0
) -> PendingActivityInfo:
    found = PendingActivityInfo(state=state)
    found.activity_type.name = name
    if message:
        found.last_failure.CopyFrom(Failure(message=message))
    found.last_started_time.FromDatetime(NOW - timedelta(seconds=since))
    return found


def test_nothing_is_said_of_steps_that_wait_for_their_turn_or_work() -> None:
    assert describe([step("parse_page"), step("link", state=WORKS)], NOW) == ""


def test_one_reason_is_said_once_with_the_steps_that_it_stops() -> None:
    away = "the database does not answer"
    found = describe([step("parse_page", away), step("embed_range", away), step("pack", "the disk is full.")], NOW)
    assert found == f"{away} (embed_range, parse_page; tried again); the disk is full (pack; tried again)"


def test_a_step_that_works_again_is_no_longer_waited_for() -> None:
    message = "the database does not answer"
    assert describe([step("link", message, WORKS, since=1)], NOW) != ""
    assert describe([step("link", message, WORKS, since=60)], NOW) == ""


def test_a_failure_that_the_server_cut_short_shows_its_own_sentence() -> None:
    cut = step("pack", "Failure exceeds size limit.")
    cut.last_failure.server_failure_info.CopyFrom(ServerFailureInfo())
    cut.last_failure.cause.CopyFrom(Failure(message="the disk is full"))
    assert describe([cut], NOW) == "the disk is full (pack; tried again)"
