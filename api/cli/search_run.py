"""What ``docrunch search`` does: ask, and print the answer."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from api.cli import context
from api.cli.output import emit_json, say
from api.cli.search_text import text_of
from api.operations.search import SearchOrder, as_json, check, search
from docrunch.errors import UsageError
from docrunch.search.model import MAX_QUERY_BYTES

if TYPE_CHECKING:
    from docrunch.config import Settings
    from workflows.contracts.query import SearchAnswer

HERE = "."  # a repository argument that means the one you are in


def run(
    words: Sequence[str],
    mode: str,
    kinds: Sequence[str],
    path: str,
    ref: str | None,
    limit: int,
    group: str,
    explain: bool,
    json: bool,
) -> None:
    *repositories, query = words
    order = SearchOrder(_query(query), tuple(repositories or [HERE]), ref, mode, tuple(kinds), path, group, limit)
    check(order)  # before any server is asked
    answer = asyncio.run(_ask(context.connected(context.settings()), order))
    if json:
        emit_json(as_json(answer))
        return
    print(text_of(answer, explain=explain, coloured=_coloured(), several=len(answer.searched) > 1), flush=True)
    for each in answer.degraded:
        say(f"note: {each}")


def _query(given: str) -> str:
    if given != "-":
        return given
    if sys.stdin.isatty():
        raise UsageError("- reads the query from stdin", hint="Pipe it in, or write the query out.")
    return sys.stdin.buffer.read(MAX_QUERY_BYTES + 1).decode("utf-8", "replace")


async def _ask(settings: "Settings", order: SearchOrder) -> "SearchAnswer":
    from api.cli.services import open_services

    named = [each for each in order.repositories if each != HERE]
    async with open_services(settings) as services:
        if len(named) < len(order.repositories):
            from api.operations.stored_view import find_stored

            found = await find_stored(services.database, None, None, Path.cwd())
            named = list(dict.fromkeys([*named, found.repository]))
        return await search(services.temporal, msgspec.structs.replace(order, repositories=tuple(named)))


def _coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
