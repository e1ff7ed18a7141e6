"""The knowledge graph follows the truth, writes nothing twice, and every row of it can be accounted for."""

from typing import Any

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.projections.target import Batch, Change, Sample
from db.bulk import execute, fetch
from db.knowledge import stored
from docrunch.storage.model import Action, EntityType
from tests.support.knowledge import SPEC, KnowledgeWorld, WordEncoder

pytestmark = pytest.mark.integration

CART = "shop/cart.py"


async def nodes(world: KnowledgeWorld) -> dict[str, dict[str, object]]:
    async with world.database.transaction() as connection:
        return await stored.nodes(connection, (await world.workspace()).key, None)


async def edges(world: KnowledgeWorld) -> dict[tuple[str, str], dict[str, object]]:
    async with world.database.transaction() as connection:
        return await stored.edges(connection, (await world.workspace()).key, None)


async def test_a_scan_becomes_entities_relations_and_texts(shop: KnowledgeWorld) -> None:
    outcome = await shop.project(await shop.scan())
    assert not outcome.failed
    assert outcome.writes.vectors > 0 < outcome.writes.graph
    found, joined = await nodes(shop), await edges(shop)
    assert found["shop/cart.py::Cart.add"]["entity_type"] == "method"
    assert found["shop/cart.py::Cart.add"]["line"] == "8"
    assert "Put one item" in str(found["shop/cart.py::Cart.add"]["description"])
    assert joined["shop/cart.py::Cart.add", "shop/price.py::total"]["keywords"] == "calls"
    assert "shop/cart.py -imports-> shop/price.py" in str(joined["shop/cart.py", "shop/price.py"]["description"])
    assert shop.encoder.calls == 0, "every vector comes from the cache"
    assert (await shop.target.verify(await shop.truth())).total == 0


async def test_the_same_scan_again_writes_nothing(shop: KnowledgeWorld) -> None:
    changes = await shop.scan()
    await shop.project(changes)
    before = await shop.dump()
    again = await shop.project(changes)
    assert again.writes.total == 0
    assert await shop.dump() == before


async def test_changing_step_by_step_gives_what_projecting_at_once_gives(shop: KnowledgeWorld) -> None:
    await shop.project(await shop.scan())
    price = (shop.world.root / "shop/price.py").read_text()
    await shop.project(await shop.scan({"shop/price.py": "# moved\n\n" + price.replace("def rebate", "def bonus")}))
    await shop.project(
        await shop.scan({"shop/tax.py": "from shop.price import total\n\n\ndef tax(x):\n    return total(x)\n"})
    )
    await shop.project(await shop.scan({"shop/cart.py": None}))
    stepwise = await shop.dump()
    assert (await shop.target.verify(await shop.truth())).total == 0
    shop.seen = 0
    await shop.target.rebuild(await shop.workspace(2))
    whole = [change for change in await shop.changes() if change.content_hash]
    await shop.project(whole, generation=2)
    assert await shop.dump(2) == stepwise
    assert (await shop.target.verify(await shop.truth(2))).total == 0


async def test_files_in_any_order_and_batch_give_the_same_rows(shop: KnowledgeWorld) -> None:
    changes = await shop.scan()
    await shop.project(changes)
    await shop.target.rebuild(await shop.workspace(2))
    for change in reversed(changes):
        await shop.project([change], generation=2)
    assert await shop.dump(2) == await shop.dump(1)


async def test_what_others_call_stays_unresolved_when_its_file_goes(shop: KnowledgeWorld) -> None:
    changes = await shop.scan()
    await shop.project(changes)
    price = next(change for change in changes if change.key == "shop/price.py")
    await shop.target.delete(Batch(await shop.workspace(), (price,)))
    found, joined = await nodes(shop), await edges(shop)
    assert found["shop/price.py::total"]["entity_type"] == "unresolved"
    assert ("shop/cart.py::Cart.add", "shop/price.py::total") in joined
    assert "shop/price.py::rebate" not in found
    await shop.project([price])
    assert (await shop.target.verify(await shop.truth())).total == 0


async def test_damage_to_any_table_is_found_and_repaired(shop: KnowledgeWorld) -> None:
    await shop.project(await shop.scan())
    clean = await shop.dump()
    key = (await shop.workspace()).key
    async with shop.database.transaction() as connection:
        tables = [t for t in await stored.tables(connection) if await _rows(connection, t, key)]
    assert len(tables) == 6
    for table in tables:
        column = "properties" if "graph" in table else "content"
        value = '\'{"entity_id": "x"}\'::jsonb' if "graph" in table else "'other'"
        async with shop.database.transaction() as connection:
            await execute(connection, f"CREATE TABLE kept AS SELECT * FROM lightrag.{table}")
            await execute(connection, f"UPDATE lightrag.{table} SET {column} = {value} WHERE workspace = $1", key)
        assert (await shop.target.verify(await shop.truth())).stale, table
        async with shop.database.transaction() as connection:
            await execute(connection, f"DELETE FROM lightrag.{table} WHERE workspace = $1", key)
        assert (await shop.target.verify(await shop.truth())).stale, table
        async with shop.database.transaction() as connection:
            for each in tables:
                await execute(connection, f"DELETE FROM lightrag.{each} WHERE workspace = $1", key)
            await execute(connection, "DELETE FROM projection_entries WHERE target = 'lightrag'")
            await execute(connection, "DROP TABLE kept")
        assert len((await shop.target.verify(await shop.truth())).missing) == len((await shop.truth()).expected)
        shop.seen = 0
        await shop.project(await shop.changes())
        assert await shop.dump() == clean


async def _rows(connection: AsyncConnection, table: str, key: str) -> int:
    [row] = await fetch(connection, f"SELECT count(*) AS n FROM lightrag.{table} WHERE workspace = $1", key)
    return int(row["n"])


async def test_a_wrong_vector_is_found(shop: KnowledgeWorld) -> None:
    await shop.project(await shop.scan())
    for kind in ("entity", "relation", "chunks"):
        async with shop.database.transaction() as connection:
            [table] = [t for t in await stored.tables(connection) if t.startswith(f"lightrag_vdb_{kind}")]
            await execute(connection, f"CREATE TABLE kept AS SELECT * FROM lightrag.{table}")
            await execute(connection, f"UPDATE lightrag.{table} SET content_vector = (SELECT array_agg(i) FROM"
                          " generate_series(1, 64) i)::vector")  # fmt: skip
        assert (await shop.target.verify(await shop.truth())).stale, kind
        async with shop.database.transaction() as connection:
            await execute(connection, f"UPDATE lightrag.{table} t SET content_vector = k.content_vector FROM kept k"
                          " WHERE k.workspace = t.workspace AND k.id = t.id")  # fmt: skip
            await execute(connection, "DROP TABLE kept")
        assert (await shop.target.verify(await shop.truth())).total == 0


async def test_a_sample_finds_in_its_entities_what_the_whole_check_finds(shop: KnowledgeWorld) -> None:
    await shop.project(await shop.scan())
    truth, key = await shop.truth(), (await shop.workspace()).key

    async def one_by_one() -> tuple[str, ...]:
        found: list[str] = []
        for at, value in truth.expected.items():
            drift = await shop.target.verify(Sample(truth.workspace, {at: value}, complete=False))
            assert drift.extra == drift.missing == ()
            found += drift.stale
        return tuple(sorted(found))

    assert await one_by_one() == ()
    async with shop.database.transaction() as connection:
        tables = [t for t in await stored.tables(connection) if await _rows(connection, t, key)]
        for table in tables:
            await execute(connection, f"CREATE TABLE kept_{table} AS SELECT * FROM lightrag.{table}")
    for table in tables:
        async with shop.database.transaction() as connection:
            await execute(connection, f"DELETE FROM lightrag.{table} WHERE workspace = $1 AND ctid IN"
                          f" (SELECT ctid FROM lightrag.{table} ORDER BY ctid LIMIT 2)", key)  # fmt: skip
        found = (await shop.target.verify(truth)).stale
        assert found, table
        assert await one_by_one() == found, table
        async with shop.database.transaction() as connection:
            for each in sorted(tables, reverse=True):  # edges go with their nodes, and come after them
                await execute(
                    connection, f"INSERT INTO lightrag.{each} SELECT * FROM kept_{each} ON CONFLICT DO NOTHING"
                )
    assert await one_by_one() == ()


async def test_a_sample_reads_the_rows_of_its_entities_alone(
    shop: KnowledgeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.project(await shop.scan())
    read = 0
    plain = stored.fetch

    async def counted(*given: Any) -> Any:
        nonlocal read
        found = await plain(*given)
        read += len(found)
        return found

    monkeypatch.setattr(stored, "fetch", counted)
    truth = await shop.truth()
    await shop.target.verify(truth)
    whole, read = read, 0
    readme = {at: value for at, value in truth.expected.items() if at[1] == "shop/__init__.py"}
    assert len(readme) == 1
    await shop.target.verify(Sample(truth.workspace, readme, complete=False))
    assert read < whole / 2


async def test_nothing_is_left_of_a_dropped_workspace(shop: KnowledgeWorld) -> None:
    await shop.project(await shop.scan())
    owner = shop.world.owner.id
    assert await shop.target.left(owner)
    assert await shop.target.drop(await shop.workspace())
    assert await shop.target.left(owner) == {}
    assert await shop.target.drop(await shop.workspace()) == 0


async def test_a_scan_without_vectors_has_its_texts_embedded_once(shop: KnowledgeWorld) -> None:
    changes = await shop.scan(embedded=False)
    await shop.project(changes)
    made = shop.encoder.calls
    assert made > 5
    await shop.target.rebuild(await shop.workspace(2))
    await shop.project(changes, generation=2)
    assert shop.encoder.calls == made, "the cache had them"


async def test_another_encoder_takes_all_vectors_of_a_workspace_along(shop: KnowledgeWorld) -> None:
    await shop.project(await shop.scan())

    shop.encoder = WordEncoder(msgspec.structs.replace(SPEC, id="words-test-fp32-c1-111111111111", dimensions=32))
    await shop.target.aclose()
    shop.target = shop.opened()
    await shop.project(await shop.scan({"shop/new.py": "def fresh():\n    return 1\n"}))
    assert (await shop.target.verify(await shop.truth())).total == 0
    dump = await shop.dump()
    assert sum(table.startswith("lightrag_vdb_") for table in dump) == 3, "the old tables hold nothing of it"


async def test_findings_and_pages_come_in_and_refer_to_code(shop: KnowledgeWorld) -> None:

    await shop.project(await shop.scan())
    page = {
        "path": "decisions/0001.md",
        "kind": "decision",
        "title": "Use decimals",
        "text": "We sum prices as decimals, see `shop/price.py#L5-L7`.",
    }
    finding = {
        "id": "f1",
        "type": "pattern",
        "title": "Carts are never emptied",
        "content": "checkout keeps the items\x00",
        "relationships": [{"target": CART, "type": "about"}],
    }
    changes = [
        Change(EntityType.PAGE, "1/decisions/0001.md", "decisions/0001.md", Action.UPSERT, b"p", page),
        Change(EntityType.FINDING, "r1/f1", "f1", Action.UPSERT, b"f", finding),
        Change(EntityType.FINDING, "r1/f2", "f2", Action.UPSERT, b"g", {"nonsense": 1}),
    ]
    outcome = await shop.project(changes)
    assert list(outcome.failed) == ["r1/f2"]
    joined = await edges(shop)
    assert joined["doc::decisions/0001.md", "shop/price.py"]["keywords"] == "documents"
    assert joined["finding::f1", CART]["keywords"] == "about"
