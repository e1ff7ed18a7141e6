"""Connecting to Temporal: one function for workers, facades and tests."""

import asyncio
import time

from temporalio.client import Client

from docrunch.config import TemporalSettings
from docrunch.errors import Unreachable
from workers.plugin import docrunch_plugin

PAUSE_SECONDS = 1.0


async def connect(settings: TemporalSettings, *, tracing: bool = False, patience: float = 0.0) -> Client:
    """A client of the configured server.

    Args:
        patience: seconds to keep trying, for processes that start together with the server.

    Raises:
        Unreachable: no address is configured, or nothing answers there.
    """
    if not settings.address:
        raise Unreachable("No Temporal server is configured.", hint="Start the local stack with `docrunch up`.")
    until = time.monotonic() + patience
    while True:
        try:
            return await Client.connect(
                settings.address,
                namespace=settings.namespace,
                api_key=settings.api_key.get_secret_value() if settings.api_key else None,
                tls=settings.tls or settings.api_key is not None,
                plugins=[docrunch_plugin(tracing=tracing)],
            )
        except RuntimeError as error:  # what the SDK raises for every failure to connect
            if time.monotonic() >= until:
                raise Unreachable(
                    f"Temporal does not answer at {settings.address}.", hint="`docrunch status` shows what runs."
                ) from error
        await asyncio.sleep(PAUSE_SECONDS)
