"""Build derived stores anew, and compare them with the truth."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import msgspec
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from api.operations.sync import chosen
from api.operations.waiting import waiting_for
from api.operations.watch_run import rpc_error
from db.repositories import projects, workspaces
from db.repositories.workspaces import Projected
from db.session import Database
from docrunch.config import SyncSettings
from docrunch.errors import NotFound
from workflows.contracts.errors import from_failure
from workflows.contracts.ids import rebuild_workflow_id, verify_workflow_id
from workflows.contracts.queues import Queue
from workflows.contracts.rebuild import (
    REBUILD_WORKFLOW,
    VERIFY_WORKFLOW,
    DriftReport,
    RebuildRequest,
    RebuildResult,
    RebuildState,
    VerifyRequest,
    VerifyResult,
)
from workflows.contracts.search_attributes import start_attributes

POLL_SECONDS = 1.0
RPC_SECONDS = 10
_SEEDS = 2**31


class Place(msgspec.Struct, frozen=True):
    """One derived store of one ref, as people name it; ``ref`` empty: what belongs to no ref."""

    target: str
    repository: str
    ref: str
    projected: Projected

    def __str__(self) -> str:
        return f"{self.repository}{' ' + self.ref if self.ref else ''} → {self.target}"


class Rebuilt(msgspec.Struct, frozen=True):
    """``error`` (code, message): it failed, and the store is as before."""

    place: Place
    workflow_id: str
    result: RebuildResult | None = None
    error: tuple[str, str] | None = None


class Verified(msgspec.Struct, frozen=True):
    target: str
    repository: str
    reports: tuple[DriftReport, ...] = ()
    error: tuple[str, str] | None = None


async def places(
    database: Database,
    settings: SyncSettings,
    *,
    target: str | None = None,
    repository: str | None = None,
    ref: str | None = None,
) -> list[Place]:
    """Every configured store of every ref, or those asked for.

    Raises:
        NotFound, AmbiguousName: no repository or ref is called so, or several are.
        InvalidConfig: the store is not configured.
    """
    wanted = chosen(settings, target)
    async with database.transaction() as connection:
        owner = await projects.find(connection, repository) if repository is not None else None
        found = await workspaces.projections(connection, wanted, owner.id if owner else None, ref)
        if ref is not None and not found:
            where = f" of {owner.name}" if owner else ""
            raise NotFound(f"no published ref{where} is called {ref!r}", hint="`docrunch repo list` shows the refs.")
        named = {}
        for each in {(one.repository_id, one.ref_id) for one in found}:
            named[each] = await workspaces.place(connection, *each)
    return [
        Place(each.target, here.name, here.ref, each)
        for each in found
        if (here := named[each.repository_id, each.ref_id])
    ]


async def rebuild(
    client: Client, wanted: Sequence[Place], *, dry_run: bool, tell: Callable[[str], None]
) -> list[Rebuilt]:
    """One after the other, so that a machine is not asked for everything at once; a failure does not stop the others.

    A rebuild that runs already is joined.

    Raises:
        Unreachable: Temporal does not answer.
    """
    return [await _rebuild(client, each, dry_run=dry_run, tell=tell) for each in wanted]


async def _rebuild(client: Client, place: Place, *, dry_run: bool, tell: Callable[[str], None]) -> Rebuilt:
    where = place.projected
    workflow_id = rebuild_workflow_id(where.target, where.repository_id, where.ref_id)
    if dry_run:
        workflow_id += ":dry-run"
    request = RebuildRequest(
        target=where.target,
        repository_id=where.repository_id,
        ref_id=where.ref_id,
        reason="asked for",
        dry_run=dry_run,
    )
    handle = await _start(client, REBUILD_WORKFLOW, request, workflow_id, place.repository)

    async def progress() -> None:
        entities = None if dry_run else await _entities(handle)
        waits = await waiting_for(client, [workflow_id], answered=dry_run or entities is not None)
        if waits or entities:
            tell(f"{place}: {f'waiting: {waits}' if waits else entities}")

    try:
        return Rebuilt(place, workflow_id, RebuildResult.model_validate(await _result(handle, progress)))
    except WorkflowFailureError as error:
        found = from_failure(error)
        return Rebuilt(place, workflow_id, error=(found.code, found.message))


async def _result(handle: WorkflowHandle[object, object], progress: Callable[[], Awaitable[None]]) -> object:
    """The result of a run, ``progress`` being told about until then."""
    ended = asyncio.create_task(handle.result())
    while not (await asyncio.wait({ended}, timeout=POLL_SECONDS))[0]:
        await progress()
    return ended.result()


async def _entities(handle: WorkflowHandle[object, object]) -> str | None:
    """How far a rebuild is; None: no worker answers."""
    try:
        asked = await handle.query("progress", rpc_timeout=timedelta(seconds=RPC_SECONDS))
    except RPCError:
        return None
    state = RebuildState.model_validate(asked)
    return f"generation {state.generation}, {state.entities:,} entities"


async def verify(
    client: Client, wanted: Sequence[Place], *, sample: int, repair: bool, tell: Callable[[str], None]
) -> list[Verified]:
    """By repository and store, one after the other.

    Args:
        tell: is given a sentence before each, and what it waits for.

    Raises:
        Unreachable: Temporal does not answer.
    """
    found = []
    pairs = dict.fromkeys((each.target, each.repository, each.projected.repository_id) for each in wanted)
    for target, repository, repository_id in pairs:
        refs = [each.projected.ref_id for each in wanted if (each.target, each.repository) == (target, repository)]
        request = VerifyRequest(
            target=target,
            repository_id=repository_id,
            ref_ids=tuple(refs),
            sample=sample,
            seed=random.randrange(_SEEDS),  # noqa: S311 - another sample each time, no secret
            repair=repair,
        )
        tell(f"{repository} → {target}: {'comparing and repairing' if repair else 'comparing'} {len(refs):,} refs")
        found.append(await _verify(client, request, repository, tell))
    return found


async def _verify(client: Client, request: VerifyRequest, repository: str, tell: Callable[[str], None]) -> Verified:
    workflow_id = verify_workflow_id(request.target, request.repository_id, repair=request.repair)
    handle = await _start(client, VERIFY_WORKFLOW, request, workflow_id, repository)

    async def progress() -> None:
        if waits := await waiting_for(client, [workflow_id], answered=True):
            tell(f"{repository} → {request.target}: waiting: {waits}")

    try:
        result = VerifyResult.model_validate(await _result(handle, progress))
    except WorkflowFailureError as error:
        found = from_failure(error)
        return Verified(request.target, repository, error=(found.code, found.message))
    return Verified(request.target, repository, result.reports)


async def _start(
    client: Client,
    workflow: str,
    request: RebuildRequest | VerifyRequest,
    workflow_id: str,
    repository: str,
) -> WorkflowHandle[object, object]:
    try:
        return await client.start_workflow(
            workflow,
            request,
            id=workflow_id,
            task_queue=Queue.WORKFLOWS,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=start_attributes(repository=repository, tenant="local"),
            static_summary=f"{workflow_id.partition(':')[0]} {request.target} ← {repository}"[:200],
            rpc_timeout=timedelta(seconds=RPC_SECONDS),
        )
    except RPCError as error:
        raise rpc_error(error, workflow_id) from error
