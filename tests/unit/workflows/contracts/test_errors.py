"""An error keeps its code, its hint and whether waiting helps, all the way through Temporal."""

import asyncio

import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError, CancelledError, TimeoutError, TimeoutType

from docrunch.errors import DocrunchError, Failed, Unreachable, all_errors
from workflows.contracts import errors


@pytest.mark.parametrize("kind", all_errors().values(), ids=lambda kind: kind.code)
async def test_every_error_survives_the_journey(kind: type[DocrunchError]) -> None:
    failure = Failure()
    converter = pydantic_data_converter
    await converter.encode_failure(errors.to_application_error(kind("what happened", hint="what to do")), failure)
    found = errors.from_failure(await converter.decode_failure(failure))
    assert (type(found), found.message, found.hint) == (kind, "what happened", "what to do")


def test_only_what_helps_is_retried() -> None:
    assert not errors.to_application_error(Unreachable("away")).non_retryable
    assert errors.to_application_error(Failed("broken")).non_retryable


def test_the_innermost_message_is_told_when_nothing_is_known() -> None:
    outer = RuntimeError("outer")
    outer.__cause__ = ApplicationError("disk on fire", type="OSError")
    found = errors.from_failure(outer)
    assert isinstance(found, Failed)
    assert "disk on fire" in found.message


def test_cancellation_is_told_from_failure() -> None:
    wrapped = RuntimeError()
    wrapped.__cause__ = CancelledError()
    assert errors.is_cancellation(wrapped)
    assert errors.is_cancellation(asyncio.CancelledError())
    assert not errors.is_cancellation(ApplicationError("no"))


def test_the_kind_of_a_timeout_decides() -> None:
    waited = TimeoutError("", type=TimeoutType.SCHEDULE_TO_START, last_heartbeat_details=[])
    assert errors.waited_in_vain(waited)
    assert not errors.waited_in_vain(TimeoutError("", type=TimeoutType.START_TO_CLOSE, last_heartbeat_details=[]))
