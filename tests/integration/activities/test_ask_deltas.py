"""Parts of an answer reach whoever follows it: few events, nothing twice, nothing lost."""

import pytest
from sqlalchemy import text

from activities import ask_deltas
from activities.ask_deltas import COALESCE_SECONDS, MAX_TEXT, Deltas
from db.session import Database
from docrunch.ask.compose import text_of
from docrunch.ask.model import Citation, Sentence
from tests.support.publishing import opened, repository

pytestmark = pytest.mark.integration

SENTENCES = [Sentence(f"Statement {number}.", (Citation("a.py", number, number),)) for number in range(1, 41)]


class Clock:
    """Seconds since nothing in particular."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(ask_deltas, "time", clock)
    return clock


async def deltas(database: Database, attempt: int = 1) -> Deltas:
    owner = await repository(database, "demo")
    scan = await opened(database, owner, run_id=f"run-{attempt}")
    return Deltas(database, "ask:1", attempt, owner.name, scan)


async def told(database: Database) -> list[dict[str, object]]:
    async with database.transaction() as connection:
        rows = await connection.execute(text("SELECT payload FROM events WHERE kind = 'ask.delta.v1' ORDER BY seq"))
        return [row[0] for row in rows]


async def test_at_most_one_event_each_250_ms_and_the_whole_answer_in_order(database: Database, clock: Clock) -> None:
    """A model that writes a sentence each 20 ms."""
    assert COALESCE_SECONDS == 0.25
    telling = await deltas(database)
    began = clock.now
    for sentence in SENTENCES:
        await telling.add([sentence])
        clock.now += 0.02
    await telling.flush()
    found = await told(database)
    assert 3 <= len(found) <= (clock.now - began) / COALESCE_SECONDS + 2  # the first one, and the rest at the end
    assert found[0]["text"] == text_of(SENTENCES[:1]), "the first sentence does not wait"
    assert "\n".join(str(each["text"]) for each in found) == text_of(SENTENCES)
    assert [each["sentence"] for each in found] == sorted({int(str(each["sentence"])) for each in found})


async def test_an_attempt_that_is_repeated_begins_again_under_its_own_number(database: Database, clock: Clock) -> None:
    first = await deltas(database)
    await first.add(SENTENCES[:1])
    second = await deltas(database, attempt=2)
    await second.add(SENTENCES[:1])
    await second.flush()
    assert [(each["attempt"], each["sentence"]) for each in await told(database)] == [(1, 0), (2, 0)]


async def test_what_does_not_fit_into_one_event_is_told_in_several(database: Database, clock: Clock) -> None:
    """A model that writes all of a long answer at once: whoever reads the parts alone misses none of it."""
    long = [Sentence(f"{number}. " + "word " * 300, (Citation("a.py", 1, 2),)) for number in range(12)]
    telling = await deltas(database)
    await telling.add(long)
    found = await told(database)
    assert len(found) > 1
    assert all(len(str(each["text"])) <= MAX_TEXT for each in found)
    assert "\n".join(str(each["text"]) for each in found) == text_of(long)
