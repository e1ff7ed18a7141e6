"""`sync`: maintenance."""

from activities.maintenance import Maintenance
from workers.composition.shared import Shared


def make(shared: Shared) -> list[object]:
    return [Maintenance(shared.database, shared.objects, shared.client, shared.settings, shared.work_directory)]
