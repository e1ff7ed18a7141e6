"""Clients of the services behind a command, opened together and closed together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from temporalio.client import Client, Plugin

from docrunch.config import Settings
from docrunch.errors import Unreachable
from workers.client import connect, silence_core
from workers.telemetry import configure_tracing, flush_traces

if TYPE_CHECKING:
    from db.session import Database


class Services:
    def __init__(self, settings: Settings, temporal: Client) -> None:
        self.settings = settings
        self.temporal = temporal

    @cached_property
    def database(self) -> "Database":
        """Connects, and is imported (0.3 s), when a command asks for it."""
        from db.session import Database

        if self.settings.database.url is None:
            raise Unreachable("no database is configured", hint="Run `docrunch up`.")
        return Database(self.settings.database.url.get_secret_value(), "cli")

    @property
    def ui_url(self) -> str:
        return self.settings.temporal.ui_url or ""

    async def aclose(self) -> None:
        if "database" in self.__dict__:  # a cached property that was never asked for is not there
            await self.database.close()


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """``settings`` name the servers already (`context.connected` or `context.started`).

    Raises:
        Unreachable: a server does not answer.
    """
    silence_core()  # a command says itself what does not answer
    tracing = configure_tracing(settings.telemetry)
    services = Services(settings, await connect(settings.temporal, plugins=_plugins(tracing)))
    try:
        yield services
    finally:
        await services.aclose()
        if tracing:
            await asyncio.to_thread(flush_traces)


def _plugins(tracing: bool) -> list[Plugin]:
    if not tracing:
        return []
    from workers.plugin import docrunch_plugin

    return [docrunch_plugin(tracing=True)]
