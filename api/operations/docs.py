"""Documentation trees: where they are, what people wrote into them, and the pages once more somewhere else."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import msgspec

from db.objects import ObjectStore
from db.page_texts import PageReader, scan_text
from db.repositories import pages, projects, scans
from db.repositories.pages import DocumentedRef
from db.repositories.projects import RepositoryRow
from db.session import Database
from docrunch.config import Settings
from docrunch.documentation.tree.branch import BranchFiles, on_branch
from docrunch.documentation.tree.branches import described
from docrunch.documentation.tree.check import TreeState
from docrunch.documentation.tree.directory import open_directory
from docrunch.documentation.tree.opened import open_trees
from docrunch.documentation.tree.place import Place
from docrunch.documentation.tree.repository import CommitText, Repository
from docrunch.documentation.tree.writer import TreeWriter, Written
from docrunch.errors import Failed, RefNotFound


class TreeReport(msgspec.Struct, frozen=True):
    """One ref. ``state`` None: nothing was projected yet. ``published``: pages that it should hold."""

    repository: str
    ref: str
    path: str
    published: int
    state: TreeState | None


class PublishedPages(msgspec.Struct, frozen=True):
    repository: str
    ref: str
    commit: str
    texts: Mapping[str, str]  # path → text
    text: CommitText


class DocsWritten(msgspec.Struct, frozen=True):
    """``commit`` None: to a directory, or nothing changed."""

    repository: str
    ref: str
    to: str
    pages: int
    files: int
    written: list[str]
    removed: list[str]
    kept: list[str]
    failed: dict[str, str]
    commit: str | None = None


async def docs_status(database: Database, settings: Settings, repository: str, ref: str | None) -> list[TreeReport]:
    """The trees of all documented refs of a repository, or of one.

    Raises:
        NotFound: no such repository, or no pages of it.
    """
    owner, refs = await _documented(database, repository, ref)
    found = []
    for each in refs:
        async with database.transaction() as connection:
            rows = await pages.list_pages(connection, each.ref_id)
        expected = {row.path: row.content_hash.hex() for row in rows}
        found.append(await asyncio.to_thread(_report, settings, owner, each, expected))
    return found


def _report(settings: Settings, owner: RepositoryRow, ref: DocumentedRef, expected: Mapping[str, str]) -> TreeReport:
    trees = open_trees(settings)
    asked = Place(owner.id, owner.slug, ref.ref_id, ref.ref, 0)
    place = trees.generation(asked)
    state = trees.check(place, expected) if place is not None else None
    return TreeReport(owner.name, ref.ref, trees.shown(asked), len(expected), state)


async def docs_path(database: Database, settings: Settings, repository: str, ref: str | None) -> str:
    """Where the tree of a ref is, or will be.

    Raises:
        NotFound: no such repository, or no pages of it.
    """
    owner, refs = await _documented(database, repository, ref)
    asked = await _choose(database, owner, refs)
    return await asyncio.to_thread(
        lambda: open_trees(settings).shown(Place(owner.id, owner.slug, asked.ref_id, asked.ref, 0))
    )


async def published_pages(database: Database, objects: ObjectStore, repository: str, ref: str | None) -> PublishedPages:
    """All pages of a ref, by default of the default branch.

    Raises:
        NotFound: no such repository, or no pages of it.
        ObjectMissing: their texts are gone.
    """
    owner, refs = await _documented(database, repository, ref)
    asked = await _choose(database, owner, refs)
    async with database.transaction() as connection:
        scan = await scans.get_scan(connection, asked.scan_id)
    found = await PageReader(database, objects).read(asked.ref_id, limit=asked.pages + 1)
    texts = {page.path: page.text for page in found}
    return PublishedPages(owner.name, asked.ref, scan.commit, texts, scan_text(scan, owner.name))


def write_docs(given: PublishedPages, root: Path) -> DocsWritten:
    """Make a directory hold the pages, beside what people wrote there.

    Raises:
        Conflict: it holds files that are not ours.
        Failed: it cannot be written.
    """
    try:
        with open_directory(root) as files:
            done = TreeWriter(files).mirror(given.texts)
    except OSError as error:
        raise Failed(f"cannot write {root}: {error.strerror}", hint="Choose another --to.") from error
    return _written(given, str(root), done, None)


def commit_docs(given: PublishedPages, root: Path, branch: str) -> DocsWritten:
    """Commit the pages at the root of a branch of a local repository; the working tree and the index stay.

    Raises:
        Conflict: the branch is checked out, or holds files that are not ours.
        NotFound: there is no such repository.
    """
    repository = Repository(root)
    ref = repository.check_branch(branch)

    def work(files: BranchFiles) -> tuple[Written, CommitText]:
        done = TreeWriter(files).mirror(given.texts)
        return done, described(given.text, done)

    done, commit = on_branch(repository, ref, "", work)
    return _written(given, f"{root}, branch {branch}", done, commit)


def _written(given: PublishedPages, to: str, done: Written, commit: str | None) -> DocsWritten:
    return DocsWritten(
        given.repository,
        given.ref,
        to,
        len(given.texts),
        done.files,
        done.written,
        done.removed,
        done.kept,
        done.failed,
        commit,
    )


async def _documented(
    database: Database, repository: str, ref: str | None
) -> tuple[RepositoryRow, list[DocumentedRef]]:
    async with database.transaction() as connection:
        owner = await projects.find(connection, repository)
        found = await pages.documented_refs(connection, owner.id)
    refs = [each for each in found if ref is None or each.ref == ref]
    if not refs:
        raise RefNotFound(
            f"{owner.name} has no documentation of {ref or 'any ref'}",
            hint=f"Documented: {', '.join(each.ref for each in found)}."
            if found
            else "Scan a branch or tag of it; only those are documented.",
        )
    return owner, refs


async def _choose(database: Database, owner: RepositoryRow, refs: list[DocumentedRef]) -> DocumentedRef:
    """That of the default branch where it is among them, else the one published last."""
    async with database.transaction() as connection:
        default = await scans.default_scan(connection, owner.id)
    return next((each for each in refs if default is not None and each.ref_id == default.ref_id), refs[0])
