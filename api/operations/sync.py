"""Derived stores: how far they are, what was given up, and bringing them up to date now."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
from temporalio.client import Client
from temporalio.service import RPCError

from api.operations.watch_run import rpc_error
from db.repositories import projects, sync, sync_targets
from db.repositories.projects import RepositoryRow
from db.repositories.sync_status import TargetStatus, statuses
from db.session import Database
from docrunch.config import SyncSettings
from docrunch.errors import InvalidConfig
from workflows.contracts.ids import sync_workflow_id
from workflows.contracts.sync import PROBE, SYNC_WORKFLOW, SyncRequest, start_options

POLL_SECONDS = 0.5
RPC_SECONDS = 10


class Retried(msgspec.Struct, frozen=True):
    target: str
    repository: str
    entities: int
    workflow_id: str


async def sync_status(
    database: Database, settings: SyncSettings, *, repository: str | None = None, target: str | None = None
) -> list[TargetStatus]:
    """Every configured store of every repository, or of one.

    Raises:
        NotFound, AmbiguousName: no repository is called so, or several are.
        InvalidConfig: the store is not configured.
    """
    wanted = chosen(settings, target)
    async with database.transaction() as connection:
        owner = await projects.find(connection, repository) if repository is not None else None
        return await statuses(connection, wanted, owner.id if owner else None)


async def retry_failed(
    database: Database,
    client: Client,
    settings: SyncSettings,
    *,
    repository: str | None = None,
    target: str | None = None,
    entity: str | None = None,
) -> list[Retried]:
    """Entities that failed or were given up get all their attempts again, at once.

    Raises:
        NotFound, AmbiguousName, InvalidConfig: as `sync_status`; storage.sync.enabled is false.
        Unreachable: Temporal does not answer; the entities are due, and the sweep wakes their syncs.
    """
    wanted = chosen(settings, target, working=True)
    async with database.transaction() as connection:
        owner = await projects.find(connection, repository) if repository is not None else None
        again = await sync.retry(connection, targets=wanted, repository_id=owner.id if owner else None, entity=entity)
        found = []
        for (name, number), count in again.items():
            row = await sync_targets.owner(connection, number)
            if row is not None:
                await sync_targets.probe_now(connection, [name], number)
                found.append((Retried(name, row.name, count, sync_workflow_id(name, number)), row))
    for each, row in found:
        request = SyncRequest(target=each.target, repository_id=row.id, repository=row.name, tenant=row.tenant)
        await _wake(client, request)
    return [each for each, _ in found]


async def run_sync(
    database: Database, client: Client, settings: SyncSettings, repository: str, target: str | None = None
) -> AsyncIterator[list[TargetStatus]]:
    """Wake the stores of a repository and say how far they are, until they are up to date or cannot go on.

    A store that is away is asked once whether it answers again.

    Raises:
        As `retry_failed`.
    """
    wanted = chosen(settings, target, working=True)
    async with database.transaction() as connection:
        owner = await projects.find(connection, repository)
        before = {each.target: each.failures for each in await statuses(connection, wanted, owner.id)}
        await sync_targets.probe_now(connection, wanted, owner.id)
    for name in wanted:
        await _wake(client, _request(owner, name))
    while True:
        async with database.transaction() as connection:
            found = await statuses(connection, wanted, owner.id)
        yield found
        if all(_settled(each, before[each.target]) for each in found):
            return
        await asyncio.sleep(POLL_SECONDS)


def chosen(settings: SyncSettings, target: str | None, *, working: bool = False) -> list[str]:
    """The configured stores, or the one that was asked for.

    Args:
        working: they are to do something now, not only to be looked at.

    Raises:
        InvalidConfig: the store is not configured, or nothing is kept up to date at all.
    """
    if working and not settings.enabled:
        raise InvalidConfig(
            "storage.sync.enabled is false: derived stores stay as they are",
            hint="Set it to true, and restart the workers.",
        )
    if target is not None and target not in settings.targets:
        raise InvalidConfig(
            f"there is no derived store {target!r}; kept are: {', '.join(settings.targets) or 'none'}",
            hint="storage.sync.targets says which are kept.",
        )
    return [target] if target is not None else list(settings.targets)


def _settled(status: TargetStatus, failures: int) -> bool:
    if status.circuit == "open":
        return status.failures > failures
    return status.waiting == 0


def _request(owner: RepositoryRow, target: str) -> SyncRequest:
    return SyncRequest(target=target, repository_id=owner.id, repository=owner.name, tenant=owner.tenant_id)


async def _wake(client: Client, request: SyncRequest) -> None:
    options = start_options(request, PROBE)
    try:
        await client.start_workflow(SYNC_WORKFLOW, request, **options, rpc_timeout=timedelta(seconds=RPC_SECONDS))
    except RPCError as error:
        raise rpc_error(error, str(options["id"])) from error
