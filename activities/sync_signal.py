"""Wake the syncs of a repository after a commit. A signal that is lost costs time: the sweep comes by each minute."""

import asyncio
from datetime import timedelta

import structlog
from temporalio.client import Client

from docrunch.config import SyncSettings
from workflows.contracts.sync import SYNC_WORKFLOW, SyncRequest, start_options

RPC_SECONDS = 5

_log = structlog.get_logger()


class SyncSignal:
    """``client`` None: nobody is woken."""

    def __init__(self, client: Client | None, settings: SyncSettings) -> None:
        self._client = client
        self._settings = settings
        self._sending: set[asyncio.Task[None]] = set()

    def committed(self, repository_id: int, repository: str, tenant: str) -> None:
        """Wake all stores of a repository, later and beside the caller, who neither waits nor fails."""
        if self._client is None or not self._settings.enabled:
            return
        for target in self._settings.targets:
            request = SyncRequest(target=target, repository_id=repository_id, repository=repository, tenant=tenant)
            task = asyncio.create_task(self._quietly(request))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def wake(self, request: SyncRequest) -> str:
        """Start a sync or wake the one that runs; its workflow id.

        Raises:
            RPCError: Temporal does not answer.
        """
        options = start_options(request)
        if self._client is not None:
            await self._client.start_workflow(
                SYNC_WORKFLOW, request, **options, rpc_timeout=timedelta(seconds=RPC_SECONDS)
            )
        return str(options["id"])

    async def _quietly(self, request: SyncRequest) -> None:
        try:
            await self.wake(request)
        except Exception as error:  # noqa: BLE001 - whatever it is, the sweep does the same within a minute
            _log.warning(
                "a sync was not woken; the sweep will", target=request.target, repository=request.repository,
                error=str(error),
            )  # fmt: skip
