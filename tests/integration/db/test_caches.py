"""Nothing is computed twice, nothing crosses a scope, and cleanup never takes what a scan relies on."""

import asyncio
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import text

from db.cleanup import clean_caches
from db.repositories import embeddings, facts
from db.repositories.facts import FactsKey
from db.repositories.scans import close_scan
from db.session import Database
from docrunch.canonical import sha256_hex
from docrunch.ids import Sha256
from tests.support.publishing import opened, repository

pytestmark = pytest.mark.integration

GRACE = timedelta(hours=24)


def sha(value: str) -> Sha256:
    return Sha256(sha256_hex(value.encode()))


def key(value: str, language: str = "python", extractor: str = "x1") -> FactsKey:
    return FactsKey(sha(value), language, extractor)


async def age(database: Database) -> None:
    async with database.transaction() as connection:
        for table in ("file_facts", "embeddings"):
            await connection.execute(text(f"UPDATE {table} SET used_at = now() - interval '2 days'"))


async def test_facts_are_found_by_their_whole_key_within_their_scope(database: Database) -> None:
    scan = await opened(database, await repository(database))
    async with database.transaction() as connection:
        assert await facts.insert_many(connection, scan.id, "public", {key("a"): b"A", key("b"): b"B"}) == 2
        assert await facts.insert_many(connection, scan.id, "public", {key("a"): b"other"}) == 0
        wanted = [key("a"), key("b", "go"), key("b", extractor="x2"), key("c")]
        assert await facts.lookup_many(connection, scan.id, "public", wanted) == {key("a"): b"A"}
        assert await facts.lookup_many(connection, scan.id, "private:me", [key("a")]) == {}
        assert await facts.lookup_many(connection, scan.id, "public", []) == {}


@pytest.mark.parametrize("dimensions", [384, 1536])
async def test_vectors_come_back_to_the_bit_in_the_order_asked(database: Database, dimensions: int) -> None:
    scan = await opened(database, await repository(database))
    shas = [sha(str(number)) for number in range(5)]
    vectors = np.random.default_rng(7).standard_normal((5, dimensions)).astype(np.float32)
    async with database.transaction() as connection:
        assert await embeddings.missing(connection, scan.id, "public", "e1", [*shas, shas[0]]) == shas
        assert await embeddings.insert_many(connection, scan.id, "public", "e1", shas[:4], vectors[:4]) == 4
        assert await embeddings.missing(connection, scan.id, "public", "e1", shas) == shas[4:]
        hits, found = await embeddings.lookup_many(connection, scan.id, "public", "e1", shas[::-1])
        assert hits == shas[3::-1]
        assert found.dtype == np.float32
        assert found.tobytes() == vectors[3::-1].tobytes()
        assert (await embeddings.lookup_many(connection, scan.id, "private:me", "e1", shas))[1].shape == (0, 0)
        assert await embeddings.missing(connection, scan.id, "public", "e2", shas) == shas


async def test_a_stored_vector_is_never_overwritten(database: Database) -> None:
    scan = await opened(database, await repository(database))
    one, two = np.ones((1, 4), np.float32), np.zeros((1, 4), np.float32)
    async with database.transaction() as connection:
        await embeddings.insert_many(connection, scan.id, "public", "e", [sha("a")], one)
        assert await embeddings.insert_many(connection, scan.id, "public", "e", [sha("a")], two) == 0
        _, found = await embeddings.lookup_many(connection, scan.id, "public", "e", [sha("a")])
        assert found.tolist() == one.tolist()
        with pytest.raises(ValueError, match="2 texts but 1 vectors"):
            await embeddings.insert_many(connection, scan.id, "public", "e", [sha("a"), sha("b")], one)


async def test_cleanup_keeps_what_live_scans_use_and_what_is_young(database: Database) -> None:
    owner = await repository(database)
    live, dead = await opened(database, owner), await opened(database, owner)
    async with database.transaction() as connection:
        await facts.insert_many(connection, live.id, "public", {key("live"): b"1", key("both"): b"2"})
        await facts.insert_many(connection, dead.id, "public", {key("dead"): b"3", key("both"): b"2"})
        await embeddings.insert_many(connection, dead.id, "public", "e", [sha("v")], np.ones((1, 4), np.float32))
        await close_scan(connection, dead.id, "failed")
        assert tuple((await clean_caches(connection, GRACE)).__struct_fields__) == ("facts", "embeddings")
        assert set(await facts.lookup_many(connection, live.id, "public", [key("dead")])) == {key("dead")}
        await connection.execute(text("DELETE FROM scan_uses WHERE scan_id = :id AND entry_id NOT IN "
            "(SELECT id FROM file_facts WHERE facts <> '3')"), {"id": live.id})  # fmt: skip
    await age(database)
    async with database.transaction() as connection:
        done = await clean_caches(connection, GRACE)
        assert (done.facts, done.embeddings) == (1, 1)
        left = await facts.lookup_many(connection, live.id, "public", [key("live"), key("both"), key("dead")])
    assert set(left) == {key("live"), key("both")}


async def test_a_hit_during_cleanup_is_either_kept_or_no_hit(database: Database) -> None:
    owner = await repository(database)
    first = await opened(database, owner)
    keys = [key(str(number)) for number in range(200)]
    async with database.transaction() as connection:
        await facts.insert_many(connection, first.id, "public", dict.fromkeys(keys, b"x"))
        await close_scan(connection, first.id, "failed")
    for round_ in range(6):
        await age(database)
        scan = await opened(database, owner)

        async def look(scan_id: int = scan.id, delay: float = 0.002 * round_) -> set[FactsKey]:
            await asyncio.sleep(delay)
            async with database.transaction() as connection:
                return set(await facts.lookup_many(connection, scan_id, "public", keys))

        async def clean() -> None:
            async with database.transaction() as connection:
                await clean_caches(connection, GRACE)

        hits, _ = await asyncio.gather(look(), clean())
        async with database.transaction() as connection:
            assert hits <= set(await facts.lookup_many(connection, scan.id, "public", keys)), "a hit was deleted"
            await facts.insert_many(connection, scan.id, "public", dict.fromkeys(keys, b"x"))
            await close_scan(connection, scan.id, "failed")


async def test_a_cleanup_that_waited_for_a_hit_keeps_it(database: Database) -> None:
    owner = await repository(database)
    first, second = await opened(database, owner), await opened(database, owner)
    async with database.transaction() as connection:
        await facts.insert_many(connection, first.id, "public", {key("a"): b"A"})
        await close_scan(connection, first.id, "failed")
    await age(database)

    async def clean() -> int:
        async with database.transaction() as connection:
            return (await clean_caches(connection, GRACE)).facts

    async with database.transaction() as connection:
        assert await facts.lookup_many(connection, second.id, "public", [key("a")])
        cleaning = asyncio.create_task(clean())
        await asyncio.sleep(0.3)
        assert not cleaning.done(), "cleanup should wait for the look-up's transaction"
    assert await cleaning == 0
    async with database.transaction() as connection:
        assert await facts.lookup_many(connection, second.id, "public", [key("a")])


async def test_a_grace_too_short_to_be_safe_is_refused(database: Database) -> None:
    async with database.transaction() as connection:
        with pytest.raises(ValueError, match="at least"):
            await clean_caches(connection, timedelta(minutes=5))


async def test_vectors_nobody_asked_for_in_hours_are_found_and_made_young(database: Database) -> None:
    """A look-up that only refreshed them, or only read them, would leave them to the next cleanup or compute again."""
    scan = await opened(database, await repository(database))
    shas = [sha("old"), sha("young"), sha("none")]
    async with database.transaction() as connection:
        vectors = np.arange(8, dtype=np.float32).reshape(2, 4)
        await embeddings.insert_many(connection, scan.id, "public", "e", shas[:2], vectors)
        await facts.insert_many(connection, scan.id, "public", {key("old"): b"1", key("young"): b"2"})
    for table, column in (("embeddings", "text_sha"), ("file_facts", "text_sha256")):
        async with database.transaction() as connection:
            await connection.execute(
                text(f"UPDATE {table} SET used_at = now() - interval '2 days' WHERE {column} = :sha"),
                {"sha": bytes.fromhex(sha("old"))},
            )
    later = await opened(database, await repository(database), run_id="r2")
    async with database.transaction() as connection:
        assert await embeddings.missing(connection, later.id, "public", "e", shas) == [sha("none")]
        hits, found = await embeddings.lookup_many(connection, later.id, "public", "e", shas)
        assert (hits, found.tolist()) == (shas[:2], vectors.tolist())
        wanted = [key("old"), key("young"), key("none")]
        stored = await facts.lookup_many(connection, later.id, "public", wanted, held={key("young")})
        assert stored == {key("old"): b"1", key("young"): None}
        for table in ("embeddings", "file_facts"):
            old = await connection.scalar(
                text(f"SELECT count(*) FROM {table} WHERE used_at < now() - interval '1 minute'")
            )
            assert old == 0
        uses = await connection.execute(
            text("SELECT cache, count(*) FROM scan_uses WHERE scan_id = :id GROUP BY 1 ORDER BY 1"), {"id": later.id}
        )
        assert [tuple(row) for row in uses] == [(0, 2), (1, 2)]


async def test_a_vector_that_somebody_else_stored_meanwhile_is_used_by_both(database: Database) -> None:
    first = await opened(database, await repository(database))
    second = await opened(database, await repository(database), run_id="r2")
    ones = np.ones((2, 4), np.float32)
    async with database.transaction() as connection:
        assert await embeddings.insert_many(connection, first.id, "public", "e", [sha("a")], ones[:1]) == 1
        assert await embeddings.insert_many(connection, second.id, "public", "e", [sha("a"), sha("b")], ones) == 1
        uses = await connection.execute(text("SELECT scan_id, count(*) FROM scan_uses GROUP BY 1 ORDER BY 1"))
        assert [tuple(row) for row in uses] == [(first.id, 1), (second.id, 2)]
