"""The worker process behind ``docrunch worker``; apart, because it loads models, grammars and engines."""

import asyncio
from collections.abc import Sequence

from docrunch.config import Settings
from workers.logging import configure_logging
from workers.resources import serve
from workflows.contracts.queues import Role


def run_roles(settings: Settings, roles: Sequence[Role], exit_when_idle: float | None) -> None:
    """Until a signal arrives or, with ``exit_when_idle``, nothing was done for that many seconds."""
    configure_logging(settings.logging)
    asyncio.run(serve(roles, settings, exit_when_idle=exit_when_idle))
