"""The garbage collector of a process that makes many small values and few cycles."""

import gc

THRESHOLD = (100_000, 20, 100)


def rarely() -> None:
    """Collect cycles rarely: facts, graphs and pages are trees, and looking through all of them takes a third of the
    time of linking and packing. Memory without cycles is freed at once in any case."""
    gc.freeze()
    gc.set_threshold(*THRESHOLD)
