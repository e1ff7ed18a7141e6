"""Tables are found by name across files: a key to the wrong table sends a migration to the wrong place."""

import pytest

from tests.support.data_world import DATA

CERTAIN = ("exact", 1.0)


@pytest.fixture(scope="module")
def data(world):
    return world(DATA)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("db/schema.teams", "db/schema.public.users"),  # with and without its schema
        ("db/schema.owners", "db/schema.public.users"),  # a view reads
        ("db/schema.owners", "db/schema.teams"),
        ("db/other.logs", "db/other.audit.users"),
        ("db/migrations/002.sql", "db/schema.public.users"),  # what a migration changes, in another file
        ("app.models.Badge", "app.models.User"),  # a class of the framework before a schema
        ("app.models.Badge", "db/schema.teams"),  # a table without a class
        ("app.models.User", "db/schema.public.users"),  # a class maps to the table that SQL states
        ("1.upgrade", "app.models.User"),
        ("1.upgrade", "app.models.Badge"),
        ("blog.models.Post", "blog.models.Author"),  # a model of the same app
        ("blog.models.Post", "shop.models.Author"),  # a model of the app that is named
        ("0001.Migration", "shop.models.Author"),
        ("prisma/schema.Pet", "prisma/schema.Person"),
        ("invoices", "accounts"),
        ("Invoice", "Account"),  # a model of Rails refers to a model
        ("Invoice", "Payer"),  # a model in the table of its base
        ("Invoice", "invoices"),  # and is mapped to the table of its plural
        ("Add", "Invoice"),
        ("com.acme.Parcel", "com.acme.Hub"),
        ("com.acme.Parcel", "jpa/src/main/resources/V1.parcels"),
        ("jpa/src/main/resources/V1.parcels", "com.acme.Hub"),  # a table that only a class states
    ],
)
def test_a_reference_leads_to_the_one_table_of_that_name(data, source: str, target: str) -> None:
    assert data.edges("uses").get((source, target)) == CERTAIN


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("db/schema.teams", "db/other.audit.users"),  # another schema
        ("db/schema.teams", "app.models.User"),
        ("db/schema.owners", "db/migrations/002.down.users"),  # what a script makes to undo another
        ("db/uses.uses", "db/dump_a.twice"),  # two tables of that name: nobody knows
        ("db/uses.uses", "db/dump_b.twice"),
        ("prisma/schema.Person", "prisma/schema.Pet"),  # the other side of a key
        ("app.models.User", "db/other.audit.users"),
        ("Report#run", "accounts"),  # a call of that name is no table
    ],
)
def test_no_edge_is_guessed(data, source: str, target: str) -> None:
    assert (source, target) not in data.edges("uses")


def test_several_tables_of_a_name_are_candidates(data) -> None:
    uses = data.node("db/uses.uses")
    (found,) = [each for each in data.graph.candidates if each.source == uses.id]
    assert {target for target, _ in found.targets} == {data.node("db/dump_a.twice").id, data.node("db/dump_b.twice").id}


def test_a_table_that_nothing_states_is_counted(data) -> None:
    assert data.reasons("db/migrations/002.sql") == {"no_table": 1}
    assert data.reasons("app/versions/1.py")["no_table"] == 1


def test_tables_and_columns_are_nodes_of_their_file(data) -> None:
    contains = data.edges("contains")
    assert ("db/schema.sql", "db/schema.public.users") in contains
    assert ("db/schema.public.users", "db/schema.public.users.email") in contains
    assert ("db/migrations/002.sql", "db/migrations/002.users.age") in contains
    assert data.node("db/schema.public.users").doc == "People who may log in."


def test_code_does_not_call_tables(data) -> None:
    assert not {source for source, target in data.edges("calls") if target in ("accounts", "invoices")}
