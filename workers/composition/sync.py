"""`sync`: maintenance, and the derived stores, which are opened when there is something for them."""

from activities.maintenance import Maintenance
from activities.sync import Sync
from workers.composition.shared import Shared


def make(shared: Shared) -> list[object]:
    return [
        Maintenance(shared.database, shared.objects, shared.client, shared.settings, shared.work_directory),
        Sync(shared.database, shared.targets, shared.settings.storage.sync, shared.sync_signal),
    ]
