"""The composition root of a worker process: one `Shared`, and the modules of the roles it runs."""

import importlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from temporalio.client import Client

from docrunch.config import Settings
from workers.client import connect
from workers.main import CONNECT_PATIENCE, run_worker
from workers.plugin import docrunch_plugin
from workers.telemetry import configure_tracing, metrics_runtime
from workflows.contracts.queues import Role

if TYPE_CHECKING:
    from workers.composition.shared import Shared

COMPOSITION: Mapping[Role, str] = MappingProxyType(
    {
        Role.INGEST: "ingest:make",
        Role.GPU: "embedding:make_gpu",
        Role.CPU_EMBED: "embedding:make",
        Role.ASSEMBLY: "assembly:make",
        Role.GENERATION: "generation:make",
        Role.PACK: "packing:make",
        Role.SYNC: "sync:make",
        Role.QUERY: "query:make",
        Role.FAST: "fast:make",
    }
)
"""Role → module and function below `workers.composition`; roles that are missing have no activities."""


class Resources:
    def __init__(self, settings: Settings, client: Client, roles: Sequence[Role]) -> None:
        self._settings = settings
        self._client = client
        self._roles = roles
        self._shared: Shared | None = None

    def build(self, role: Role, settings: Settings) -> Sequence[object]:
        """The activity objects of a role.

        Raises:
            ValueError: other settings than those of the process.
        """
        if settings is not self._settings:
            raise ValueError("a process has one set of settings")
        if role not in COMPOSITION:
            return []
        module, function = COMPOSITION[role].split(":")
        made: list[object] = getattr(importlib.import_module(f"workers.composition.{module}"), function)(self._share())
        return made

    def _share(self) -> "Shared":
        if self._shared is None:
            from workers.composition.shared import Shared

            self._shared = Shared(self._settings, self._client, self._roles)
        return self._shared

    async def aclose(self) -> None:
        if self._shared is not None:
            await self._shared.aclose()


async def serve(roles: Sequence[Role], settings: Settings, *, exit_when_idle: float | None = None) -> None:
    """Run one worker process until a signal, or until it is idle; close what it built.

    Raises:
        Unreachable: Temporal does not answer.
    """
    plugin = docrunch_plugin(tracing=configure_tracing(settings.telemetry))
    runtime = metrics_runtime(settings.telemetry)
    client = await connect(settings.temporal, plugins=[plugin], patience=CONNECT_PATIENCE, runtime=runtime)
    resources = Resources(settings, client, roles)
    try:
        await run_worker(roles, settings, resources.build, client=client, exit_when_idle=exit_when_idle)
    finally:
        await resources.aclose()
