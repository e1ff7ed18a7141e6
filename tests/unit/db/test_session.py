"""A person must read what to do, not a driver's traceback; and all roles must fit the server's connections."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from db.embedded import MAX_CONNECTIONS
from db.knowledge.library import CONNECTIONS as GRAPH_CONNECTIONS
from db.session import POOL_SIZES, Database, database_error, libpq_url, pool_size
from docrunch.errors import AuthError, DocrunchError, InvalidConfig, Unreachable
from workers.registry import SLOTS
from workflows.contracts.queues import Role

RESERVED = 3 + 6  # for a superuser, and for LISTEN connections and `psql`


def test_all_roles_fit_into_the_connections_of_the_embedded_server() -> None:
    """Also while every slot of `sync` writes the knowledge graph, each holding locks on connections of their own."""
    locks = SLOTS[Role.SYNC] * 2 + 1  # of the repository and of the workspace; one opens an instance at a time
    assert sum(POOL_SIZES.values()) + locks + GRAPH_CONNECTIONS + RESERVED <= MAX_CONNECTIONS


@pytest.mark.parametrize("url", ["", "postgresql://host", "mysql://u@h/d", "not a url", "sqlite:///x"])
def test_a_url_that_is_not_postgres_names_the_setting(url: str) -> None:
    with pytest.raises(InvalidConfig) as refused:
        libpq_url(url)
    assert "DOCRUNCH_DATABASE_URL" in (refused.value.hint or "")


def test_a_url_keeps_its_password_and_loses_the_driver() -> None:
    password = "s3" + "cret"
    assert libpq_url(f"postgresql+asyncpg://u:{password}@h:1/d") == f"postgresql://u:{password}@h:1/d"


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (ConnectionRefusedError("x"), Unreachable),
        (TimeoutError(), Unreachable),
        (asyncpg.CannotConnectNowError("starting up"), Unreachable),
        (asyncpg.AdminShutdownError("shutdown"), Unreachable),
        (asyncpg.TooManyConnectionsError("full"), Unreachable),
        (asyncpg.DiskFullError("no space"), Unreachable),
        (asyncpg.DeadlockDetectedError("deadlock"), Unreachable),
        (asyncpg.SerializationError("serialise"), Unreachable),
        (asyncpg.InternalClientError("cannot switch to state"), Unreachable),
        (asyncpg.InvalidPasswordError("no"), AuthError),
        (asyncpg.UniqueViolationError("twice"), None),
        (asyncpg.PostgresSyntaxError("typo"), None),
        (ValueError("ours"), None),
    ],
)
def test_driver_errors_become_what_a_person_can_act_on(cause: Exception, kind: type[DocrunchError] | None) -> None:
    wrapped = DBAPIError("SELECT", {}, cause)
    for error in (cause, wrapped):
        found = database_error(error)
        assert (None if found is None else type(found)) is kind
        assert found is None or found.retryable == (kind is Unreachable)


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    database = Database("postgresql://docrunch@127.0.0.1:1/docrunch")
    with pytest.raises(Unreachable, match="does not answer"):
        await database.ping()
    await database.close()


def test_roles_that_share_a_process_share_the_sum_of_their_connections() -> None:
    assert pool_size(("ingest", "fast", "ingest")) == POOL_SIZES["ingest"] + POOL_SIZES["fast"]
    assert pool_size(()) == POOL_SIZES["cli"]
