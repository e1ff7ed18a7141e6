"""`sync`: maintenance, and the derived stores, which are opened when there is something for them."""

from activities.maintenance import Maintenance
from activities.rebuild import Rebuild
from activities.sync import Sync
from activities.takedown import Takedown
from activities.verify import Verify
from workers.composition.shared import Shared


def make(shared: Shared) -> list[object]:
    rebuild = Rebuild(shared.database, shared.targets)
    sync = shared.settings.storage.sync
    return [
        Maintenance(shared.database, shared.objects, shared.client, shared.settings, shared.work_directory, rebuild),
        Sync(shared.database, shared.targets, sync, shared.sync_signal),
        rebuild,
        Verify(shared.database, shared.targets),
        Takedown(shared.database, shared.objects, shared.targets, sync.targets, shared.client),
    ]
