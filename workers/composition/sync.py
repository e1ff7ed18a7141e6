"""`sync`: maintenance, and the derived stores, which are built when there is something for them."""

from activities.maintenance import Maintenance
from activities.projections.registry import Targets
from activities.projections.target import TargetContext
from activities.sync import Sync
from workers.composition.shared import Shared


def make(shared: Shared) -> list[object]:
    targets = Targets(lambda: TargetContext(shared.settings, shared.database, shared.objects))
    return [
        Maintenance(shared.database, shared.objects, shared.client, shared.settings, shared.work_directory),
        Sync(shared.database, targets, shared.settings.storage.sync, shared.sync_signal),
    ]
