"""What a supervisor that was killed left running."""

import psutil

from workers.stack.children import end_group, end_orphan
from workers.stack.state import StackState

ORPHAN_SECONDS = 3.0


def clear_orphans(previous: StackState | None) -> list[str]:
    """Stop children of a supervisor that died without stopping them (it was killed, and the system has no death
    signal, or they led a group of their own). Postgres is left alone: it is attached to."""
    ended = []
    for child in previous.children if previous is not None else ():
        if child.process is not None:
            if end_orphan(child.process, ORPHAN_SECONDS):
                ended.append(child.name)
            elif not psutil.pid_exists(child.process.pid):
                end_group(child.process.pid)  # a killed worker's children; the number is free once all are gone
    return ended
