"""Languages read for their outline: what their references lead to, within a file and across files."""

import pytest

from tests.support.structural import STRUCTURAL


@pytest.fixture(scope="module")
def found(world):
    return world(STRUCTURAL)


S, L, C = "scripts/deploy", "scripts/lib/common", "scripts/lib/colours"
CALLS = [
    (f"{S}.start", {f"{L}.log", f"{S}.helper"}),  # a function of the script itself hides a sourced one
    (f"{L}.log", {f"{C}.paint"}),  # sourced by a path from where the script runs
    ("lua/app/log.M.info", {"lua/app/log.M.write", "lua/app/log.format"}),
    ("lua/app/init.App.run", {"lua/app/log.M.info", "lua/app/init.App.stop", "lua/app/tools.trim"}),
    ("lua/app/init.App.stop", set()),  # a local of the name of a module is no module
    ("lua/main.lua", {"lua/app/init.App.run"}),
    ("Shop.Cart.empty", {"Shop.Cart.add"}),
    ("Shop.Cart.line", {"Shop.Cart.Line.build"}),
    ("Shop.Cart.Line.build", {"Shop.Cart.add"}),
    ("Shop.Cart.outside", {"Enum.map"}),
    ("Makefile.build", {"Makefile.lint"}),
]


@pytest.mark.parametrize(("source", "called"), CALLS, ids=[row[0] for row in CALLS])
def test_calls(found, source, called):
    names = found.calls(source)
    assert names == called


def test_functions_of_one_name_differ_by_the_number_of_arguments(found):
    graph = found.graph
    adds = sorted((n for n in graph.nodes if n.qualified_name == "Shop.Cart.add"), key=lambda n: n.line)
    first, second = (n.id for n in adds)
    calls = {(e.source, e.target) for e in graph.edges if e.kind == "calls"}
    names = {n.id: n for n in graph.nodes}
    assert {names[t].signature for s, t in calls if s == first} == {"def total(x)", "def save(x, y)"}
    assert {names[t].signature for s, t in calls if s == second} >= {"def round_up(x, n)"}
    assert (second, first) in calls
    assert (found.node("Shop.Cart.Line.build").id, second) in calls


USES = [
    ("Makefile.all", {"Makefile.build", "Makefile.lint"}),
    ("Makefile.build", {"build/common.prepare", "build/common.CC"}),
    ("Dockerfile.base", {"Dockerfile.VERSION"}),
    ("Dockerfile.build", {"Dockerfile.base", "Dockerfile.build.MODE"}),
    ("Dockerfile.2", {"Dockerfile.base", "Dockerfile.build"}),
    ("shop.v1.Order.item", {"shop.v1.Item"}),
    ("shop.v1.Order.line", {"shop.v1.Order.Line"}),
    ("shop.v1.Order.total", {"shop.common.Money"}),  # `common` is looked for in `shop`, which is around `shop.v1`
    ("shop.v1.Order.extra", set()),
    ("shop.v1.Order.Line.order", {"shop.v1.Order"}),
    ("shop.v1.Order.Line.kind", {"shop.v1.Order.Kind"}),
    ("shop.v1.Orders.Get", {"shop.v1.Order.Line", "shop.v1.Order"}),
    ("Item", {"Node"}),
    ("Item.price", {"Currency", "Money"}),
    ("Item.more", {"Item"}),
    ("Get", {"Parts"}),
    ("Parts", {"Item"}),
]


@pytest.mark.parametrize(("source", "used"), USES, ids=[row[0] for row in USES])
def test_uses(found, source, used):
    names = {target for start, target in found.edges("uses") if start == source}
    assert names == used


IMPORTS = [
    ("scripts/deploy.sh", "scripts/lib/common.sh"),
    ("scripts/lib/common.sh", "scripts/lib/colours.sh"),
    ("lua/app/init.lua", "lua/app/log.lua"),
    ("lua/main.lua", "lua/app/init.lua"),
    ("elixir/cart.ex", "Shop.Prices"),
    ("elixir/cart.ex", "Shop.Tools"),
    ("Makefile", "build/common.mk"),
    ("Dockerfile", "python:${VERSION}"),
    ("proto/shop/order.proto", "proto/shop/item.proto"),
    ("proto/shop/order.proto", "google/protobuf/any.proto"),
]


@pytest.mark.parametrize(("source", "imported"), IMPORTS)
def test_imports(found, source, imported):
    assert (source, imported) in found.edges("imports")


def test_a_sourced_file_that_is_missing_is_counted(found):
    assert found.reasons("scripts/deploy.sh")["import_missing_module"] == 1


def test_types_implement_interfaces_of_other_documents_and_get_fields_from_them(found):
    assert ("Item", "Node") in found.edges("implements")
    assert ("Item", "Item.more") in found.edges("contains")
