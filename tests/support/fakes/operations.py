"""What schedules ask for."""

from temporalio import activity

from tests.support.fakes.world import Fake
from workflows.contracts import cleanup, health


class FakeHealth(Fake, health.HealthActivities):
    @activity.defn(name="check_component")
    async def check_component(self, request: health.CheckRequest) -> health.ComponentHealth:
        world = self._worlds.here()
        found = health.Health(world.health.get(request.component, "ok"))
        if world.health.get(f"{request.component}!"):
            raise RuntimeError(world.health[f"{request.component}!"])
        return await self.act(request, health.ComponentHealth(component=request.component, health=found))

    @activity.defn(name="record_health")
    async def record_health(self, report: health.HealthReport) -> None:
        await self.act(report, None)


class FakeMaintenance(Fake, cleanup.MaintenanceActivities):
    @activity.defn(name="cleanup_step")
    async def cleanup_step(self, request: cleanup.CleanupStep) -> cleanup.Cleaned:
        name = f"cleanup_step:{request.kind.value}"
        return await self._worlds.here().act(name, request, cleanup.Cleaned(deleted=10, bytes=100))

    @activity.defn(name="sweep_orphans")
    async def sweep_orphans(self, request: cleanup.SweepRequest) -> cleanup.SweepResult:
        return await self.act(request, cleanup.SweepResult(checked=5, swept=1, workflow_ids=("run-1",)))
