"""`pack`: docpacks and their registration."""

from activities.packing import Packing
from workers.composition.shared import Shared


def make(shared: Shared) -> list[object]:
    return [Packing(shared.scans, shared.sync_signal)]
