"""What ``docrunch scan`` does, in its four forms: offline, estimate, as a run that is watched, and without waiting.

Nothing happens on the server until the run is started, so this file imports what that takes and no more.
"""

import asyncio
import os
import tempfile
from pathlib import Path

import msgspec

from api.cli import context
from api.cli.output import emit, emit_json, say
from api.cli.scan_flags import ScanFlags
from api.cli.services import open_services
from api.cli.summary import estimate_line
from api.operations.identify import identify
from api.operations.start_scan import ScanOrder, StartedRun, start_scan
from docrunch.config import Settings
from docrunch.source.model import SourceKind
from docrunch.source.spec import SourceSpec, parse_spec
from workflows.contracts.routing import Device

INTERRUPTED = 130


def run_scan(flags: ScanFlags) -> int:
    """The exit code: 0 completed or partial, 1 partial with ``--strict``, 130 cancelled or detached.

    Raises:
        DocrunchError: the source is refused, a service does not answer, the run failed.
    """
    flags.check()
    spec = parse_spec(flags.source, cwd=Path.cwd())
    project = spec.path if spec.kind in (SourceKind.GIT, SourceKind.DIRECTORY) else None
    settings = context.settings(project=project)
    if flags.estimate:
        return _estimate(flags, spec, settings)
    if flags.watch:
        from api.cli.scan_watch import watch_source

        return watch_source(flags, spec, lambda again: _scan(again, spec, settings))
    return _scan(flags, spec, settings)


def _scan(flags: ScanFlags, spec: SourceSpec, settings: Settings) -> int:
    if flags.offline:
        from api.cli.scan_offline import offline

        return offline(flags, settings, _processes(settings))
    # Asked before the stack is started: a source or an index that is refused needs no server.
    options = flags.options(settings)
    identity = identify(spec, flags.ref, flags.name, options, settings.source.to_policy())
    connected, indexes = _connected(flags, settings)
    order = ScanOrder(
        source=spec.location,
        repository=identity.repository,
        commit=identity.commit,
        engine=identity.engine(settings),
        ref=flags.ref,
        name=flags.name,
        options=msgspec.structs.replace(options, scip=indexes),
        device=Device(settings.embedding.device),
        gpu_wait_seconds=settings.embedding.gpu_wait_seconds,
    )
    return asyncio.run(_run(flags, order, connected))


def _connected(flags: ScanFlags, settings: Settings) -> tuple[Settings, tuple[str, ...]]:
    """Settings that name the servers, and the hashes of the indexes, which are checked before and stored after."""
    if not flags.scip:
        return context.started(settings), ()
    from api.operations.store_indexes import store_indexes
    from docrunch.scip.files import copy_indexes

    with tempfile.TemporaryDirectory(prefix="docrunch-") as work:
        found = copy_indexes(flags.scip, Path(work))
        connected = context.started(settings)
        return connected, asyncio.run(store_indexes(connected, found))


async def _run(flags: ScanFlags, order: ScanOrder, settings: Settings) -> int:
    async with open_services(settings) as services:
        started = await start_scan(services.temporal, order, services.ui_url)
        if not flags.wait:
            _show_started(flags, started)
            return 0
        say(f"run {started.workflow_id}" + (f"\n  {started.temporal_url}" if started.temporal_url else ""))
        from api.cli.scan_follow import finish, follow  # imported while the run does its first steps

        try:
            end = await follow(services, started.workflow_id, started.run_id)
        except (KeyboardInterrupt, asyncio.CancelledError):
            return _detached(flags, started)
        return await finish(flags, services, started, end)


def _show_started(flags: ScanFlags, started: StartedRun) -> None:
    if flags.as_json:
        emit_json({"workflow_id": started.workflow_id, "run_id": started.run_id, "temporal_url": started.temporal_url})
    else:
        emit(f"{started.workflow_id}\n{started.temporal_url}".rstrip())
        say(f"Watch it with `docrunch runs watch {started.workflow_id}`.")


def _detached(flags: ScanFlags, started: StartedRun) -> int:
    if flags.as_json:
        ids = {"workflow_id": started.workflow_id, "run_id": started.run_id, "temporal_url": started.temporal_url}
        emit_json({**ids, "outcome": "detached"})
    say(
        "\nDetached; the run goes on.\n"
        f"  watch   docrunch runs watch {started.workflow_id}\n"
        f"  cancel  docrunch runs cancel {started.workflow_id}"
    )
    return INTERRUPTED


def _estimate(flags: ScanFlags, spec: SourceSpec, settings: Settings) -> int:
    from api.operations.estimate_scan import estimate_scan

    policy = settings.source.to_policy()
    found = estimate_scan(spec, flags.ref, flags.name, flags.options(settings), policy, _processes(settings))
    if flags.as_json:
        emit_json(found)
    else:
        emit(estimate_line(found))
    return 0


def _processes(settings: Settings) -> int:
    if settings.workers.parse_processes:
        return settings.workers.parse_processes
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
