"""What roles of one process share: connections, stores, caches, parser children."""

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from temporalio.client import Client

from activities.facts import FactsCache
from activities.ingest import Ingest
from activities.projections.registry import Targets
from activities.projections.target import TargetContext
from activities.scan_world import ScanWorlds
from activities.scans import ScanRows
from activities.sync_signal import SyncSignal
from activities.worlds import Worlds
from db.objects import ObjectStore
from db.session import Database
from docrunch.config import Settings
from docrunch.errors import InvalidConfig
from workflows.contracts.queues import Role

Activities = TypeVar("Activities")


class Shared:
    """Everything is built when it is first needed; ``aclose`` ends what was built."""

    def __init__(self, settings: Settings, client: Client, roles: Sequence[Role]) -> None:
        self.settings = settings
        self.client = client
        self._roles = roles
        self._once: dict[type, object] = {}

    def once(self, kind: type[Activities], make: Callable[[], Activities]) -> Activities:
        """The one object of a kind, for `fast` and for the role of the stage.

        The router sends one scan of a repository here and the next one there; what was kept for it must be found.
        """
        found = self._once.get(kind)
        if not isinstance(found, kind):
            found = self._once[kind] = make()
        return found

    @cached_property
    def database(self) -> Database:
        url = self.settings.database.url
        if url is None:
            raise InvalidConfig("no database is configured", hint="Start the local stack with `docrunch up`.")
        return Database(url.get_secret_value(), *map(str, self._roles))

    @cached_property
    def objects(self) -> ObjectStore:
        return ObjectStore(self.settings.objects_url)

    @cached_property
    def targets(self) -> Targets:
        """Derived stores, each opened when it is first written or asked."""
        return Targets(lambda: TargetContext(self.settings, self.database, self.objects))

    @cached_property
    def rows(self) -> ScanRows:
        return ScanRows(self.database)

    @cached_property
    def worlds(self) -> Worlds:
        return Worlds(self.objects, self.settings.cache_dir / "spool")

    @cached_property
    def facts(self) -> FactsCache:
        return FactsCache(self.rows, processes=self.parse_processes)

    @cached_property
    def scans(self) -> ScanWorlds:
        return ScanWorlds(self.worlds, self.rows, self.facts)

    @cached_property
    def ingest(self) -> Ingest:
        """Shared by `ingest` and `fast`, which both read sources and parse."""
        return Ingest(
            self.worlds,
            self.rows,
            self.facts,
            policy=self.settings.source.to_policy(),
            work=self.work_directory,
            processes=self.parse_processes,
        )

    @cached_property
    def sync_signal(self) -> SyncSignal:
        return SyncSignal(self.client, self.settings.storage.sync)

    @property
    def parse_processes(self) -> int:
        return self.settings.workers.parse_processes or len(os.sched_getaffinity(0))

    @property
    def work_directory(self) -> Path:
        """Where private directories of jobs are made."""
        return self.settings.home / "work"

    async def aclose(self) -> None:
        built = self.__dict__  # cached properties that were never used are not there
        if "facts" in built:
            self.facts.close()
        if "targets" in built:
            await self.targets.aclose()
        if "database" in built:
            await self.database.close()
