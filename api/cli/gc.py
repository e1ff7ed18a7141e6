"""``docrunch gc``: remove what nothing uses any more."""

from typing import Annotated

import typer

from api.cli import context
from api.cli.output import emit, emit_json, pairs, size
from docrunch.errors import Failed


def run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: context.Json = False,
) -> int:
    """Delete expired scans, unused cache entries, old events and objects. What is used stays."""
    import asyncio

    from api.cli.services import open_services
    from api.operations.collect_garbage import collect_garbage
    from workflows.contracts.cleanup import CleanupResult

    async def collect() -> CleanupResult:
        async with open_services(context.connected(context.settings())) as services:
            return await collect_garbage(services.temporal, dry_run=dry_run)

    found = asyncio.run(collect())
    if as_json:
        emit_json({"dry_run": dry_run, "deleted": found.deleted, "bytes": found.bytes, "failed": found.failed})
    else:
        emit(pairs({**found.deleted, "freed": size(found.bytes)}))
        emit("\n".join(f"{kind} failed: {reason}" for kind, reason in found.failed.items()) or "done")
    return Failed.exit_code if found.failed else 0
