"""A worker process of derived stores with the `FileTarget`: ``python -m tests.support.projection_worker``.

Settings come from the environment as for any worker; ``FILE_TARGET`` is the directory of the store.
"""

import asyncio
import os
from pathlib import Path

from temporalio.worker import Worker

from activities.maintenance import Maintenance
from activities.projections.registry import Targets
from activities.projections.target import TargetContext
from activities.rebuild import Rebuild
from activities.sync import Sync
from activities.sync_signal import SyncSignal
from activities.takedown import Takedown
from activities.verify import Verify
from db.objects import ObjectStore
from db.session import Database
from docrunch.config import load_settings
from tests.support.file_target import FileTarget
from workers.client import connect
from workers.plugin import docrunch_plugin
from workers.registry import WORKFLOWS, bind
from workflows.contracts.queues import Queue, Role


async def serve() -> None:
    settings = load_settings(env=dict(os.environ))
    url = settings.database.url
    assert url is not None
    database, objects = Database(url.get_secret_value(), "sync"), ObjectStore(settings.objects_url)
    root = Path(os.environ["FILE_TARGET"])
    targets = Targets(lambda: TargetContext(settings, database, objects), lambda _name, _context: FileTarget(root))
    client = await connect(settings.temporal, plugins=[docrunch_plugin()])
    rebuild = Rebuild(database, targets)
    instances = [
        Maintenance(database, objects, client, settings, settings.home / "work", rebuild),
        Sync(database, targets, settings.storage.sync, SyncSignal(client, settings.storage.sync)),
        rebuild,
        Verify(database, targets),
        Takedown(database, objects, targets, ("files",), client),
    ]
    workflows = Worker(client, task_queue=Queue.WORKFLOWS, workflows=WORKFLOWS)
    activities = Worker(client, task_queue=Queue.SYNC, activities=bind(Role.SYNC, instances))
    await asyncio.gather(workflows.run(), activities.run())


if __name__ == "__main__":
    asyncio.run(serve())
