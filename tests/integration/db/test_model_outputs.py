"""An answer of a model is kept for whoever may have it, for as long as it is of use."""

from datetime import timedelta

import msgspec
import pytest

from db.repositories.model_outputs import OutputKey, find_output, keep_output, trim_outputs
from db.repositories.removal import remove_repository
from db.session import Database
from tests.support.publishing import repository

pytestmark = pytest.mark.integration


async def key_of(database: Database, name: str = "host/shop") -> OutputKey:
    return OutputKey("local", (await repository(database, name)).id, "a" * 64, "ask/1", "chat")


async def test_a_completed_answer_is_found_again(database: Database) -> None:
    key = await key_of(database)
    async with database.transaction() as connection:
        assert await find_output(connection, key) is None
        await keep_output(connection, key, "words \x00 [e1]")
        await keep_output(connection, key, "other words")  # of an attempt that came late
    async with database.transaction() as connection:
        assert (await find_output(connection, key) or "").startswith("words ")


@pytest.mark.parametrize(
    "change", [{"scope": "other"}, {"context_sha": "b" * 64}, {"prompt_version": "ask/2"}, {"model": "chat-2"}]
)
async def test_no_look_up_crosses_its_key(database: Database, change: dict[str, str]) -> None:
    key = await key_of(database)
    async with database.transaction() as connection:
        await keep_output(connection, key, "words")
        assert await find_output(connection, msgspec.structs.replace(key, **change)) is None


async def test_it_goes_with_its_repository(database: Database) -> None:
    key = await key_of(database)
    async with database.transaction() as connection:
        await keep_output(connection, key, "words")
        report = await remove_repository(connection, key.repository_id, "host/shop")
        assert report.removed["model_outputs"] == 1
        await keep_output(connection, key, "too late")
        assert await find_output(connection, key) is None


async def test_what_nobody_asks_for_goes_after_a_while(database: Database) -> None:
    key = await key_of(database)
    async with database.transaction() as connection:
        await keep_output(connection, key, "words")
    async with database.transaction() as connection:
        assert await trim_outputs(connection) == 0
        assert await trim_outputs(connection, timedelta(0)) == 1
