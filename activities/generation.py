"""Facts, graph and assembly → Markdown pages, in windows."""

import time
from pathlib import Path

import msgspec
from temporalio import activity

from activities.heartbeat import heartbeating, in_thread
from activities.scan_world import ScanWorlds
from activities.worlds import Recent
from db.events.model import GenerationStarted, SymbolsDocumented, WorkflowProgress
from db.objects import ObjectKind, reference
from docrunch.canonical import canonical_json, sha256_hex
from docrunch.documentation.bundle import encode_pages
from docrunch.documentation.model import DocumentationInput, Page
from docrunch.documentation.render import Renderer
from docrunch.documentation.reuse import KeptTexts
from docrunch.ids import NodeId
from docrunch.pipeline.finishing import documentation_input
from workflows.contracts.docpack import GenerateRequest, GenerateResult, GenerationActivities, PagePlan, PagesRequest

RENDERERS = 1  # jobs whose renderer one process keeps: its windows follow one another, two at a time


class Window(msgspec.Struct, frozen=True):
    """What `generate_pages` made: the object of the pages, their number, the symbols they document."""

    part: str
    pages: int
    symbols: tuple[NodeId, ...]
    planned: int  # pages of all windows


class Generation(GenerationActivities):
    """``templates`` is a directory of templates that replace ours, from the operator's settings."""

    def __init__(self, scans: ScanWorlds, templates: Path | None = None) -> None:
        self._scans = scans
        self._templates = templates
        self._renderers: Recent[str, Renderer] = Recent(RENDERERS)
        self._kept = KeptTexts()

    async def _renderer(self, request: PagesRequest) -> Renderer:
        """One per job and process: what all pages need is worked out once, not once per window."""

        async def make() -> Renderer:
            data = await load_input(self._scans, request)
            # No page crosses a scope, and facts follow from their texts under the same options only.
            of = sha256_hex(canonical_json([request.scope, request.options, data.source.repository]))
            return await in_thread(lambda: Renderer(data, self._templates, self._kept, of))

        return await self._renderers.get(await inputs(self._scans, request, "render"), make)

    @activity.defn(name="plan_pages")
    async def plan_pages(self, request: PagesRequest) -> PagePlan:
        async with heartbeating():
            key = await inputs(self._scans, request, "plan")
            pages = await self._scans.memo.get(key, int)
            if pages is None:
                renderer = await self._renderer(request)
                pages = len(await in_thread(renderer.plan))
                self._scans.memo.put(key, pages, [])
            return PagePlan(pages=pages)

    @activity.defn(name="generate_pages")
    async def generate_pages(self, request: GenerateRequest) -> GenerateResult:
        started = time.monotonic()
        async with heartbeating():
            key = await inputs(self._scans, request.pages, "generate", request.lo, request.hi)
            # Templates of the operator may be edited while this process runs: no name stands for them.
            made = await self._scans.memo.get(key, Window) if self._templates is None else None
            if made is None:
                made = await self._window(request)
                self._scans.memo.put(key, made, [(ObjectKind.DOCS, made.part)])
            if request.hi is None or request.hi >= made.planned:
                self._renderers = Recent(RENDERERS)  # the last window: it holds the whole graph and all facts
            part, pages, symbols = made.part, made.pages, made.symbols
            fact = f"pages:{request.pages.assembly_object}:{request.lo}"
            begun = "generation:started"
            total = pages if request.hi is None else None
            progress = WorkflowProgress("generate", request.lo + pages, total, "pages", first=request.lo)
            await self._scans.rows.record(
                request.pages.scan_id,
                [],
                lambda run: [
                    run.event(GenerationStarted(scan_id=run.id), begun, "assembly:completed"),
                    run.event(SymbolsDocumented(page=f"{request.lo}", symbols=list(symbols)), fact, begun),
                    run.event(progress, f"progress:{fact}", begun),
                ],
                objects={f"docs-{request.lo}": reference(ObjectKind.DOCS, part)},
            )
            return GenerateResult(docs_part=part, pages=pages, seconds=round(time.monotonic() - started, 3))

    async def _window(self, request: GenerateRequest) -> Window:
        renderer = await self._renderer(request.pages)

        def make() -> tuple[list[Page], bytes, list[NodeId]]:
            pages = [renderer.page(path) for path in renderer.plan()[request.lo : request.hi]]
            return pages, encode_pages(pages), renderer.documented(frozenset(page.path for page in pages))

        pages, bundle, symbols = await in_thread(make)
        part = await self._scans.worlds.objects.put(ObjectKind.DOCS, bundle)
        return Window(part, len(pages), tuple(symbols), len(renderer.plan()))


async def inputs(scans: ScanWorlds, request: PagesRequest, *names: object) -> str:
    """The key of what is made from the input of pages (see `load_input`) and ``names``."""
    objects = (request.tree_object, request.graph_object, request.assembly_object)
    return await scans.inputs(request.scan_id, request.scope, request.options, *objects, *names)


async def load_input(scans: ScanWorlds, request: PagesRequest) -> DocumentationInput:
    """What the renderer is given, from the objects of the scan and its cached facts."""
    world = await scans.load(request.scan_id, request.tree_object, request.scope, request.options)
    graph = await scans.worlds.graph(request.graph_object)
    assembly = await scans.worlds.assembly(request.assembly_object)
    issues = await scans.issues(world)
    return documentation_input(world.tree.reader, world.facts, graph, assembly, issues, request.options)
