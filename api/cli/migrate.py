"""``docrunch migrate``: bring the database to the schema of this version."""

from api.cli import context
from api.cli.output import emit, emit_json
from docrunch.errors import Unreachable


def run(as_json: context.Json = False) -> None:
    """Migrate the database (``up`` does it as well). A database newer than this version is refused."""
    import asyncio

    from db.migrations import migrate

    settings = context.settings()
    url = settings.database.url or context.connected(settings).database.url
    if url is None:
        raise Unreachable("no database is configured and none is running", hint="Run `docrunch up`.")
    revision = asyncio.run(migrate(url.get_secret_value()))
    emit_json({"revision": revision}) if as_json else emit(f"The database is at revision {revision}.")
