"""What documents and settings refer to: a reader must find the code, and never be led to the wrong one."""

import pytest

from docrunch.graph.model import NodeKind
from tests.support.data_world import DATA

CERTAIN = ("exact", 1.0)
GUIDE = "docs/guide.md"


@pytest.fixture(scope="module")
def data(world):
    return world(DATA)


@pytest.mark.parametrize(
    ("source", "target", "certainty"),
    [
        (GUIDE, "app/models.py", CERTAIN),
        (GUIDE, "infra/main.tf", CERTAIN),  # from the root
        (GUIDE, "blog", CERTAIN),  # a directory
        (GUIDE, "app/base.py", CERTAIN),  # a path in code, from the root
        (GUIDE, "app.other.AnotherName", ("heuristic", 0.7)),  # the only symbol of a telling name
        (GUIDE, "blog.models.Post", ("heuristic", 0.9)),  # with what is around it
        (GUIDE, "app.other.unique_name", ("heuristic", 0.7)),
        (".github/workflows/ci.jobs.build", ".github/actions/setup/action.yml", CERTAIN),
        (".github/workflows/ci.jobs.test", ".github/workflows/ci.jobs.build", CERTAIN),
        ("compose.services.web", "compose.services.db", CERTAIN),
        ("compose.services.web", "docker/Dockerfile", CERTAIN),
    ],
)
def test_a_reference_leads_to_what_is_meant(data, source: str, target: str, certainty: tuple[str, float]) -> None:
    assert data.edges("uses").get((source, target)) == certainty


def test_nothing_else_is_linked_from_the_guide(data) -> None:
    expected = {
        "app.models.User.id",
        "app.other.AnotherName",
        "app.other.unique_name",
        "app/base.py",
        "app/models.py",
        "blog",
        "blog.models.Post",
        "infra/main.tf",
    }
    assert {target for source, target in data.edges("uses") if source == GUIDE} == expected


def test_a_link_that_leads_nowhere_is_counted(data) -> None:
    assert data.reasons(GUIDE) == {"no_file": 2}


def test_actions_from_outside_are_imports(data) -> None:
    assert data.edges("imports")[".github/workflows/ci.yml", "actions/checkout"] == CERTAIN


def test_keys_are_nodes_and_make_no_packages(data) -> None:
    assert data.node("settings.a.b").kind is NodeKind.KEY
    packages = {node.path for node in data.graph.nodes if node.kind is NodeKind.PACKAGE}
    assert packages >= {"app", "infra"}
    assert not {path for path in packages if path.startswith(".github")}
