"""What is kept of scans: made once, within its bytes, and gone when something newer is there."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from activities import ready_scans
from activities.ready_scans import ReadyScans
from db.repositories.scans import ScanRow


class Part(NamedTuple):
    name: str
    nbytes: int = 10
    flaws: tuple[str, ...] = ()


class OtherPart(NamedTuple):
    name: str
    nbytes: int = 10
    flaws: tuple[str, ...] = ()


def scan(number: int, ref: int | None = 1) -> ScanRow:
    return ScanRow(
        id=number, repository_id=1, ref_id=ref, ref="main", workflow_id="w", run_id="r", commit=f"c{number}",
        kind="full", status="published", outcome=None, tree_sha256=None, graph_sha256=None, extractor_id=None,
        encoder_id=None, options={}, counts={}, stages={}, objects={}, error={},
        opened_at=datetime.now(UTC), published_at=None, closed_at=None,
    )  # fmt: skip


class Maker:
    """Makes parts and notes which."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def __call__(self, part: Part) -> Callable[[], Awaitable[Part]]:
        async def make() -> Part:
            self.made.append(part.name)
            await asyncio.sleep(0)
            return part

        return make


async def get(ready: ReadyScans, maker: Maker, part: Part, of: ScanRow, *, asked: bool = True) -> Part:
    return await ready.get(Part, of, [part.name], maker(part), asked=asked)


async def test_those_who_want_the_same_thing_at_once_share_the_work() -> None:
    ready, maker = ReadyScans(), Maker()
    found = await asyncio.gather(*(get(ready, maker, Part("a"), scan(1)) for _ in range(5)))
    assert found == [Part("a")] * 5
    assert maker.made == ["a"]


async def test_an_older_scan_goes_when_a_newer_one_of_its_ref_is_there() -> None:
    ready, maker = ReadyScans(), Maker()
    await get(ready, maker, Part("old"), scan(1))
    await get(ready, maker, Part("other ref"), scan(2, ref=2))
    await get(ready, maker, Part("new"), scan(3), asked=False)
    assert [names for names, _ in ready.all(Part)] == [("other ref",), ("new",)]
    assert ready.newest(Part, 1) == Part("new")
    await get(ready, maker, Part("old"), scan(1))
    assert ready.newest(Part, 1) == Part("new"), "who still asks for the old one does not undo the new one"


async def test_what_two_refs_share_stays_until_both_have_moved_on() -> None:
    ready, maker = ReadyScans(), Maker()
    await get(ready, maker, Part("same"), scan(1, ref=1))
    await get(ready, maker, Part("same"), scan(2, ref=2))
    await get(ready, maker, Part("new"), scan(3, ref=1))
    assert await get(ready, maker, Part("same"), scan(2, ref=2)) == Part("same")
    assert maker.made == ["same", "new"]
    await get(ready, maker, Part("newer"), scan(4, ref=2))
    assert {names for names, _ in ready.all(Part)} == {("new",), ("newer",)}


async def test_all_kinds_share_the_bytes_and_what_was_asked_for_longest_ago_goes_first() -> None:
    ready, maker = ReadyScans(limit=25), Maker()
    await get(ready, maker, Part("a"), scan(1, ref=1))
    await ready.get(OtherPart, scan(1, ref=1), ["b"], lambda: _other("b"))
    await get(ready, maker, Part("a"), scan(1, ref=1))
    await get(ready, maker, Part("c"), scan(2, ref=2))
    assert [names for names, _ in ready.all(Part)] == [("a",), ("c",)]
    assert list(ready.all(OtherPart)) == []
    assert ready.refs(OtherPart) == []


async def _other(name: str) -> OtherPart:
    return OtherPart(name)


async def test_what_nobody_asked_for_takes_no_room_from_what_somebody_did() -> None:
    ready, maker = ReadyScans(limit=25), Maker()
    for number in (1, 2):
        await get(ready, maker, Part(str(number)), scan(number, ref=number))
    await get(ready, maker, Part("unasked"), scan(3, ref=3), asked=False)
    assert ready.refs(Part) == [1, 2]
    assert [names for names, _ in ready.all(Part)] == [("1",), ("2",)]
    await get(ready, maker, Part("4"), scan(4, ref=1), asked=False)
    assert [names for names, _ in ready.all(Part)] == [("2",), ("4",)], "it took the place of what it replaced"


async def test_what_is_asked_for_is_kept_whatever_its_size() -> None:
    ready, maker = ReadyScans(limit=25), Maker()
    await get(ready, maker, Part("small"), scan(1))
    await get(ready, maker, Part("large", 1_000), scan(2, ref=2))
    assert [names for names, _ in ready.all(Part)] == [("large",)]


async def test_what_was_asked_for_while_it_was_made_for_nobody_is_kept() -> None:
    ready, maker = ReadyScans(limit=25), Maker()
    for number in (1, 2):
        await get(ready, maker, Part(str(number)), scan(number, ref=number))
    unasked = asyncio.create_task(get(ready, maker, Part("3"), scan(3, ref=3), asked=False))
    await asyncio.sleep(0)
    await asyncio.gather(get(ready, maker, Part("3"), scan(3, ref=3)), unasked)
    assert maker.made == ["1", "2", "3"]
    assert [names for names, _ in ready.all(Part)] == [("2",), ("3",)]
    assert ready.newest(Part, 3) == Part("3")


async def test_what_has_flaws_is_made_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    ready, maker = ReadyScans(), Maker()
    for _ in range(2):
        await get(ready, maker, Part("a", flaws=("no graph",)), scan(1))
    assert maker.made == ["a"]
    monkeypatch.setattr(ready_scans, "FLAWED_SECONDS", 0.0)
    await get(ready, maker, Part("a"), scan(1))
    assert maker.made == ["a", "a"]


async def test_a_failure_is_told_and_not_kept() -> None:
    ready, maker = ReadyScans(), Maker()

    async def fail() -> Part:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await ready.get(Part, scan(1), ["a"], fail)
    assert await get(ready, maker, Part("a"), scan(1)) == Part("a")


async def test_only_what_is_still_kept_is_replaced() -> None:
    ready, maker = ReadyScans(), Maker()
    old = await get(ready, maker, Part("a"), scan(1))
    ready.replace(["a"], old, Part("better"))
    ready.replace(["a"], old, Part("too late"))
    ready.replace(["gone"], old, Part("gone"))
    assert list(ready.all(Part)) == [(("a",), Part("better"))]
