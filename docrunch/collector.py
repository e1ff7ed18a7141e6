"""The garbage collector of a process that makes many small values and few cycles."""

import gc

from docrunch.remembered import forget_all

THRESHOLD = (100_000, 20, 100)


def rarely() -> None:
    """Collect cycles rarely: facts, graphs and pages are trees, and looking through all of them takes a third of the
    time of linking and packing. Memory without cycles is freed at once in any case."""
    gc.freeze()
    gc.set_threshold(*THRESHOLD)


def give_back() -> None:
    """Let the system have the memory of large work that is done; what it made must have been let go of before.

    Takes as long as looking through all that is left, a few tenths of a second.
    """
    forget_all()
    gc.collect()
