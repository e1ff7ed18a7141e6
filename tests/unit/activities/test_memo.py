"""A second scan of the same source must reuse results, and must never be handed one whose objects are gone."""

import asyncio

from activities.memo import RESULTS, Memo
from db.objects import ObjectKind, ObjectStore


def test_a_result_comes_back_while_its_objects_exist() -> None:
    async def run() -> None:
        objects = ObjectStore("memory://")
        memo = Memo(objects)
        name = await objects.put(ObjectKind.DOCS, b"pages")
        memo.put("key", 3, [(ObjectKind.DOCS, name)])
        assert await memo.get("key", int) == 3
        assert await memo.get("other", int) is None
        await objects.delete(ObjectKind.DOCS, [name])
        assert await memo.get("key", int) is None
        await objects.put(ObjectKind.DOCS, b"pages")
        assert await memo.get("key", int) is None, "what was missing once is made again, not trusted again"

    asyncio.run(run())


def test_a_key_of_another_step_is_no_hit() -> None:
    async def run() -> None:
        memo = Memo(ObjectStore("memory://"))
        memo.put("key", 3, [])
        assert await memo.get("key", str) is None

    asyncio.run(run())


def test_the_oldest_results_are_forgotten() -> None:
    async def run() -> None:
        memo = Memo(ObjectStore("memory://"))
        for number in range(RESULTS + 1):
            memo.put(str(number), number, [])
        assert await memo.get("0", int) is None
        assert await memo.get("1", int) == 1

    asyncio.run(run())
