"""A process that is killed at its n-th change of the file system, whatever it does."""

import os
import signal
from collections.abc import Callable

_CHANGES = ("write", "rename", "unlink", "rmdir", "mkdir", "symlink", "fsync")


def killed_at(change: int, work: Callable[[], object]) -> bool:
    """Whether ``work`` was killed (SIGKILL) before its ``change``-th change; half of a write is done then."""
    child = os.fork()
    if child == 0:
        _die_at(change)
        try:
            work()
        except BaseException:  # the parent sees the exit code
            os._exit(3)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0, "the work failed instead of being killed"
    return False


def _die_at(change: int) -> None:
    left = change

    def wrap(name: str) -> None:
        real = getattr(os, name)

        def counted(*arguments: object, **named: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                if name == "write":
                    handle, data = arguments
                    real(handle, bytes(data)[: len(bytes(data)) // 2])  # type: ignore[arg-type]
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        setattr(os, name, counted)

    for name in _CHANGES:
        wrap(name)
