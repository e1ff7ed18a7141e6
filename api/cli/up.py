"""``docrunch up``: start the local stack, or find the one that runs."""

from typing import Annotated

import typer

from api.cli import context
from api.cli.output import emit, emit_json, pairs, say


def run(
    detach: Annotated[bool, typer.Option("--detach", help="Return at once; do not wait until it is ready.")] = False,
    separate: Annotated[bool, typer.Option("--separate", help="One process per role.")] = False,
    as_json: context.Json = False,
) -> None:
    """Start the local stack: Postgres, Temporal with its Web UI, workers, health endpoint."""
    from workers.stack.launch import ensure_up, spawn
    from workers.stack.state import read_state

    settings = context.settings()
    if detach:
        state = read_state(settings.home)
        if state is None or not state.alive:
            spawn(settings, separate=separate)
            state = None
        phase = state.phase if state is not None else "starting"
        emit_json({"phase": phase, "home": str(settings.home)}) if as_json else emit(
            f"The local stack is {phase}; `docrunch status` shows how far it is."
        )
        return
    state = ensure_up(settings, say, separate=separate)
    shown = {
        "phase": state.phase,
        "temporal": state.temporal_address,
        "temporal_ui": state.temporal_ui,
        "health": f"{state.health_url}/readyz",
        "database": "embedded" if settings.database.url is None else "external",
        "home": str(settings.home),
    }
    if as_json:
        emit_json(shown)
    else:
        emit(pairs(shown))
        say("It keeps running in the background; `docrunch down` stops it.")
