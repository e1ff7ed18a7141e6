"""`ingest`: sources and parser children."""

from workers.composition.shared import Shared


def make(shared: Shared) -> list[object]:
    return [shared.ingest]
