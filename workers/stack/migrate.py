"""Bring the configured database to the newest migration, as a process: ``python -m workers.stack.migrate``."""

import asyncio
import sys

from db.migrations import migrate
from docrunch.config import load_settings
from docrunch.errors import DocrunchError


def main() -> int:
    url = load_settings().database.url
    if url is None:
        print("no database address was given", file=sys.stderr)
        return 2
    try:
        print(asyncio.run(migrate(url.get_secret_value())))
    except DocrunchError as error:
        print(" ".join(part for part in (error.message, error.hint) if part), file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
