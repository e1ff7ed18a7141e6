"""Forgetting a repository: its workflows, its workspaces in every store, its rows, its objects; and the proof."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import groupby

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.heartbeat import heartbeating
from activities.live_objects import live_references, names_shards, shards_of
from activities.projections.registry import Targets
from activities.projections.target import Target, TargetUnreachable, Workspace
from db.locks import rebuild_lock, session_locks, sync_lock
from db.objects import ObjectKind, ObjectStore, parse_reference
from db.repositories import leftovers, projects, removal, sync_notes, takedowns, workspaces
from db.repositories.takedowns import Todo
from db.repositories.uses import MIN_GRACE
from db.repositories.workspaces import Projected
from db.session import Database
from docrunch.errors import Failed, InvalidConfig, Unreachable
from workflows.contracts.ids import rebuild_workflow_id, sync_workflow_id, verify_workflow_id
from workflows.contracts.takedown import (
    SHOWN_IDS,
    Removed,
    Rest,
    Stopped,
    TakedownActivities,
    TakedownRequest,
    TakedownResult,
)

STOP_SECONDS = 300.0  # a cancelled workflow undoes what it has begun first
LOOK_SECONDS = 0.5
CHECKED_AT_ONCE = 16  # objects

_log = structlog.get_logger()


class Takedown(TakedownActivities):
    """``configured``: names of the derived stores that are kept now; others may have been before."""

    def __init__(
        self,
        database: Database,
        objects: ObjectStore,
        targets: Targets,
        configured: Sequence[str],
        client: Client | None,
    ) -> None:
        self._database = database
        self._objects = objects
        self._targets = targets
        self._configured = tuple(configured)
        self._client = client

    # ── stop ──

    @activity.defn(name="stop_derived")
    async def stop_derived(self, request: TakedownRequest) -> Stopped:
        async with heartbeating():
            async with self._database.transaction() as connection:
                await removal.refuse_while_running(connection, request.repository_id, request.repository)
                names = await self._names(connection, request.repository_id)
                refs = (await leftovers.ids_of(connection, request.repository_id)).ref_ids
            wanted = [sync_workflow_id(name, request.repository_id) for name in names]
            wanted += [
                verify_workflow_id(name, request.repository_id, repair=repair)
                for name in names
                for repair in (False, True)
            ]
            wanted += [rebuild_workflow_id(name, request.repository_id, ref) for name in names for ref in (0, *refs)]
            stopped = [each for each in wanted if await self._stopped(each)]
        return Stopped(workflow_ids=tuple(stopped))

    async def _names(self, connection: AsyncConnection, repository_id: int) -> list[str]:
        """Stores that are kept, or hold something."""
        rows = await workspaces.of_repository(connection, repository_id)
        return sorted({*self._configured, *(row.target for row in rows)})

    async def _stopped(self, workflow_id: str) -> bool:
        """Cancel a workflow and wait for its end; False: it did not run.

        Raises:
            Unreachable: it does not end.
        """
        if self._client is None:
            return False
        handle = self._client.get_workflow_handle(workflow_id)
        asked = False
        deadline = asyncio.get_running_loop().time() + STOP_SECONDS
        while True:
            try:
                if (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING:
                    return asked
                if not asked:
                    await handle.cancel(reason="its repository is being removed")
                    asked = True
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    return asked
                raise
            if asyncio.get_running_loop().time() > deadline:
                raise Unreachable(f"{workflow_id} was cancelled and does not end", hint="Is a worker running?")
            await asyncio.sleep(LOOK_SECONDS)

    # ── rows and workspaces ──

    @activity.defn(name="remove_repository")
    async def remove_repository(self, request: TakedownRequest) -> Removed:
        info = activity.info()
        async with heartbeating(), self._alone(request.repository_id):
            async with self._database.transaction() as connection:
                done = await takedowns.find(connection, info.workflow_id or "")
            if done is None or done.closed:
                done = await self._remove(request, info.workflow_id or "", info.workflow_run_id or "")
        return Removed(removed=done.report.removed, shared=done.report.shared, dropped=done.dropped)

    async def _remove(self, request: TakedownRequest, workflow_id: str, run_id: str) -> Todo:
        """Stores first, while nobody can follow them; then the rows and, with them, what is still to be done."""
        async with self._database.transaction() as connection:
            await removal.refuse_while_running(connection, request.repository_id, request.repository)
            names = await projects.names(connection, request.repository_id)
        dropped, _ = await self._drop(request.repository_id, *names)
        async with self._database.transaction() as connection:
            report = await removal.remove_repository(connection, request.repository_id, request.repository)
            slug, refs = names
            todo = Todo(workflow_id, run_id, report, dropped, slug=slug, refs={str(ref): refs[ref] for ref in refs})
            await takedowns.write_down(connection, todo)
        return todo

    @asynccontextmanager
    async def _alone(self, repository_id: int) -> AsyncIterator[None]:
        """No sync, rebuild or check of the repository runs until the end, nor a late attempt of one."""
        async with self._database.transaction() as connection:
            names = await self._names(connection, repository_id)
            refs = {0, *(await leftovers.ids_of(connection, repository_id)).ref_ids}
            refs |= {row.ref_id for row in await workspaces.of_repository(connection, repository_id)}
        async with session_locks(self._database) as locks:
            for name in names:
                for ref in sorted(refs):
                    await locks.take(rebuild_lock(name, repository_id, ref))
            for name in names:
                await locks.share_store(name)
                await locks.take(sync_lock(name, repository_id))
            yield

    async def _drop(
        self, repository_id: int, slug: str, refs: Mapping[int, str]
    ) -> tuple[dict[str, int], dict[str, str]]:
        """What each store removed, and why others could not. A store that dropped all has no notes any more."""
        async with self._database.transaction() as connection:
            rows = await workspaces.of_repository(connection, repository_id)
        dropped: dict[str, int] = {}
        waiting: dict[str, str] = {}
        for name in sorted({row.target for row in rows}):
            try:
                mine = [
                    Workspace(repository_id, slug, row.ref_id, refs.get(row.ref_id, ""), row.generation)
                    for row in rows
                    if row.target == name
                ]
                dropped[name] = await self._drop_from(name, mine)
            except TargetUnreachable as error:
                waiting[name] = error.message
                _log.warning("takedown_waits", store=name, repository_id=repository_id, error=error.message)
        return dropped, waiting

    async def _drop_from(self, name: str, mine: Iterable[Workspace]) -> int:
        target = await self._open(name)
        count = 0
        for each in mine:
            where = Projected(name, each.repository_id, each.ref_id)
            async with self._database.transaction() as connection:
                # Should the removal be refused after all, everything is projected anew.
                await sync_notes.forget(connection, where)
            count += await target.drop(each)
            async with self._database.transaction() as connection:
                await leftovers.forget_entries(connection, name, each.key)
                await workspaces.forget(connection, where, each.generation)
        return count

    async def _open(self, name: str) -> Target:
        """Raises:
        TargetUnreachable: the store cannot be opened; what it holds is unknown until it can.
        """
        try:
            return await self._targets.get(name)
        except (InvalidConfig, ImportError) as error:
            raise TargetUnreachable(f"it cannot be opened: {error}") from error

    # ── what was out of reach, and objects ──

    @activity.defn(name="clear_rest")
    async def clear_rest(self, request: TakedownRequest) -> Rest:
        async with heartbeating():
            todo = await self._todo()
            async with self._alone(request.repository_id):
                refs = {int(ref): name for ref, name in todo.refs.items()}
                dropped, waiting = await self._drop(request.repository_id, todo.slug, refs)
            waiting |= await self._unproven(request.repository_id)
            objects, kept = await self._delete_objects(todo)
            if kept:
                waiting["objects"] = kept
        return Rest(waiting=waiting, objects=objects, dropped=dropped)

    async def _todo(self) -> Todo:
        async with self._database.transaction() as connection:
            found = await takedowns.find(connection, activity.info().workflow_id or "")
        if found is None:
            raise Failed("nothing is known of this takedown")
        return found

    async def _unproven(self, repository_id: int) -> dict[str, str]:
        """Stores that do not answer: they may hold something that no row speaks of."""
        waiting = {}
        for name in self._configured:
            try:
                await (await self._open(name)).left(repository_id)
            except TargetUnreachable as error:
                waiting[name] = error.message
        return waiting

    async def _delete_objects(self, todo: Todo) -> tuple[int, str]:
        """How many objects were deleted, and why others were not. What names shards goes last."""
        if todo.closed:
            return 0, ""
        shards = todo.shards or await self._shards(todo)
        wanted = [*shards, *sorted(todo.report.objects, key=names_shards)]
        async with self._database.transaction() as connection:
            working = await takedowns.somebody_works(connection)
        live = await live_references(self._database, self._objects)
        mine = [each for each in wanted if each not in live]
        young = await self._young(mine) if working else frozenset()
        kept = {*young, *(each for each in mine if young and names_shards(each))}
        deleted = 0
        for kind, group in groupby(
            (each for each in mine if each not in kept), key=lambda each: each.partition("/")[0]
        ):
            there = await self._existing(list(group))
            await self._objects.delete(ObjectKind(kind), [parse_reference(each)[1] for each in there])
            deleted += len(there)
        if young:
            return deleted, f"{len(young):,} young objects may be found again by runs that go on; tried when they ended"
        return deleted, ""

    async def _shards(self, todo: Todo) -> list[str]:
        found = sorted({shard for each in todo.report.objects for shard in await shards_of(self._objects, each)})
        async with self._database.transaction() as connection:
            await takedowns.note_shards(connection, todo, found)
        return found

    async def _young(self, references: Sequence[str]) -> frozenset[str]:
        """Those that a run may have found a moment ago, before its row could say so."""
        wanted = set(references)
        young: set[str] = set()
        before = datetime.now(UTC) - MIN_GRACE
        for kind in sorted({parse_reference(each)[0] for each in references}):
            old = {found.reference async for found in self._objects.list(kind, older_than=before)}
            young |= {each for each in wanted if each.startswith(f"{kind}/")} - old
        return frozenset(await self._existing(sorted(young)))

    # ── proof ──

    @activity.defn(name="prove_takedown")
    async def prove_takedown(self, request: TakedownRequest) -> TakedownResult:
        async with heartbeating():
            todo = await self._todo()
            if todo.closed and todo.result is not None:
                return TakedownResult.model_validate(todo.result)
            checked, left = await self._count(todo)
            result = TakedownResult(
                repository=request.repository,
                removed=todo.report.removed,
                shared=todo.report.shared,
                dropped=todo.dropped,
                checked=checked,
                left=left,
                workflows=tuple(todo.report.workflows[:SHOWN_IDS]),
            )
            async with self._database.transaction() as connection:
                await takedowns.close(connection, todo, result.model_dump(mode="json"), clean=not left)
            return result

    async def _count(self, todo: Todo) -> tuple[dict[str, int], dict[str, int]]:
        async with self._database.snapshot() as connection:
            tables = await leftovers.count_left(connection, todo.ids)
        left = {f"table {name}": count for name, count in tables.items() if count}
        for name in self._configured:
            held = await (await self._open(name)).left(todo.ids.repository_id)
            left |= {f"{name} {kind}": count for kind, count in held.items() if count}
        live = await live_references(self._database, self._objects)
        mine = [each for each in (*todo.report.objects, *todo.shards) if each not in live]
        found = await self._existing(mine)
        if found:
            left["objects"] = len(found)
        return {"tables": len(tables), "stores": len(self._configured), "objects": len(mine)}, left

    async def _existing(self, references: Sequence[str]) -> list[str]:
        found: list[str] = []
        for start in range(0, len(references), CHECKED_AT_ONCE):
            part = references[start : start + CHECKED_AT_ONCE]
            there = await asyncio.gather(*(self._objects.exists(*parse_reference(each)) for each in part))
            found += [each for each, exists in zip(part, there, strict=True) if exists]
        return found
