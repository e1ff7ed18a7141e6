"""An error leaves an activity in a form that says what happened, and whether trying again can help."""

import errno
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from docrunch.errors import Conflict, Unreachable
from workers.interceptors import DocrunchInterceptor


class Failing(ActivityInboundInterceptor):
    def __init__(self, error: Exception) -> None:
        self.error = error

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        raise self.error


async def raised(error: Exception) -> BaseException:
    chain = DocrunchInterceptor().intercept_activity(Failing(error))
    given = ExecuteActivityInput(fn=lambda: None, args=[], executor=None, headers={})
    with pytest.raises(Exception) as found:
        await ActivityEnvironment().run(chain.execute_activity, given)
    return found.value


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
async def test_a_full_disk_is_waited_for_and_says_where_it_is(number: int) -> None:
    found = await raised(OSError(number, "No space left on device", "/var/work/tree"))
    assert isinstance(found, ApplicationError)
    assert (found.type, found.non_retryable) == ("unreachable", False)
    assert str(found) == "unreachable: the disk of /var/work/tree is full"


async def test_other_errors_of_the_system_are_left_as_they_are() -> None:
    assert isinstance(await raised(PermissionError(errno.EACCES, "denied", "/x")), PermissionError)


async def test_what_is_tried_again_is_short_and_what_is_not_keeps_its_cause() -> None:
    """The server keeps 4 kB of a failure that is tried again: with its causes the sentence would be cut away."""
    cause = RuntimeError("deep inside")
    for error in (Unreachable("away"), Conflict("taken")):
        error.__cause__ = cause
    again, never = await raised(Unreachable("away")), await raised(Conflict("taken"))
    assert isinstance(again, ApplicationError)
    assert isinstance(never, ApplicationError)
    assert (again.non_retryable, again.__cause__) == (False, None)
    assert never.non_retryable
    assert isinstance(never.__cause__, Conflict)
