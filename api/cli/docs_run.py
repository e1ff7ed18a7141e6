"""What the ``docs`` commands do."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from api.cli import context
from api.cli.graph_run import opened_database
from api.cli.output import emit, emit_json, say
from api.operations.docs import (
    DocsWritten,
    TreeReport,
    commit_docs,
    docs_path,
    docs_status,
    published_pages,
    write_docs,
)
from docrunch.errors import Failed, UsageError

if TYPE_CHECKING:
    from db.session import Database
    from docrunch.config import Settings

T = TypeVar("T")
SHOWN = 20  # paths of one kind


def _with_database(work: "Callable[[Database, Settings], Awaitable[T]]") -> T:
    async def once() -> T:
        settings = context.connected(context.settings())
        async with opened_database(settings) as database:
            return await work(database, settings)

    return asyncio.run(once())


def status(repo: str, ref: str | None, as_json: bool) -> None:
    found = _with_database(lambda database, settings: docs_status(database, settings, repo, ref))
    if as_json:
        emit_json({"trees": msgspec.to_builtins(found)})
        return
    emit("\n\n".join(_shown(each) for each in found))


def _shown(report: TreeReport) -> str:
    lines = [f"{report.repository} {report.ref}: {report.path}"]
    state = report.state
    if state is None:
        lines.append(f"  nothing written yet; {report.published} pages are published")
        lines.append("  `docrunch sync status --target markdown` says what they wait for")
        return "\n".join(lines)
    lines.append(f"  {state.pages} of {report.published} pages")
    told = {
        "missing": state.missing,
        "older than published": state.stale,
        "no longer published": state.extra,
        "edited, kept": state.edited,
        "newer version beside (*.new)": state.beside,
        "edited, no page any more": state.kept,
        "index without some links": state.unlinked,
        "files of your own": state.foreign,
    }
    for name, paths in told.items():
        if paths:
            lines.append(f"  {name}: {len(paths)}")
            lines += [f"    {path}" for path in paths[:SHOWN]]
            lines += [f"    and {len(paths) - SHOWN} more"] if len(paths) > SHOWN else []
    return "\n".join(lines)


def path(repo: str, ref: str | None, as_json: bool) -> None:
    found = _with_database(lambda database, settings: docs_path(database, settings, repo, ref))
    if as_json:
        emit_json({"path": found})
    else:
        emit(found)


def write(repo: str, ref: str | None, to: Path | None, commit: Path | None, branch: str | None, as_json: bool) -> int:
    if (to is None) == (commit is None):
        raise UsageError("write where?", hint="Give either --to DIR or --commit GITREPO.")
    if branch is not None and commit is None:
        raise UsageError("--branch is of --commit", hint="Give --commit GITREPO as well.")

    async def project(database: "Database", settings: "Settings") -> DocsWritten:
        from db.objects import ObjectStore

        pages = await published_pages(database, ObjectStore(settings.objects_url), repo, ref)
        if to is not None:
            return await asyncio.to_thread(write_docs, pages, to.expanduser())
        assert commit is not None  # noqa: S101 - one of the two, see above
        name = branch or settings.storage.markdown.branch
        return await asyncio.to_thread(commit_docs, pages, commit.expanduser(), name)

    done = _with_database(project)
    if as_json:
        emit_json(msgspec.to_builtins(done))
    else:
        _tell(done)
    return Failed.exit_code if done.failed else 0


def _tell(done: DocsWritten) -> None:
    emit(
        f"{done.repository} {done.ref}: {done.pages} pages in {done.to}"
        f" ({len(done.written)} written, {len(done.removed)} removed, {len(done.kept)} kept as edited)"
    )
    if done.commit:
        emit(f"commit {done.commit}")
    for each in done.kept[:SHOWN]:
        say(f"edited, kept: {each}")
    for page, reason in list(done.failed.items())[:SHOWN]:
        say(f"not written: {page}: {reason}")
