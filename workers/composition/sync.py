"""`sync`: maintenance, and what is derived from Postgres: built anew, compared, taken down."""

from activities.maintenance import Maintenance
from activities.rebuild import Rebuild
from activities.takedown import Takedown
from activities.verify import Verify
from workers.composition.shared import Shared


def make(shared: Shared) -> list[object]:
    rebuild = Rebuild(shared.database, shared.targets)
    return [
        Maintenance(shared.database, shared.objects, shared.client, shared.settings, shared.work_directory, rebuild),
        rebuild,
        Verify(shared.database, shared.targets),
        Takedown(shared.database, shared.objects, shared.targets, shared.settings.storage.sync.targets, shared.client),
    ]
