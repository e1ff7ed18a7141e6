"""``docrunch down``: stop the local stack, and forget its data when asked."""

from typing import Annotated

import typer

from api.cli import context
from api.cli.output import emit, emit_json, say


def run(
    purge: Annotated[bool, typer.Option("--purge", help="Also delete database, objects, caches and runs.")] = False,
    as_json: context.Json = False,
) -> None:
    """Stop the local stack. Runs that are in progress resume with the next `docrunch up`."""
    from workers.stack.launch import take_down

    settings = context.settings()
    stopped = take_down(settings, say, purge=purge)
    if as_json:
        emit_json({"stopped": stopped, "purged": purge, "home": str(settings.home)})
    else:
        emit("stopped" if stopped else "The local stack was not running.")
        if purge:
            emit(f"Deleted all data in {settings.home}.")
