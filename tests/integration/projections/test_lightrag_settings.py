"""What is set of the knowledge graph is what it does, also where it was set later."""

import dataclasses

import msgspec
import pytest

from activities.projections.lightrag.storage import EmbeddedStorage
from activities.projections.target import Change
from db.knowledge import stored
from docrunch.storage.model import Action, EntityType
from tests.support.knowledge import KnowledgeWorld

pytestmark = pytest.mark.integration


async def test_another_name_takes_the_tables_along_and_nothing_is_embedded_again(shop: KnowledgeWorld) -> None:
    await shop.project(await shop.scan())
    await _configured(shop, embedding_model="Our Model")
    assert (await shop.target.verify(await shop.truth())).total == 0, "until its next change it is where it was"
    assert await EmbeddedStorage(shop.target, await shop.workspace()).search("cart", mode="naive")
    await shop.project(await shop.scan({"shop/new.py": "def fresh():\n    return 1\n"}))
    assert (await shop.target.verify(await shop.truth())).total == 0
    vectors = [table for table in await shop.dump() if table.startswith("lightrag_vdb_")]
    assert len(vectors) == 3, "the old tables hold nothing of it"
    assert all("_our_model_" in table for table in vectors)
    assert await EmbeddedStorage(shop.target, await shop.workspace()).search("cart", mode="naive")
    assert shop.encoder.calls == 2, "the two queries"


async def test_texts_are_as_long_as_configured(shop: KnowledgeWorld) -> None:
    text = " ".join(map(str, range(1000, 1200)))
    page = {"path": "decisions/0001.md", "kind": "decision", "title": "Numbers", "text": text}
    change = Change(EntityType.PAGE, "1/decisions/0001.md", "decisions/0001.md", Action.UPSERT, b"p", page)
    await shop.project(await shop.scan())
    await shop.project([change])
    few = len(await _texts(shop))
    await _configured(shop, chunk_size=300, chunk_overlap=60)
    await shop.project([msgspec.structs.replace(change, content_hash=b"q")])
    pieces = await _texts(shop)
    assert few < len(pieces)
    assert max(map(len, pieces)) <= 300 + len("# decisions/0001.md\n")
    assert sum(len(piece.split()) for piece in pieces) > 200 + 10 * (len(pieces) - 1), "neighbours share some"


async def _configured(shop: KnowledgeWorld, **lightrag: object) -> None:
    """Another process with other settings."""
    await shop.target.aclose()
    settings = shop.context.settings.with_changes(
        {f"storage.lightrag.{name}": value for name, value in lightrag.items()}
    )
    shop.context = dataclasses.replace(shop.context, settings=settings)
    shop.target = shop.opened()


async def _texts(shop: KnowledgeWorld) -> list[str]:
    async with shop.database.transaction() as connection:
        found = await stored.texts(connection, (await shop.workspace()).key)
    return [text for text in found.values() if "decisions/0001.md" in text]
