"""Domain errors on their way through Temporal and back: one table, no input or output."""

import asyncio
from collections.abc import Iterator

from temporalio.exceptions import (
    ApplicationError,
    CancelledError,
    TerminatedError,
    TimeoutError,
    TimeoutType,
)

from docrunch.errors import DocrunchError, Failed, all_errors

from .model import Contract


class ErrorDetail(Contract):
    """What an `ApplicationError` carries so that the far side can rebuild the domain error."""

    code: str
    message: str
    hint: str | None = None
    exit_code: int = 1


def describe(error: DocrunchError) -> ErrorDetail:
    return ErrorDetail(code=error.code, message=error.message, hint=error.hint, exit_code=error.exit_code)


def to_application_error(error: DocrunchError, *more: Contract) -> ApplicationError:
    """The Temporal form: ``type`` is the stable code, retried only where the error says that it helps.

    Details are an `ErrorDetail` and what the caller adds.
    """
    return ApplicationError(error.message, describe(error), *more, type=error.code, non_retryable=not error.retryable)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it was caused by, outermost first."""
    while error is not None:
        yield error
        error = error.__cause__


def from_failure(error: BaseException) -> DocrunchError:
    """The domain error inside a failed activity, child or workflow, or `Failed` with the innermost message."""
    innermost = error
    for cause in causes(error):
        if isinstance(cause, DocrunchError):
            return cause
        if isinstance(cause, ApplicationError) and cause.type in _ERRORS:
            return _rebuild(cause)
        innermost = cause
    return Failed(_say(innermost))


def is_cancellation(error: BaseException) -> bool:
    """Whether a step ended because it was cancelled rather than because it failed."""
    return any(isinstance(cause, asyncio.CancelledError | CancelledError) for cause in causes(error))


def waited_in_vain(error: BaseException) -> bool:
    """Whether no worker of the queue took the task within its ``schedule_to_start_timeout``."""
    return _timed_out(error, TimeoutType.SCHEDULE_TO_START)


def _timed_out(error: BaseException, kind: TimeoutType) -> bool:
    return any(isinstance(cause, TimeoutError) and cause.type == kind for cause in causes(error))


def _rebuild(error: ApplicationError) -> DocrunchError:
    kind = _ERRORS[error.type or "failed"]
    hint = None
    if error.details:
        first = error.details[0]  # decoded without a type hint: a mapping
        hint = first.get("hint") if isinstance(first, dict) else getattr(first, "hint", None)
    return kind(error.message, hint=hint)


def _say(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return f"A step timed out ({error.type.name.lower() if error.type is not None else 'unknown'} timeout)."
    if isinstance(error, TerminatedError):
        return "The run was terminated by an operator; nothing was undone until the sweeper comes by."
    return str(error) or type(error).__name__


_ERRORS = all_errors()
