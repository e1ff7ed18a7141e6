"""The documentation tree: pages as files below a directory, or on a branch of a local git repository."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import structlog

from activities.projections.target import Batch, Drift, Outcome, Sample, TargetContext, TargetUnreachable, Workspace
from db.page_texts import scan_text
from db.publishing.payload import decode_page
from db.repositories import scans
from docrunch.documentation.tree.opened import open_trees
from docrunch.documentation.tree.place import Place, Trees
from docrunch.documentation.tree.repository import CommitText
from docrunch.documentation.tree.writer import Written
from docrunch.errors import DocrunchError, NotFound
from docrunch.storage.model import Action, EntityType

T = TypeVar("T")
SHOWN_PATHS = 20  # of kept pages in one line of the log

_log = structlog.get_logger()


def make(context: TargetContext) -> "MarkdownTarget":
    return MarkdownTarget(context)


class MarkdownTarget:
    """Implements `Target` for pages. What it wrote is told by a manifest inside each tree, not by rows.

    A page that somebody edited is left alone, with the newer version beside it: that is no failure of the entity.
    `verify` counts such pages (``edited``, ``beside``, ``kept``) and does not take them for drift.
    """

    name: ClassVar[str] = "markdown"
    takes: ClassVar[frozenset[EntityType]] = frozenset({EntityType.PAGE})

    def __init__(self, context: TargetContext) -> None:
        self._settings = context.settings
        self._database = context.database

    async def apply(self, batch: Batch) -> Outcome:
        return await self._project(batch)

    async def delete(self, batch: Batch) -> Outcome:
        return await self._project(batch)

    async def _project(self, batch: Batch) -> Outcome:
        changes = [change for change in batch.changes if change.entity_type in self.takes]
        if not changes:
            return Outcome()
        pages = {
            change.key: decode_page(change.payload).text
            for change in changes
            if change.action is Action.UPSERT and change.payload is not None
        }
        removed = [change.key for change in changes if change.action is Action.DELETE]
        text = await self._text(batch.workspace, batch.scan_id)
        done = await self._in_thread(lambda trees: trees.update(_place(batch.workspace), pages, removed, text))
        self._tell(batch.workspace, done)
        outcome = Outcome(failed={c.entity_id: done.failed[c.key] for c in changes if c.key in done.failed})
        outcome.failed |= {
            c.entity_id: "it has no text" for c in changes if c.action is Action.UPSERT and not c.payload
        }
        outcome.writes.files = done.files
        return outcome

    async def verify(self, sample: Sample) -> Drift:
        expected = {key: found.hex() for (kind, key), found in sample.expected.items() if kind in self.takes}
        place = _place(sample.workspace)
        state = await self._in_thread(lambda trees: trees.check(place, expected, complete=sample.complete))
        return Drift(state.missing, state.stale, state.extra, state.counts())

    async def rebuild(self, repository: Workspace) -> None:
        await self._in_thread(lambda trees: trees.rebuild(_place(repository)))

    async def activate(self, repository: Workspace) -> None:
        text = _message(repository, "made anew")
        await self._in_thread(lambda trees: trees.activate(_place(repository), text))

    async def drop(self, repository: Workspace) -> int:
        text = _message(repository, "removed")
        return await self._in_thread(lambda trees: trees.drop(_place(repository), text))

    async def left(self, repository_id: int) -> dict[str, int]:
        return await self._in_thread(lambda trees: trees.left(repository_id))

    async def recover(self) -> int:
        return await self._in_thread(lambda trees: trees.recover())

    async def health(self) -> dict[str, Any]:
        return await self._in_thread(lambda trees: trees.health())

    async def aclose(self) -> None:
        """Nothing is held between two calls."""

    async def _in_thread(self, work: Callable[[Trees], T]) -> T:
        """Raises:
        TargetUnreachable: the directory or repository fails as a whole.
        """
        try:
            return await asyncio.to_thread(lambda: work(open_trees(self._settings)))
        except DocrunchError as error:
            raise TargetUnreachable(error.message, hint=error.hint) from error
        except OSError as error:
            where = self._settings.storage.markdown.repository or self._settings.markdown_dir
            raise TargetUnreachable(
                f"the pages cannot be written to {where}: {error.strerror or type(error).__name__}",
                hint="Make room, or make it writable; what waits is then written.",
            ) from error

    async def _text(self, workspace: Workspace, scan_id: int | None) -> CommitText:
        """Of the commit, where pages are committed: the same scan gives the same one."""
        if self._settings.storage.markdown.repository is None or not scan_id:
            return _message(workspace, "documented")
        async with self._database.transaction() as connection:
            try:
                scan = await scans.get_scan(connection, scan_id)
            except NotFound:
                return _message(workspace, "documented")
        return scan_text(scan, workspace.slug)

    def _tell(self, workspace: Workspace, done: Written) -> None:
        if done.kept:
            _log.info("pages_kept", workspace=workspace.key, pages=done.kept[:SHOWN_PATHS], count=len(done.kept))
        if done.failed:
            _log.warning("pages_failed", workspace=workspace.key, count=len(done.failed))


def _message(workspace: Workspace, what: str) -> CommitText:
    return CommitText(f"Pages of {workspace.slug} {workspace.ref}: {what}", int(time.time()))


def _place(workspace: Workspace) -> Place:
    return Place(workspace.repository_id, workspace.slug, workspace.ref_id, workspace.ref, workspace.generation)
