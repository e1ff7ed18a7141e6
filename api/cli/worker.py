"""``docrunch worker``: one worker process in the foreground, on this or another machine."""

from typing import Annotated

import typer

from api.cli import context
from docrunch.errors import UsageError


def run(
    role: Annotated[list[str], typer.Option("--role", help="orchestrator, ingest, gpu, …; may be repeated.")],
    exit_when_idle: Annotated[
        float | None, typer.Option("--exit-when-idle", help="Stop after this many seconds without work.")
    ] = None,
    as_json: context.Json = False,
) -> None:
    """Run a worker until it is stopped. Elsewhere than here it needs external services: see `docrunch doctor`."""
    from workflows.contracts.queues import Role

    unknown = sorted(set(role) - {str(known) for known in Role})
    if unknown:
        raise UsageError(f"there is no role {unknown[0]!r}", hint=f"Roles: {', '.join(map(str, Role))}.")
    from api.cli.worker_run import run_roles

    settings = context.connected(context.settings({"logging.format": "json" if as_json else None}))
    run_roles(settings, [Role(name) for name in role], exit_when_idle)
