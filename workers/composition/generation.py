"""`generation`: pages."""

from activities.generation import Generation
from workers.composition.shared import Shared


def make(shared: Shared) -> list[object]:
    return [shared.once(Generation, lambda: Generation(shared.scans, shared.settings.docs.templates))]
