"""What the ``sync`` commands do, with the services they need."""

import asyncio
from typing import Any

import msgspec

from api.cli.output import say
from api.cli.runs_run import call
from api.cli.services import Services
from api.operations.sync import retry_failed, run_sync, sync_status
from db.repositories.sync_status import TargetStatus
from docrunch.errors import Failed, Unreachable


def show_status(repository: str | None, target: str | None) -> tuple[bool, list[dict[str, Any]]]:
    """(whether syncing is on, stores as plain data)."""

    async def look(services: Services) -> tuple[bool, list[TargetStatus]]:
        settings = services.settings.storage.sync
        found = await sync_status(services.database, settings, repository=repository, target=target)
        return settings.enabled, found

    enabled, found = call(look)
    return enabled, [_plain(each) for each in found]


def try_again(repository: str | None, target: str | None, entity: str | None) -> list[dict[str, Any]]:
    found = call(
        lambda services: retry_failed(
            services.database,
            services.temporal,
            services.settings.storage.sync,
            repository=repository,
            target=target,
            entity=entity,
        )
    )
    return [msgspec.to_builtins(each) for each in found]


def bring_up_to_date(repository: str, target: str | None) -> tuple[list[dict[str, Any]], int]:
    """(stores as they are then, exit code)."""

    async def follow(services: Services) -> list[TargetStatus]:
        settings, found, said = services.settings.storage.sync, [], ""
        async for found in run_sync(services.database, services.temporal, settings, repository, target):
            line = ", ".join(f"{each.target}: {each.waiting:,} waiting" for each in found if each.waiting)
            if line and line != said:
                say(line)
            said = line
        return found

    try:
        found = call(follow)
    except (KeyboardInterrupt, asyncio.CancelledError):
        say("\nDetached; the sync goes on.")
        raise KeyboardInterrupt from None
    code = 0
    if any(each.states["dead"] for each in found):
        code = Failed.exit_code
    if any(each.circuit == "open" for each in found):
        code = Unreachable.exit_code
    return [_plain(each) for each in found], code


def _plain(status: TargetStatus) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.to_builtins(status)
    return {**made, "waiting": status.waiting}
