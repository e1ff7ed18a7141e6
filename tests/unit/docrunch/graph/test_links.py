"""What documents and settings refer to: a reader must find the code, and never be led to the wrong one."""

import pytest

from docrunch.graph.model import NodeKind
from tests.support.data_world import DATA

GUIDE = "docs/guide.md"


@pytest.fixture(scope="module")
def data(world):
    return world(DATA)


@pytest.mark.parametrize(
    ("source", "target", "confidence"),
    [
        (GUIDE, "app/models.py", "exact"),
        (GUIDE, "infra/main.tf", "exact"),  # from the root
        (GUIDE, "blog", "exact"),  # a directory
        (GUIDE, "app/base.py", "exact"),  # a path in code, from the root
        (GUIDE, "app.other.AnotherName", "inferred"),  # the only symbol of a telling name
        (GUIDE, "blog.models.Post", "inferred"),  # with what is around it
        (GUIDE, "app.other.unique_name", "inferred"),
        (".github/workflows/ci.jobs.build", ".github/actions/setup/action.yml", "exact"),
        (".github/workflows/ci.jobs.test", ".github/workflows/ci.jobs.build", "exact"),
        ("compose.services.web", "compose.services.db", "exact"),
        ("compose.services.web", "docker/Dockerfile", "exact"),
    ],
)
def test_a_reference_leads_to_what_is_meant(data, source: str, target: str, confidence: str) -> None:
    assert data.edges("uses")[source, target][0] == confidence


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
    assert (".github/workflows/ci.yml", "actions/checkout") in data.edges("imports")


def test_keys_are_nodes_and_make_no_packages(data) -> None:
    assert data.node("settings.a.b").kind is NodeKind.KEY
    packages = {node.path for node in data.graph.nodes if node.kind is NodeKind.PACKAGE}
    assert packages >= {"app", "infra"}
    assert not {path for path in packages if path.startswith(".github")}
