"""What was published is loaded before somebody asks: the first search of a scan need not wait for its objects."""

import asyncio
import time
from collections import OrderedDict
from contextlib import suppress

import structlog

from activities.ask_worlds import AskWorlds
from activities.search_views import SearchViews
from db.repositories.scans import ScanRow
from db.repositories.searchable import newly_indexed
from db.session import Database

LOOK_SECONDS = 2.0
RECENT = 2  # newest scans that are loaded although nobody has asked of their refs yet
RECENT_SECONDS = 86_400.0  # since their publish
AGAIN_SECONDS = 60.0  # after which a view that could not be loaded is tried again
REMEMBERED = 1_000  # scans that were looked at

_log = structlog.get_logger()


class SearchWarming:
    """Looks every few seconds for scans whose index is new, and loads one at a time, in a thread. What goes wrong is
    told and counted, and is tried again after `AGAIN_SECONDS` or by the search that needs it.

    Args:
        every: seconds between two looks.
    """

    def __init__(self, database: Database, views: SearchViews, worlds: AskWorlds, every: float = LOOK_SECONDS) -> None:
        self._database = database
        self._views = views
        self._worlds = worlds
        self._every = every
        self._task: asyncio.Task[None] | None = None
        self._again: OrderedDict[int, float] = OrderedDict()  # scan → when it may be loaded (again)
        self._away = False
        self.loaded = 0
        self.failed = 0

    def start(self) -> None:
        """Begin to look. Needs a running loop."""
        self._task = asyncio.create_task(self._run())

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
                self._away = False
            except Exception as error:  # noqa: BLE001 - searches work without it, and the next look may as well
                self.failed += 1
                if not self._away:
                    _log.warning("search_warming_failed", error=str(error), failed=self.failed)
                self._away = True
            await asyncio.sleep(self._every)

    async def look(self) -> None:
        """Load what is new of refs that were asked about, and of those that were published last.

        Raises:
            DocrunchError: the database cannot be asked.
        """
        await self._views.add_churn()
        async with self._database.transaction() as connection:
            found = await newly_indexed(connection, self._views.refs(), RECENT, RECENT_SECONDS)
        for repository, scan in found:
            if self._again.get(scan.id, 0.0) <= time.monotonic():
                await self._load(repository, scan)

    async def _load(self, repository: str, scan: ScanRow) -> None:
        after = float("inf")
        try:
            await self._views.get(repository, scan, asked=False)
            if scan.ref_id in self._worlds.refs():  # somebody asked questions about what was there before
                await self._worlds.get(scan, asked=False)
            self.loaded += 1
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one scan, the others are loaded
            after = time.monotonic() + AGAIN_SECONDS
            self.failed += 1
            _log.warning(
                "search_view_not_loaded", repository=repository, scan=scan.id, error=str(error), failed=self.failed
            )
        self._again[scan.id] = after
        self._again.move_to_end(scan.id)
        while len(self._again) > REMEMBERED:
            self._again.popitem(last=False)
