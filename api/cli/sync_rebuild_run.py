"""What ``sync rebuild`` and ``sync verify`` do, with the services they need."""

import asyncio
from collections.abc import Callable
from typing import Any

from api.cli.output import emit, emit_json, say, table
from api.cli.runs_run import call
from api.cli.services import Services
from api.operations.rebuild_stores import Rebuilt, Verified, places, rebuild, verify
from docrunch.errors import Failed
from workflows.contracts.rebuild import DriftReport

_REBUILT = ("REPOSITORY", "REF", "TARGET", "STATUS", "GENERATION", "ENTITIES")
_VERIFIED = ("REPOSITORY", "REF", "TARGET", "COMPARED", "WAITING", "MISSING", "STALE", "EXTRA", "NOTES", "REPAIRED")


def rebuild_stores(target: str | None, repository: str | None, ref: str | None, *, dry_run: bool, as_json: bool) -> int:
    async def run(services: Services) -> list[Rebuilt]:
        settings = services.settings.storage.sync
        wanted = await places(services.database, settings, target=target, repository=repository, ref=ref)
        return await rebuild(services.temporal, wanted, dry_run=dry_run, tell=_teller())

    try:
        found = call(run)
    except (KeyboardInterrupt, asyncio.CancelledError):
        say("\nDetached; a rebuild that has begun goes on.")
        raise KeyboardInterrupt from None
    if as_json:
        emit_json({"dry_run": dry_run, "rebuilds": [_plain_rebuild(each) for each in found]})
    else:
        emit(table([_rebuild_row(each) for each in found], _REBUILT) if found else "There is nothing to build.")
        for each in found:
            for line in _rebuild_remarks(each):
                emit(line)
    return Failed.exit_code if any(each.error for each in found) else 0


def verify_stores(
    target: str | None, repository: str | None, ref: str | None, *, sample: int, repair: bool, as_json: bool
) -> int:
    async def run(services: Services) -> list[Verified]:
        settings = services.settings.storage.sync
        wanted = await places(services.database, settings, target=target, repository=repository, ref=ref)
        return await verify(services.temporal, wanted, sample=sample, repair=repair, tell=_teller())

    try:
        found = call(run)
    except (KeyboardInterrupt, asyncio.CancelledError):
        say("\nDetached; a comparison that has begun goes on.")
        raise KeyboardInterrupt from None
    drift = sum(report.drift for each in found for report in each.reports)
    if as_json:
        emit_json({"drift": drift, "repair": repair, "stores": [_plain_verified(each) for each in found]})
    else:
        rows = [_verify_row(each.repository, report) for each in found for report in each.reports]
        emit(table(rows, _VERIFIED) if rows else "There is nothing to compare.")
        for each in found:
            for line in _verify_remarks(each, repaired=repair):
                emit(line)
    return Failed.exit_code if drift or any(each.error for each in found) else 0


def _teller() -> Callable[[str], None]:
    """Says each line once in a row."""
    last = ""

    def tell(line: str) -> None:
        nonlocal last
        if line != last:
            last = line
            say(line)

    return tell


def _rebuild_row(each: Rebuilt) -> tuple[object, ...]:
    place, result = each.place, each.result
    ref = place.ref or "-"
    if result is None:
        return place.repository, ref, place.target, "failed", "-", "-"
    entities = ", ".join(f"{count:,} {kind}" for kind, count in result.entities.items()) or "0"
    return place.repository, ref, place.target, result.status, result.generation or "-", entities


def _rebuild_remarks(each: Rebuilt) -> list[str]:
    if each.error is not None:
        return [f"{each.place}: {each.error[1]} The store is as before."]
    result = each.result
    lines = [f"{each.place}: {note}" for note in result.notes] if result else []
    failed = result.failed if result else ()
    lines += [f"{each.place}: {name} is left out, it could not be brought in" for name in failed]
    if failed:
        where = f"--repository {each.place.repository} --target {each.place.target}"
        lines.append(
            f"{each.place}: why: docrunch sync status {where}; once it is mended: docrunch sync retry --failed {where}"
        )
    return lines


def _verify_row(repository: str, report: DriftReport) -> tuple[object, ...]:
    counts = (
        report.compared,
        report.waiting,
        report.missing,
        report.stale,
        report.extra,
        report.notes,
        report.repaired,
    )
    return repository, report.ref or "-", report.target, *(f"{count:,}" for count in counts)


def _verify_remarks(each: Verified, *, repaired: bool) -> list[str]:
    if each.error is not None:
        return [f"{each.repository} → {each.target}: {each.error[1]}"]
    lines = []
    for report in each.reports:
        where = f"{each.repository} {report.ref} → {report.target}".replace("  ", " ")
        if not report.built and (report.missing or not report.waiting):
            lines.append(f"{where}: it was never built; `docrunch sync rebuild` builds it")
        lines += [f"{where}: {name}" for name in report.named]
        lines += [f"{where}: not repaired: {name}" for name in report.failed]
    if not repaired and any(report.drift for report in each.reports):
        lines.append(
            f"{each.repository} → {each.target}: to put it right:"
            f" docrunch sync verify --repair --repository {each.repository} --target {each.target}"
        )
    return lines


def _plain_rebuild(each: Rebuilt) -> dict[str, Any]:
    place = each.place
    return {
        "repository": place.repository,
        "ref": place.ref,
        "target": place.target,
        "workflow_id": each.workflow_id,
        "result": each.result.model_dump(mode="json") if each.result else None,
        "error": {"code": each.error[0], "message": each.error[1]} if each.error else None,
    }


def _plain_verified(each: Verified) -> dict[str, Any]:
    return {
        "repository": each.repository,
        "target": each.target,
        "refs": [{**report.model_dump(mode="json"), "drift": report.drift} for report in each.reports],
        "error": {"code": each.error[0], "message": each.error[1]} if each.error else None,
    }
