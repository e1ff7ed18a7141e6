"""A scanned directory and the knowledge graph of it: real rows, real LightRAG, an encoder that counts words."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from activities.projections.lightrag.target import LightRAGTarget
from activities.projections.target import Batch, Change, Sample, TargetContext, Workspace
from db.bulk import execute, fetch
from db.knowledge import stored
from db.objects import ObjectStore
from db.session import Database
from docrunch.config import Settings
from docrunch.embedding.model import EncoderSpec, EncodeStats, Prepared, Vectors
from docrunch.embedding.words import words
from docrunch.storage.model import Action, EntityType
from tests.support.publish_world import PublishWorld, publish_world

DIMENSIONS = 64
SPEC = EncoderSpec("words-test-fp32-c1-000000000000", "words", "test", "fp32", DIMENSIONS, 256, "")


class WordEncoder:
    """Each word is a direction: texts with common words are near each other. ``calls``: texts that were encoded."""

    def __init__(self, spec: EncoderSpec = SPEC) -> None:
        self.spec, self.stats, self.calls = spec, EncodeStats(), 0

    def prepare(self, texts: Sequence[str]) -> Prepared:
        return Prepared(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.calls += len(texts)
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> Vectors:
        made = np.zeros(self.spec.dimensions, dtype=np.float32)
        for word in words(text) or ["nothing"]:
            seed = int.from_bytes(hashlib.sha256(f"{self.spec.id}{word}".encode()).digest()[:8], "big")
            made += np.random.default_rng(seed).standard_normal(self.spec.dimensions).astype(np.float32)
        return (made / np.linalg.norm(made)).astype(np.float32)

    def close(self) -> None:
        return None


class KnowledgeWorld:
    def __init__(self, world: PublishWorld, context: TargetContext) -> None:
        self.world, self.context, self.database = world, context, world.database
        self.encoder = WordEncoder()
        self.target = self.opened()
        self.seen = 0

    def opened(self) -> LightRAGTarget:
        """Another process, as it were."""
        return LightRAGTarget(self.context, lambda: self.encoder)

    async def write(self, files: dict[str, str | None]) -> None:
        for name, text in files.items():
            path = self.world.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text)

    async def scan(self, files: dict[str, str | None] | None = None, *, embedded: bool = True) -> list[Change]:
        """Scan and publish; the changes that the outbox has since the last time."""
        await self.write(files or {})
        await self.world.scan_and_publish()
        if embedded:
            await self.embed()
        return await self.changes()

    async def embed(self) -> None:
        """Put a vector of each chunk into the cache, as `embed_range` does; the text is made up from its names."""
        async with self.database.transaction() as connection:
            rows = await fetch(
                connection,
                "SELECT DISTINCT c.content_hash AS sha, c.path || ' ' || coalesce(min(s.qualified_name), '') AS text"
                " FROM chunks c LEFT JOIN symbols s ON s.ref_id = c.ref_id AND s.id = c.symbol_id GROUP BY 1, c.path",
            )
            await execute(
                connection,
                "INSERT INTO embeddings (scope, encoder_id, dims, text_sha, vector)"
                " SELECT 'public', $1, $2, * FROM unnest($3::bytea[], $4::bytea[]) ON CONFLICT DO NOTHING",
                self.encoder.spec.id,
                self.encoder.spec.dimensions,
                [row["sha"] for row in rows],
                [self.encoder._vector(row["text"]).tobytes() for row in rows],
            )
            await execute(
                connection, "UPDATE scan_runs SET encoder_id = $1 WHERE status = 'published'", self.encoder.spec.id
            )

    async def changes(self) -> list[Change]:
        found = await read_changes(self.database, self.seen)
        self.seen = max((change.event_id for change in found), default=self.seen)
        return found

    async def workspace(self, generation: int = 1) -> Workspace:
        return await workspace_of(self.database, generation)

    async def project(
        self, changes: Sequence[Change], target: LightRAGTarget | None = None, generation: int = 1
    ) -> Any:
        """Apply and delete, as the engine does. Returns the outcome of both."""
        used, where = target or self.target, await self.workspace(generation)
        upserts = tuple(change for change in changes if change.action is Action.UPSERT)
        deletes = tuple(change for change in changes if change.action is Action.DELETE)
        outcome = await used.apply(Batch(where, upserts))
        if deletes:
            gone = await used.delete(Batch(where, deletes))
            outcome.failed.update(gone.failed)
            outcome.writes.graph += gone.writes.graph
        return outcome

    async def truth(self, generation: int = 1) -> Sample:
        """What the graph should hold: the newest row of the outbox of each entity."""
        async with self.database.transaction() as connection:
            rows = await fetch(
                connection,
                "SELECT DISTINCT ON (entity_type, key) entity_type, key, action, content_hash FROM sync_events"
                " ORDER BY entity_type, key, id DESC",
            )
        expected = {
            (EntityType(row["entity_type"]), row["key"]): row["content_hash"]
            for row in rows
            if row["action"] == "upsert"
        }
        return Sample(await self.workspace(generation), expected)

    async def dump(self, generation: int = 1) -> dict[str, Any]:
        """Every row of the workspace, without times: nodes, edges, texts and the three tables of vectors."""
        key = (await self.workspace(generation)).key
        drop = "- 'create_time' - 'update_time' - 'updated_at' - 'workspace'"
        async with self.database.transaction() as connection:
            found = {}
            for table in await stored.tables(connection):
                statement = f'SELECT (to_jsonb(t) {drop})::text AS row FROM lightrag."{table}" t WHERE workspace = $1'
                rows = await fetch(connection, statement, key)
                if rows:
                    found[table] = sorted(row["row"] for row in rows)
            return found


async def read_changes(database: Database, after: int) -> list[Change]:
    """The newest row of the outbox of each entity, of those after a row."""
    async with database.transaction() as connection:
        rows = await fetch(
            connection,
            "SELECT DISTINCT ON (key) id, entity_type, entity_id, key, action, content_hash, payload::text AS payload"
            " FROM sync_events WHERE id > $1 ORDER BY key, id DESC",
            after,
        )
    return [
        Change(
            EntityType(row["entity_type"]),
            row["entity_id"],
            row["key"],
            Action(row["action"]),
            row["content_hash"],
            msgspec.json.decode(row["payload"]) if row["action"] == "upsert" else None,
            row["id"],
        )
        for row in rows
    ]


async def workspace_of(database: Database, generation: int = 1) -> Workspace:
    """That of the only ref of the only repository."""
    async with database.transaction() as connection:
        [row] = await fetch(
            connection,
            "SELECT r.id, r.name, p.id AS owner, p.slug FROM refs r JOIN repositories p ON p.id = r.repository_id",
        )
    return Workspace(row["owner"], row["slug"], row["id"], row["name"], generation)


@asynccontextmanager
async def knowledge_world(database: Database, folder: Path, files: dict[str, str]) -> AsyncIterator[KnowledgeWorld]:
    root = folder / "source"
    root.mkdir()
    objects = ObjectStore(folder / "objects")
    made = await publish_world(database, folder, "demo", root, objects)
    settings = Settings(home=folder / "home")
    world = KnowledgeWorld(made, TargetContext(settings, database, objects))
    await world.write(dict(files))
    try:
        yield world
    finally:
        await world.target.aclose()
