"""The graph as a whole: pure, complete, a tree of containment."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docrunch.graph.export import graph_sha256
from docrunch.graph.link import link
from docrunch.graph.model import Confidence, EdgeKind, NodeKind
from docrunch.options import Limits
from docrunch.parsing.extract import extract
from docrunch.source.model import FileEntry, Skip, SourceKind, SourceRef
from tests.support.linking import inputs

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


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("m.rs", b"use rocket::()x;\nfn f() {}\n"),
        ("m.rb", b"x.r\xc3outes.draw do\nnamespace :a do\nresources :b, .r\xc3outes.draw do\nend\nend\nend\n"),
        ("Dockerfile", "FROM a\nCOPY --from=\u00b2 a b\n".encode()),
        ("Dockerfile", b"FROM a\nCOPY --from=" + b"1" * 5000 + b" a b\n"),
        ("m.swift", b"func f(a: (Int, Int)) { a." + b"1" * 5000 + b".x() }\n"),
        ("m.kt", b"fun `x(" + b"1" * 5000 + b")`() {}\nfun g() { `x(" + b"1" * 5000 + b")`() }\n"),
    ],
)
def test_damaged_names_are_only_missed(path: str, text: bytes) -> None:
    made = inputs({path: ""})
    facts = extract(text, made.facts[path].language, Limits())
    assert link(SOURCE, made.entries, {path: facts}).nodes


def _linked_in_seconds(path: str, text: str) -> float:
    made = inputs({path: text})
    started = time.process_time()
    link(SOURCE, made.entries, made.facts)
    return time.process_time() - started


def test_types_that_fulfil_many_interfaces_take_no_square_of_their_number() -> None:
    interfaces = "".join(f"type I{n} interface{{ X(); Y{n}() }}\ntype J{n} interface{{ X() }}\n" for n in range(500))
    types = "".join(f"type T{n} struct{{}}\nfunc (T{n}) X() {{}}\n" for n in range(500))
    assert _linked_in_seconds("m.go", "package m\n" + interfaces + types) < 4.0


def test_calls_of_many_overloads_take_no_square_of_their_number() -> None:
    methods = "".join(f"void f(T{n} a) {{}}\n" for n in range(1000))
    text = "class M {\n" + methods + "void g(String s) {\n" + "f(s);\n" * 1000 + "}\n}\n"
    assert _linked_in_seconds("M.java", text) < 2.0
