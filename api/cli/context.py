"""Settings of a command, and the local stack behind it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docrunch.errors import Unreachable

if TYPE_CHECKING:
    from docrunch.config import Settings
    from workers.stack.state import StackState

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def settings(flags: Mapping[str, object] | None = None, project: Path | None = None) -> "Settings":
    from docrunch.config import load_settings

    return load_settings(flags, project=project)


def is_external(found: "Settings") -> bool:
    """Database and Temporal are both elsewhere: this machine needs no stack."""
    return found.database.url is not None and found.temporal.address is not None


def connected(found: "Settings") -> "Settings":
    """Settings that name a database and a Temporal server: the configured ones, or those of the running stack.

    Raises:
        Unreachable: neither.
    """
    if is_external(found):
        return found
    from workers.stack.state import running_state

    state = running_state(found.home)
    if state is None:
        raise Unreachable(
            "the local stack is not running",
            hint="Start it with `docrunch up`, or set DOCRUNCH_DATABASE_URL and DOCRUNCH_TEMPORAL__ADDRESS.",
        )
    return attached(found, state)


def attached(found: "Settings", state: "StackState") -> "Settings":
    return found.with_changes(
        {
            "database.url": state.database_url,
            "temporal.address": state.temporal_address,
            "temporal.ui_url": state.temporal_ui or found.temporal.ui_url,
        }
    )


def started(found: "Settings") -> "Settings":
    """Like `connected`, but starts the local stack when none is running, and says so."""
    if is_external(found):
        return found
    from api.cli.output import say
    from workers.stack.launch import ensure_up
    from workers.stack.state import running_state

    if running_state(found.home) is None:
        say("No stack is running and none is configured: starting the local one.")
    state = ensure_up(found, lambda line: say(f"  {line}"))
    return attached(found, state)
