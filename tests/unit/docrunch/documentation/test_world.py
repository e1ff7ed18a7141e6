"""Indexes behind every page: a turned dependency or a test taken for product misleads on all of them."""

import pytest

from docrunch.documentation.files import is_example, is_test
from docrunch.documentation.world import World
from tests.support.world import make_documentation, many_files


@pytest.mark.parametrize(
    ("path", "test", "example"),
    [
        ("tests/test_a.py", True, False),
        ("src/a_test.go", True, False),
        ("src/a.spec.ts", True, False),
        ("src/__tests__/a.js", True, False),
        ("conftest.py", True, False),
        ("examples/a.py", False, True),
        ("dist/index.js", False, True),
        ("src/a.py", False, False),
        ("doc/man_docs.go", False, False),
        ("src/contest.py", False, False),
        ("src/latest/a.py", False, False),
    ],
)
def test_kinds_of_paths(path: str, test: bool, example: bool) -> None:
    assert (is_test(path), is_example(path)) == (test, example)


def test_dependencies_point_from_user_to_used_with_the_line_of_the_import() -> None:
    world = World(make_documentation())
    found = world.dependencies("shop/till.py", out=True)
    assert list(found) == ["shop/goods.py"]
    assert found["shop/goods.py"].first_line == 3
    assert found["shop/goods.py"].describe() == "imports 1, calls 2"
    assert world.weights("shop/till.py") == {"shop/goods.py": 3}
    assert list(world.dependencies("shop/goods.py", out=False)) == ["shop/till.py"]
    assert (world.count_users("shop/goods.py"), world.count_users("shop/cli.py")) == (1, 0)
    assert world.dependencies("shop/goods.py", out=True) == {}


def test_tests_are_no_product_unless_there_is_nothing_else() -> None:
    world = World(make_documentation())
    assert "tests/test_till.py" not in {m.path for m in world.product_modules}
    only = World(make_documentation({"tests/test_a.py": "def test_a():\n    pass\n"}))
    assert [m.path for m in only.product_modules] == ["tests/test_a.py"]


def test_at_most_500_function_pages_with_unique_names_and_none_for_tests() -> None:
    world = World(make_documentation({**many_files(300), "tests/test_a.py": "def test_a():\n    pass\n"}))
    assert len(world.function_pages) == 500
    assert len({page.lower() for page in world.function_pages.values()}) == 500
    assert not any("test_a" in page for page in world.function_pages.values())
