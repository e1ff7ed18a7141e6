"""Connecting to Temporal: one function for workers, facades and tests."""

import asyncio
import time
from collections.abc import Sequence
from functools import cache

from temporalio.client import Client, Plugin
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.runtime import Runtime, TelemetryConfig

from docrunch.config import TemporalSettings
from docrunch.errors import Unreachable

PAUSE_SECONDS = 1.0


@cache
def silence_core() -> None:
    """For commands, before the first connection: the SDK's native core writes its warnings to stdout, among results."""
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=None)), error_if_already_set=False)


async def connect(
    settings: TemporalSettings, *, plugins: Sequence[Plugin] = (), patience: float = 0.0, runtime: Runtime | None = None
) -> Client:
    """A client of the configured server.

    Args:
        plugins: `docrunch_plugin` where workers run or spans are made. All else that it gives to a client is the
            converter, which is given here too: one that only asks need not import what runs workers (50 ms).
        patience: seconds to keep trying, for processes that start together with the server.
        runtime: of a process that exports metrics (`workers.telemetry.metrics_runtime`).

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
                data_converter=pydantic_data_converter,
                plugins=[*plugins],
                runtime=runtime,
            )
        except RuntimeError as error:  # what the SDK raises for every failure to connect
            if time.monotonic() >= until:
                raise Unreachable(
                    f"Temporal does not answer at {settings.address}.", hint="`docrunch status` shows what runs."
                ) from error
        await asyncio.sleep(PAUSE_SECONDS)
