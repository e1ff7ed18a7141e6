"""The job router: interactive work to the fast queue, the rest to the durable ones (architecture §3).

Pure and deterministic: it sees the inventory's estimate and how long this repository took before, nothing else.
"""

from workflows.contracts.options import FAST_EXPECTED
from workflows.contracts.routing import Lane, Route


def route(estimated_seconds: float, history_seconds: float | None = None) -> Route:
    """Under 30 s → `fast`; 30 s and more → the durable queues.

    Args:
        estimated_seconds: upper end of the estimate from the inventory.
        history_seconds: duration of the last completed job of the same repository, which knows better: caches are
            warm by then. ``None`` for the first job.
    """
    expected = estimated_seconds if history_seconds is None else history_seconds
    source = "estimate" if history_seconds is None else "last run"
    limit = FAST_EXPECTED.total_seconds()
    lane = Lane.FAST if expected < limit else Lane.DURABLE
    relation = "under" if lane is Lane.FAST else "not under"
    return Route(
        lane=lane, expected_seconds=expected, reason=f"{source} of {expected:.1f} s is {relation} {limit:.0f} s"
    )
