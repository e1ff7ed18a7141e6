"""Publishing writes the difference: a missed row would stay wrong in the tables."""

from docrunch.graph.difference import difference


def test_rows_added_changed_and_removed(world):
    old = world({"a.py": "def f(): g()\ndef g(): ...\ndef gone(): ...\n"})
    new = world({"a.py": "def f(): g(); h()\ndef g():\n    '''Said.'''\ndef h(): ...\n"})
    found = difference(old.graph, new.graph)
    assert [n.name for n in found.nodes.added] == ["h"]
    assert {n.name for n in found.nodes.removed} == {"gone"}
    assert "g" in {n.name for n in found.nodes.changed}
    assert {e.kind for e in found.edges.added} == {"contains", "calls"}
    assert [e.kind for e in found.edges.removed] == ["contains"]


def test_applying_the_difference_gives_the_new_graph(world):
    old = world({"a.py": "def f(): g()\ndef g(): ...\n", "b.py": "import a\n"})
    new = world({"a.py": "def g(): ...\n", "c.py": "import a\na.g()\n"})
    changes = difference(old.graph, new.graph).nodes
    rows = {n.id: n for n in old.graph.nodes}
    for row in changes.removed:
        del rows[row.id]
    rows.update({row.id: row for row in (*changes.added, *changes.changed)})
    assert tuple(rows[key] for key in sorted(rows)) == new.graph.nodes


def test_equal_graphs_differ_in_nothing(shop):
    assert not difference(shop.graph, shop.graph)
