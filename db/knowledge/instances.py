"""Open instances of LightRAG, one per workspace and encoder, a few of them kept."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute
from db.knowledge import entries, library, stored
from db.knowledge.alone import SCHEMA, alone
from db.knowledge.encoders import LazyEncoder
from db.knowledge.loop import run
from db.knowledge.vectors import Vector
from db.session import Database, database_error
from docrunch.errors import DocrunchError, Failed, InvalidConfig, Unreachable
from docrunch.ids import text_sha

KEPT = 16  # workspaces; each costs a few tasks and no connection

_open: dict[str, int] = {}  # database → instances of this process; the library has one pool for all


class Space(msgspec.Struct, frozen=True):
    """A workspace as far as the library knows it. ``encoder``: id of the one that its vectors are of."""

    workspace: str
    encoder: str
    dimensions: int
    model: str | None = None

    @property
    def table_name(self) -> str:
        """At most 36 characters of ``[a-z0-9_]``: what tables of this encoder end with."""
        shown = self.model or self.encoder.split("-onnxruntime")[0].split("-torch")[0]
        safe = "".join(c if c.isalnum() else "_" for c in shown.lower() if c.isascii())[:23]
        return f"{safe}_{text_sha(self.encoder)[:12]}"

    @property
    def facts(self) -> dict[str, Any]:
        """What is noted with each entry: where its vectors are, whatever is configured later."""
        facts = {"encoder": self.encoder, "dimensions": self.dimensions}
        return facts if self.model is None else {**facts, "model": self.model}

    @classmethod
    def noted(cls, workspace: str, facts: Iterable[Mapping[str, Any]]) -> "Space | None":
        """Inverse of `facts`: of the first that say it."""
        known = next((row for row in facts if "encoder" in row), None)
        return cls(workspace, known["encoder"], known["dimensions"], known.get("model")) if known else None


class Instance:
    """One open instance. ``book``: vectors of the texts that are being written."""

    def __init__(self, space: Space, encoder: LazyEncoder | None) -> None:
        self.space = space
        self.book: dict[str, Vector] = {}
        self.writing = asyncio.Lock()
        self._encoder = encoder
        self.rag: Any = None

    def __deepcopy__(self, _: object) -> "Instance":
        return self  # the library copies its configuration, and with it what `embed` belongs to

    async def embed(self, texts: list[str], **_: Any) -> Any:
        """What the library calls: a look-up for what is written, the encoder for a query."""
        missing = [text for text in texts if text not in self.book]
        found: dict[str, Vector] = {}
        if missing:
            if self._encoder is None or self.writing.locked():
                raise Failed("a text without a vector was to be written to the knowledge graph")
            made = await self._encoder.encode(missing, self.space.encoder)
            found = dict(zip(missing, made, strict=True))
        rows = [self.book[text] if text in self.book else found[text] for text in texts]
        return np.stack(rows).astype(np.float32)


class Instances:
    def __init__(self, database: Database, folder: Path, encoder: LazyEncoder | None = None) -> None:
        self._database = database
        self._folder = folder
        self._encoder = encoder
        self._kept: OrderedDict[Space, Instance] = OrderedDict()
        self._opening = asyncio.Lock()

    async def get(self, space: Space) -> Instance:
        """The open instance of a workspace; its tables are made where they are missing.

        Raises:
            Unreachable: the database does not answer, or the tables of the workspace are gone.
            InvalidConfig: this process has the graph of another database open.
        """
        async with self._opening:
            if space in self._kept:
                self._kept.move_to_end(space)
                return self._kept[space]
            made = Instance(space, self._encoder)
            await self._opened(made)
            self._kept[space] = made
            while len(self._kept) > KEPT:
                await self._closed(self._kept.popitem(last=False)[1])
            return made

    async def _opened(self, made: Instance) -> None:
        url = self._database.url
        if any(other != url and count for other, count in _open.items()):
            raise InvalidConfig("one process has one knowledge graph, and that of another database is open")
        async with alone(self._database, SCHEMA):  # tables are made by one process at a time
            async with self._database.transaction() as connection:
                await refuse_lost(connection, made.space.workspace)
                there = await stored.there(connection)
                await execute(connection, f"CREATE SCHEMA IF NOT EXISTS {library.SCHEMA}")
            if not there:  # the library makes tables when its first instance opens: those that are open lost theirs
                await self.close()
            if not _open.get(url):
                library.connect_to(url)
            try:
                space = made.space
                made.rag = await run(
                    library.make_instance(space.workspace, space.table_name, space.dimensions, made.embed, self._folder)
                )
            except Exception as error:
                raise meaning(error) from error
        _open[url] = _open.get(url, 0) + 1

    async def forget(self, workspace: str) -> None:
        """Close the instances of a workspace that is gone."""
        for space in [each for each in self._kept if each.workspace == workspace]:
            await self._closed(self._kept.pop(space))

    async def close(self) -> None:
        while self._kept:
            await self._closed(self._kept.popitem()[1])

    async def _closed(self, instance: Instance) -> None:
        url = self._database.url
        _open[url] = max(0, _open.get(url, 0) - 1)
        try:
            await run(instance.rag.finalize_storages())
        except Exception as error:  # noqa: BLE001 - what was written is committed; the pool goes with the process
            del error


async def refuse_lost(connection: AsyncConnection, workspace: str) -> None:
    """Tables are made for what is new, never below entries that are noted as being in them.

    Raises:
        Unreachable: what the workspace held is gone: its tables are, or were and are there again without it.
    """
    if await entries.holds(connection, workspace) and not await stored.holds(connection, workspace):
        raise _gone()


def _gone() -> Unreachable:
    return Unreachable(
        f"the rows of the knowledge graph are gone (schema {library.SCHEMA}): bring them back,"
        " or run `docrunch sync rebuild --target lightrag`"
    )


def meaning(error: BaseException) -> DocrunchError:
    """What an error of the library is to us: the store does not answer, or it refuses what it was given."""
    if isinstance(error, DocrunchError):
        return error
    if _lacks_table(error):
        return _gone()
    found = database_error(error)
    if found is not None:
        return found
    cause = error.__cause__ or error
    return Failed(f"the knowledge graph failed: {type(cause).__name__}: {str(cause)[:300]}")


def _lacks_table(error: BaseException | None) -> bool:
    return error is not None and (isinstance(error, asyncpg.UndefinedTableError) or _lacks_table(error.__cause__))
