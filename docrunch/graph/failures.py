"""A file that the rules cannot link costs its own edges, not the graph of the repository."""

import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from docrunch.errors import Failed

LINK_FAILED = "link_failed"
MOST = 20  # files of one tree; more of them are a defect that nobody should publish over
# What a rule raises that meets something it was not written for. Facts that are gone, a full disk or a cancellation
# are about no file.
_DEFECTS = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_T = TypeVar("_T")


class LinkFailed(Failed):
    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"{path} could not be linked ({reason})",
            hint="This is a defect of the linker: please report it with the file. Excluding the file helps meanwhile.",
        )
        self.path = path
        self.reason = reason


@contextmanager
def linking(path: str) -> Iterator[None]:
    """Raises: LinkFailed, where what is done meets a defect."""
    try:
        yield
    except _DEFECTS as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{last.filename.rsplit('/', 1)[-1]}:{last.lineno}"
        raise LinkFailed(path, f"{type(error).__name__} in {where}") from error


def until_linked(work: Callable[[Mapping[str, str]], _T]) -> _T:
    """What ``work`` gives when it leaves out the files that failed before it, path → reason.

    It begins anew after each of them: a rule that is interrupted may leave behind half of an answer.

    Raises:
        LinkFailed: for one file more than `MOST`.
    """
    failed: dict[str, str] = {}
    while True:
        try:
            return work(failed)
        except LinkFailed as error:
            if len(failed) >= MOST or error.path in failed:
                raise
            failed[error.path] = error.reason
