"""Derived stores: followed, built anew, compared, taken down."""

from temporalio import activity

from tests.support.fakes.world import Fake
from workflows.contracts import rebuild, sync, takedown


class FakeSync(Fake, sync.SyncActivities):
    @activity.defn(name="drain_outbox")
    async def drain_outbox(self, request: sync.DrainRequest) -> sync.DrainResult:
        drains = self._worlds.here().drains
        return await self.act(request, drains.pop(0) if drains else sync.DrainResult())

    @activity.defn(name="sweep_sync")
    async def sweep_sync(self, request: sync.SyncSweepRequest) -> sync.SyncSweepResult:
        return await self.act(request, sync.SyncSweepResult(signalled=2, workflow_ids=("sync:markdown:1",)))


class FakeRebuild(Fake, rebuild.RebuildActivities):
    """Three pages of entities."""

    @activity.defn(name="plan_rebuild")
    async def plan_rebuild(self, request: rebuild.ProjectionKey) -> rebuild.Planned:
        return await self.act(request, rebuild.Planned(entities={"file": 3}))

    @activity.defn(name="begin_generation")
    async def begin_generation(self, request: rebuild.ProjectionKey) -> rebuild.Begun:
        return await self.act(request, rebuild.Begun(generation=2, event_id=7))

    @activity.defn(name="fill_generation")
    async def fill_generation(self, request: rebuild.FillPage) -> rebuild.Filled:
        number = int(request.cursor[1]) + 1 if request.cursor else 1
        cursor = ("file", str(number)) if number < 3 else None
        return await self.act(request, rebuild.Filled(cursor=cursor, entities=request.limit))

    @activity.defn(name="check_generation")
    async def check_generation(self, request: rebuild.GenerationStep) -> rebuild.Checked:
        drift = self._worlds.here().drift
        return await self.act(request, rebuild.Checked(event_id=9, entities=3, failed=request.failed, drift=drift))

    @activity.defn(name="switch_generation")
    async def switch_generation(self, request: rebuild.GenerationStep) -> rebuild.Switched:
        return await self.act(request, rebuild.Switched(entities={"file": 3}, failed=request.failed))

    @activity.defn(name="drop_replaced")
    async def drop_replaced(self, request: rebuild.ProjectionKey) -> rebuild.Dropped:
        return await self.act(request, rebuild.Dropped(generations=1))

    @activity.defn(name="abandon_generation")
    async def abandon_generation(self, request: rebuild.Undone) -> rebuild.Dropped:
        return await self.act(request, rebuild.Dropped(generations=1))


class FakeVerify(Fake, rebuild.VerifyActivities):
    @activity.defn(name="list_projections")
    async def list_projections(self, request: rebuild.VerifyRequest) -> rebuild.ProjectionList:
        return await self.act(request, rebuild.ProjectionList(ref_ids=(1, 2)))

    @activity.defn(name="verify_projection")
    async def verify_projection(self, request: rebuild.VerifyStep) -> rebuild.DriftReport:
        report = rebuild.DriftReport(
            target=request.target, repository_id=request.repository_id, ref_id=request.ref_id, compared=3
        )
        return await self.act(request, report)


class FakeTakedown(Fake, takedown.TakedownActivities):
    @activity.defn(name="stop_derived")
    async def stop_derived(self, request: takedown.TakedownRequest) -> takedown.Stopped:
        return await self.act(request, takedown.Stopped(workflow_ids=()))

    @activity.defn(name="remove_repository")
    async def remove_repository(self, request: takedown.TakedownRequest) -> takedown.Removed:
        return await self.act(request, takedown.Removed(removed={"files": 3}, shared={}, dropped={"markdown": 1}))

    @activity.defn(name="clear_rest")
    async def clear_rest(self, request: takedown.TakedownRequest) -> takedown.Rest:
        world = self._worlds.here()
        waiting = {"lightrag": "it is away"} if world.away > 0 else {}
        world.away -= 1
        return await self.act(request, takedown.Rest(waiting=waiting, objects=2))

    @activity.defn(name="prove_takedown")
    async def prove_takedown(self, request: takedown.TakedownRequest) -> takedown.TakedownResult:
        return await self.act(request, takedown.TakedownResult(repository=request.repository))
