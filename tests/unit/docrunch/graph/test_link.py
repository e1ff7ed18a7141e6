"""The graph as a whole: pure, complete, a tree of containment."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from docrunch.graph.export import graph_sha256
from docrunch.graph.link import link
from docrunch.graph.model import Confidence, EdgeKind, NodeKind
from docrunch.source.model import FileEntry, Skip, SourceKind, SourceRef

SOURCE = SourceRef("host/owner/world", "c" * 40, "main", SourceKind.GIT)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_inputs_does_not_matter(shop, seed):
    chance = random.Random(seed)
    entries = list(shop.entries)
    facts = list(shop.facts.items())
    chance.shuffle(entries)
    chance.shuffle(facts)
    assert link(SOURCE, entries, dict(facts)) == shop.graph


def test_rows_are_sorted_and_unique(shop):
    ids = [node.id for node in shop.graph.nodes]
    keys = [(edge.source, edge.target, edge.kind) for edge in shop.graph.edges]
    assert ids == sorted(set(ids))
    assert keys == sorted(set(keys))
    assert all(list(edge.lines) == sorted(set(edge.lines)) for edge in shop.graph.edges)
    assert {edge.source for edge in shop.graph.edges} | {edge.target for edge in shop.graph.edges} <= set(ids)


def test_everything_in_the_repository_is_contained_exactly_once(shop):
    contained = [edge.target for edge in shop.graph.edges if edge.kind is EdgeKind.CONTAINS]
    inside = {n.id for n in shop.graph.nodes if n.kind not in (NodeKind.EXTERNAL, NodeKind.REPOSITORY)}
    assert len(contained) == len(set(contained))
    assert set(contained) == inside


def test_every_inventoried_file_is_a_module_also_when_skipped(shop):
    entries = [*shop.entries, FileEntry("logo.png", 10, language="unknown", skip=Skip.BINARY)]
    graph = link(SOURCE, entries, shop.facts)
    assert {n.path for n in graph.nodes if n.kind is NodeKind.MODULE} == {entry.path for entry in entries}


def test_packages_are_the_directories_that_hold_code(shop):
    packages = {n.path: n.qualified_name for n in shop.graph.nodes if n.kind is NodeKind.PACKAGE}
    assert packages == {"src": "src", "src/shop": "shop", "tests": "tests"}


def test_facts_of_unknown_paths_are_ignored(shop):
    facts = {**shop.facts, "ghost.py": shop.facts["src/shop/cart.py"]}
    assert graph_sha256(link(SOURCE, shop.entries, facts)) == graph_sha256(shop.graph)


def test_tests_edges(shop):
    found = shop.edges(EdgeKind.TESTS)
    assert ("test_cart.test_add", "shop.cart.Cart.add") in found
    assert ("tests/test_cart.py", "src/shop/__init__.py") in found


def test_certainty_and_confidence_agree(shop):
    for edge in shop.graph.edges:
        assert round(edge.certainty, 3) == edge.certainty
        assert (edge.certainty < 0.99) == (edge.confidence is Confidence.HEURISTIC)
        assert edge.certainty < 1 or edge.confidence is Confidence.EXACT


def test_an_empty_tree_is_a_repository(world):
    found = world({})
    assert [n.kind for n in found.graph.nodes] == [NodeKind.REPOSITORY]


def test_overrides_name_the_closest_method(shop):
    assert shop.edges(EdgeKind.OVERRIDES) == {("shop.cart.Cart.add", "shop.cart.Base.add"): ("exact", 1.0)}


def test_variables_that_name_each_other_end(world):
    found = world({"a.py": "a = b\nb = a\na()()\na().c()\na.x.y()\nclass K(K): ...\nK().z()\nx = x()\nx.y()\n"})
    assert sum(found.reasons("a.py").values()) >= 3


def test_deep_hierarchies_and_chains_do_not_overflow(world):
    classes = (
        "\n".join(f"class C{n}(C{n + 1}): ..." for n in range(600))
        + "\nclass C600:\n    def go(self): ...\nC0().go()\n"
    )
    aliases = "\n".join(f"v{n} = v{n + 1}" for n in range(600)) + "\ndef v600(): ...\nv0()\nv0.a.b()\nv0()()\n"
    calls = "class A:\n    def n(self) -> 'A': ...\nA()" + ".n()" * 300 + "\n"
    imports = {f"m{n}.py": f"from m{n + 1} import x\nx()\n" for n in range(300)}
    found = world({"a.py": classes, "b.py": aliases, "c.py": calls, "m300.py": "def x(): ...\n", **imports})
    assert ("c.py", "c.A.n") in found.edges("calls")
    assert ("m299.py", "m300.x") in found.edges("calls")


def test_facts_are_data_not_trusted_structure(world):
    found = world(
        {"__init__.py": "from . import *\nfrom .. import a\nfrom ...b import c\n", "a.ts": 'import "../../../x";\n'}
    )
    assert found.reasons("a.ts") == {"import_missing_module": 1}
