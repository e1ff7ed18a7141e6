"""Reading a source once, and making sure that the facts of its files exist."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from pathlib import Path

from temporalio import activity

from activities.facts import FactsCache, Known, Sum
from activities.heartbeat import Stop, heartbeating, in_thread
from activities.scans import Run, ScanRows
from activities.worlds import Tree, Worlds
from db.events import NewEvent
from db.events.model import FilesDetected, WorkflowProgress
from db.events.store import payload_of
from db.objects import ObjectKind
from db.repositories import churn as churns
from docrunch import ids
from docrunch.errors import DocrunchError
from docrunch.parsing.catalog import detect, is_parsed
from docrunch.pipeline.extracting import located
from docrunch.pipeline.lost import LOST_FILE_REASONS
from docrunch.pipeline.shards import plan_ranges
from docrunch.source.churn import Absent, Churn
from docrunch.source.estimate import estimate
from docrunch.source.history import KnownChanges, read_churn
from docrunch.source.known import KnownFiles
from docrunch.source.model import FileEntry, Issue, SourceKind
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source, parse_spec
from docrunch.source.spec import SourceSpec
from docrunch.source.tree import StoredTree, write_tree
from docrunch.source.workdir import job_directory
from workflows.contracts.options import SHARD_FILES
from workflows.contracts.scan import (
    ChurnRequest,
    ChurnResult,
    EstimateRange,
    FileRange,
    IngestActivities,
    PageRequest,
    PageResult,
    PlanRequest,
    ResolvedSource,
    ResolveRequest,
    ShardPlan,
    SourceRequest,
)

KNOWN_FILES = SHARD_FILES  # that may join a page without being parsed: what is known of a shard is one page
PAGE_BYTES = 16_000_000  # a page ends earlier when its texts reach this: bounds what a killed worker repeats


class Ingest(IngestActivities):
    """Needs ``facts`` for parsing only; ``work`` is where private job directories are made."""

    def __init__(
        self, worlds: Worlds, rows: ScanRows, facts: FactsCache, *, policy: SourcePolicy, work: Path, processes: int
    ) -> None:
        self._worlds = worlds
        self._rows = rows
        self._facts = facts
        self._policy = policy
        self._work = work
        self._processes = processes
        self._known = KnownFiles()
        self._changes = KnownChanges()

    @activity.defn(name="resolve_source")
    async def resolve_source(self, request: ResolveRequest) -> ResolvedSource:
        async with heartbeating():
            with job_directory(self._work) as directory:
                stop = Stop()
                tree, path, sha = await in_thread(
                    lambda: self._read(request, directory, stop.check), on_cancel=stop.ask
                )
                try:
                    await self._worlds.objects.put(ObjectKind.TREE, path)
                    history = await self._rows.last_seconds(request.tenant, tree.source.repository)
                    return self._resolved(request, tree, sha, history)
                finally:
                    tree.close()

    def _read(self, request: ResolveRequest, directory: Path, tick: Callable[[], None]) -> tuple[StoredTree, Path, str]:
        source = request.source
        tree = open_source(
            _spec(source),
            ref=source.ref,
            name=source.name,
            options=request.options,
            policy=self._policy,
            workdir=directory,
            detect=detect,
            tick=tick,
            known=self._known,
        )
        path = directory / "tree"
        with path.open("xb") as out:
            sha = write_tree(tree, out)
        return tree, path, sha

    def _resolved(self, request: ResolveRequest, tree: StoredTree, sha: str, history: float | None) -> ResolvedSource:
        source = tree.source
        parsed = list(tree.parsed_entries())
        found = estimate(
            tree.entries, is_parsed=is_parsed, embeddings=request.options.embeddings, processes=self._processes
        )
        return ResolvedSource(
            repository=source.repository,
            slug=ids.slug(source.repository),
            commit=source.commit,
            ref=source.ref,
            declared_ref=source.declared_ref,
            kind=str(source.kind),
            tree_object=sha,
            tree_sha256=tree.tree_sha256,
            files=len(tree.entries),
            parsed_files=len(parsed),
            bytes=sum(entry.size for entry in tree.entries),
            url=source.url,
            skipped=dict(sorted(Counter(str(e.skip) for e in tree.entries if e.skip is not None).items())),
            languages=len({entry.language for entry in parsed}),
            issues=dict(sorted(Counter(issue.reason for issue in tree.issues).items())),
            estimate=EstimateRange(
                seconds_low=found.seconds.low,
                seconds_high=found.seconds.high,
                texts_low=int(found.chunks.low),
                texts_high=int(found.chunks.high),
            ),
            history_seconds=history,
            scope=scope_of(source.kind, request.tenant, has_token=self._has_token(request)),
        )

    def _has_token(self, request: ResolveRequest) -> bool:
        spec = _spec(request.source)
        return spec.kind is SourceKind.REMOTE and self._policy.token_for(spec.url.host) is not None

    @activity.defn(name="plan_shards")
    async def plan_shards(self, request: PlanRequest) -> ShardPlan:
        tree = await self._worlds.tree(request.tree_object)
        ranges = plan_ranges([entry.size for entry in tree.parsed], request.max_files, request.max_bytes)
        return ShardPlan(shards=tuple(FileRange(lo=lo, hi=hi) for lo, hi in ranges))

    @activity.defn(name="parse_page")
    async def parse_page(self, request: PageRequest) -> PageResult:
        started = time.monotonic()
        async with heartbeating() as beat:
            beat.at(request.cursor)
            tree = await self._worlds.tree(request.tree_object)
            # An attempt that committed and could not say so may have lost a file: its answer stays, whatever is
            # possible now. Other steps have read it already.
            recorded = {issue.path: issue for issue in await self._rows.lost(request.scan_id, LOST_FILE_REASONS)}
            end, found = await self._page(request, tree, recorded, await self._told(request))
            lost, issues = _issues(request, tree, end, found, recorded)
            await self._rows.record(request.scan_id, issues, lambda run: _page_events(run, request.cursor, end, tree))
            told = await self._told(request)
            if (
                told is not None and told != end
            ):  # another attempt ran beside this one and was first: the page is the one it told
                end, found = await self._page(request, tree, recorded, told)
                lost, issues = _issues(request, tree, end, found, recorded)
            return PageResult(
                next_cursor=end,
                parsed=len(found.sums),
                reused=found.reused,
                failed=len(lost) + sum(each.empty for _, each in found.sums),
                symbols=sum(each.symbols for _, each in found.sums),
                issues=dict(sorted(Counter(issue.reason for issue in issues).items())),
                bytes=sum(entry.size for entry in tree.slice(request.cursor, end)),
                seconds=round(time.monotonic() - started, 3),
            )

    @activity.defn(name="record_churn")
    async def record_churn(self, request: ChurnRequest) -> ChurnResult:
        async with heartbeating():
            tree = (await self._worlds.tree(request.tree_object)).reader
            async with self._rows.database.transaction() as connection:
                run = await self._rows.run(connection, request.scan_id)
                key = churns.ChurnKey(run.repository_id, request.commit, tree.tree_sha256)
                if await churns.is_known(connection, key):
                    return ChurnResult(reused=True)
            stop = Stop()
            paths = [entry.path for entry in tree.entries]
            found = await in_thread(lambda: self._churn(request, paths, stop.check), on_cancel=stop.ask)
            async with self._rows.database.transaction() as connection:
                await self._rows.run(connection, request.scan_id)  # not of a repository that was removed meanwhile
                await churns.store(connection, key, found)
        if isinstance(found, Absent):
            return ChurnResult(absent=str(found))
        return ChurnResult(files=len(found.files), commits=found.commits)

    def _churn(self, request: ChurnRequest, paths: Sequence[str], tick: Callable[[], None]) -> Churn | Absent:
        try:
            spec = _spec(request.source)
        except DocrunchError:
            return Absent.GONE
        with job_directory(self._work) as work:
            return read_churn(
                spec, request.commit, paths, policy=self._policy, workdir=work, known=self._changes, tick=tick
            )

    async def _page(
        self, request: PageRequest, tree: Tree, recorded: Mapping[str, Issue], told: int | None
    ) -> tuple[int, Known]:
        """Where the page ends, and what its facts amount to. What was told already ends where it was told to end.

        Else, where most of it is cached, it takes along what is cached behind it.
        """
        end = told or page_end(tree.parsed, request.cursor, request.hi)
        left = [entry for entry in tree.slice(request.cursor, end) if entry.path not in recorded]
        found = await self._facts.check(request.scan_id, request.scope, tree.reader, left, request.options)
        if told is not None or 2 * found.reused < len(left):
            return end, found
        more = await self._more(request, tree, end, frozenset(recorded))
        return end + len(more), Known([*found.sums, *more], found.lost, found.reused + len(more))

    async def _more(
        self, request: PageRequest, tree: Tree, start: int, recorded: frozenset[str]
    ) -> list[tuple[str, Sum]]:
        """The files behind a page, as far as the cache has their facts.

        So a scan in which little changed takes a few pages and not one per `PAGE_FILES`.
        """
        rest = tree.slice(start, min(start + KNOWN_FILES, request.until))
        sums = await self._facts.known(request.scan_id, request.scope, rest, request.options) if rest else {}
        known = takewhile(lambda entry: entry.path in sums and entry.path not in recorded, rest)
        return [(entry.path, sums[entry.path]) for entry in known]

    async def _told(self, request: PageRequest) -> int | None:
        """Where the page at this cursor ends by what was committed: an earlier attempt, or an earlier pass of the
        scan, whose embedding then began anew on another device."""
        async with self._rows.database.transaction() as connection:
            run = await self._rows.run(connection, request.scan_id)
            detected = await payload_of(connection, run.job_id, run.key(_detected(request.cursor)), FilesDetected)
        return request.cursor + len(detected.paths) if detected is not None else None


def _spec(source: SourceRequest) -> SourceSpec:
    return parse_spec(source.text, cwd=Path(source.cwd or "/"))


def scope_of(kind: SourceKind, tenant: str, *, has_token: bool) -> str:
    """Where a source's cache entries are visible: only what was fetched without a credential is public."""
    return "public" if kind is SourceKind.REMOTE and not has_token else f"tenant:{tenant}"


def page_end(entries: Sequence[FileEntry], low: int, high: int) -> int:
    """Where a page that starts at ``low`` ends: at ``high``, or where its texts exceed `PAGE_BYTES`."""
    size = 0
    for index in range(low, high):
        size += entries[index].size
        if size > PAGE_BYTES and index > low:
            return index
    return high


def _of_page(tree: Tree, page: Sequence[FileEntry], *, first: bool) -> list[Issue]:
    """Issues from the reading of the source, of the files of one page; the first page also takes what has no page."""
    paths = {entry.path for entry in page}
    pageless = {issue.path for issue in tree.reader.issues} - {entry.path for entry in tree.parsed} if first else set()
    return [issue for issue in tree.reader.issues if issue.path in paths or issue.path in pageless]


def _issues(
    request: PageRequest, tree: Tree, end: int, found: Known, recorded: Mapping[str, Issue]
) -> tuple[list[Issue], list[Issue]]:
    """(files of the page that were lost, all issues of the page)."""
    page = tree.slice(request.cursor, end)
    lost = [*found.lost, *(recorded[entry.path] for entry in page if entry.path in recorded)]
    issues = [issue for path, each in found.sums for issue in located(path, each.issues)]
    return lost, [*issues, *lost, *_of_page(tree, page, first=request.cursor == 0)]


def _page_events(run: Run, cursor: int, end: int, tree: Tree) -> list[NewEvent]:
    key = _detected(cursor)
    detected = FilesDetected(page=cursor, paths=[entry.path for entry in tree.slice(cursor, end)])
    reached = WorkflowProgress("parse", end, len(tree.parsed), first=cursor)
    return [run.event(detected, key), run.event(reached, f"progress:parse:{cursor}", key)]


def _detected(cursor: int) -> str:
    """Key of the event of a page. Not of its end, which depends on what is cached: a page is told once."""
    return f"detected:{cursor}"
