"""The difference of two states writes what changed, and a pair's row tells both of its directions."""

import random

from docrunch.knowledge.manifest import NOTHING, Link, Manifest, Node, decode, encode
from docrunch.knowledge.plan import Step, has_vector, node_row, pair_row, plan


def node(text: str = "d", line: int = 1, vector: str = "aa") -> Node:
    return Node("function", "t", text, "a.py", "n_1", line, line, (), vector)


def manifest(*links: Link, **nodes: Node) -> Manifest:
    return Manifest(dict(nodes), {}, links)


def test_nothing_changed_is_an_empty_plan() -> None:
    same = manifest(Link("a", "b", "calls", 1.0), a=node(), b=node())
    assert plan([Step("h", same, same)], {}).is_empty
    assert decode(encode(same)) == same


def test_a_moved_symbol_keeps_its_searchable_row() -> None:
    made = plan([Step("h", manifest(a=node()), manifest(a=node(line=9)))], {})
    assert set(made.nodes) == {"a"}
    assert not made.indexed
    assert not made.moved


def test_a_pair_is_made_of_the_links_of_both_files() -> None:
    there, back = Link("a", "b", "calls", 1.0, "B"), Link("b", "a", "imports", 2.0, "A")
    made = plan([Step("A", NOTHING, manifest(there, a=node()))], {"B": manifest(back, b=node())})
    assert made.pairs == {("a", "b"): (there, back)}
    gone = plan([Step("A", manifest(there, a=node()), NOTHING)], {"B": manifest(back, b=node())})
    assert gone.pairs == {("a", "b"): (back,)}
    assert not gone.gone_pairs
    assert plan([Step("A", manifest(there), NOTHING)], {}).gone_pairs == (("a", "b"),)


def test_force_writes_everything_again() -> None:
    old, new = manifest(Link("a", "b", "calls", 1.0), a=node(), b=node()), manifest(a=node("e"))
    made = plan([Step("h", Manifest({**old.nodes, **new.nodes}, {}, old.links), old)], {}, force=True)
    assert set(made.nodes) == {"a", "b"}
    assert set(made.pairs) == {("a", "b")}


def test_rows_do_not_depend_on_the_order_of_links() -> None:
    links = [Link(f"a{n}", "b", kind, 1.0) for n in range(5) for kind in ("calls", "uses")]
    made = []
    for seed in range(3):
        random.Random(seed).shuffle(links)
        made.append(plan([Step("h", NOTHING, manifest(*links))], {}).pairs)
    assert made[0] == made[1] == made[2]


def test_rows_of_pairs_and_of_what_nothing_defines() -> None:
    row = pair_row([Link("a", "b", "calls", 2.0), Link("b", "a", "contains", 1.0)])
    assert (row["keywords"], row["weight"]) == ("calls,contains", 3.0)
    assert row["description"] == "a -calls-> b\nb -contains-> a"
    assert has_vector("calls,contains")
    assert not has_vector("contains")
    assert node_row("x", None).keys() == node_row("x", node()).keys()
    assert node_row("x", None)["entity_type"] == "unresolved"
