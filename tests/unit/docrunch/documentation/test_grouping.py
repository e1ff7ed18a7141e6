"""The architecture diagram must fit in 25 boxes for any repository, and layers must follow from dependencies."""

from hypothesis import given
from hypothesis import strategies as st

from docrunch.documentation.grouping import group_modules, layers, strong_components
from docrunch.documentation.world import World
from tests.support.world import make_documentation, many_files


def test_few_modules_stand_for_themselves() -> None:
    world = World(make_documentation())
    made = group_modules(world, world.product_modules)
    assert [g.modules[0].path for g in made.groups] == [
        "shop/__init__.py",
        "shop/cli.py",
        "shop/goods.py",
        "shop/till.py",
    ]
    assert not made.collapsed
    assert [(a, b) for a, b, _ in sorted(made.edges)] == [(0, 3), (1, 3), (3, 2)]


def test_many_modules_collapse_and_none_is_lost() -> None:
    for number in (26, 120, 700):
        world = World(make_documentation(many_files(number)))
        made = group_modules(world, world.product_modules)
        assert 1 < len(made.groups) <= 25
        assert sorted(m.path for g in made.groups for m in g.modules) == sorted(m.path for m in world.product_modules)
        assert made.collapsed


GRAPHS = st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 8), max_size=4), max_size=9)


@given(GRAPHS)
def test_layers_only_depend_downwards_but_for_cycles(targets: dict[int, list[int]]) -> None:
    keys = list(range(9))
    component = strong_components(keys, targets)
    level = {key: number for number, layer in enumerate(layers(keys, targets)) for key in layer}
    assert sorted(level) == keys
    for source, found in targets.items():
        for target in found:
            if component[source] != component[target]:
                assert level[source] > level[target]
            else:
                assert level[source] == level[target]


@given(GRAPHS)
def test_components_are_those_of_mutual_reachability(targets: dict[int, list[int]]) -> None:
    reach = {key: {key} for key in range(9)}
    for _ in range(9):
        for key in reach:
            reach[key] = reach[key].union(*(reach[t] for k in reach[key] for t in targets.get(k, ())))
    component = strong_components(list(range(9)), targets)
    for a in reach:
        for b in reach:
            assert (component[a] == component[b]) == (a in reach[b] and b in reach[a])
