"""From the graph of a scan to its docpack, and the job around both."""

from temporalio import activity

from tests.support.fakes.world import Fake
from workflows.contracts import docpack


class FakeAssembly(Fake, docpack.AssemblyActivities):
    @activity.defn(name="assemble")
    async def assemble(self, request: docpack.AssembleRequest) -> docpack.AssembleResult:
        return await self.act(request, docpack.AssembleResult(assembly_object="s" * 64, matrix_object="m" * 64))


class FakeGeneration(Fake, docpack.GenerationActivities):
    @activity.defn(name="plan_pages")
    async def plan_pages(self, request: docpack.PagesRequest) -> docpack.PagePlan:
        return await self.act(request, docpack.PagePlan(pages=self._worlds.here().pages))

    @activity.defn(name="generate_pages")
    async def generate_pages(self, request: docpack.GenerateRequest) -> docpack.GenerateResult:
        hi = self._worlds.here().pages if request.hi is None else request.hi
        return await self.act(request, docpack.GenerateResult(docs_part=f"part-{request.lo}", pages=hi - request.lo))


class FakePack(Fake, docpack.PackActivities):
    @activity.defn(name="pack")
    async def pack(self, request: docpack.PackRequest) -> docpack.PackResult:
        return await self.act(
            request,
            docpack.PackResult(docpack_object="p" * 64, docpack_id="d" * 64, bytes=12345, docs_object="o" * 64),
        )

    @activity.defn(name="register_docpack")
    async def register_docpack(self, request: docpack.RegisterDocpack) -> None:
        await self.act(request, None)

    @activity.defn(name="drop_docpack_parts")
    async def drop_docpack_parts(self, request: docpack.DropParts) -> None:
        await self.act(request, None)


class FakeJobs(Fake, docpack.JobActivities):
    @activity.defn(name="open_job")
    async def open_job(self, request: docpack.OpenJob) -> None:
        await self.act(request, None)

    @activity.defn(name="close_job")
    async def close_job(self, request: docpack.CloseJob) -> None:
        await self.act(request, None)
