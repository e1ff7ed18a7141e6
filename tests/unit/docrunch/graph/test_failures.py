"""A rule that breaks on one file must not take the graph of a repository with it, nor make increments differ."""

from typing import Any

import pytest

from docrunch.graph import references
from docrunch.graph.failures import LINK_FAILED, MOST, LinkFailed
from docrunch.graph.link import link
from docrunch.graph.place import Place
from docrunch.graph.relink import Linked, relink
from docrunch.graph.shards import split
from docrunch.source.model import SourceKind, SourceRef
from tests.support.edits import Tree
from tests.support.linking import inputs

SOURCE = SourceRef("host/owner/world", "c" * 40, "main", SourceKind.GIT)
TREE = {
    "a.py": "from b import f\n\ndef go():\n    f()\n",
    "b.py": "def f():\n    return g()\n\ndef g(): ...\n",
    "c.py": "from b import g\n\ndef run():\n    g()\n",
}


class Break:
    """References of some files raise, after half of the work."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: type[Exception] = IndexError) -> None:
        self.paths: set[str] = set()
        add = references.add

        def broken(here: Place, known: Any) -> None:
            add(here, known)
            if here.path in self.paths:
                raise error("a rule met what it was not written for")

        monkeypatch.setattr(references, "add", broken)


def relinked(tree: Tree, base: Linked | None) -> Linked:
    made = inputs(tree)
    return relink(SOURCE, made.entries, made.facts, made.keys, base.trace if base else None)


def clean(tree: Tree) -> bytes:
    made = inputs(tree)
    return split(link(SOURCE, made.entries, made.facts)).index


def test_the_other_files_keep_their_edges(monkeypatch: pytest.MonkeyPatch) -> None:
    Break(monkeypatch).paths = {"b.py"}
    made = inputs(TREE)
    graph = link(SOURCE, made.entries, made.facts)
    names = {node.id: node.qualified_name for node in graph.nodes}
    calls = {(names[edge.source], names[edge.target]) for edge in graph.edges if edge.kind == "calls"}
    assert calls == {("a.go", "b.f"), ("c.run", "b.g")}
    assert [(each.path, each.reasons) for each in graph.unresolved] == [("b.py", {LINK_FAILED: 1})]


def test_it_is_named_with_the_place_in_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    Break(monkeypatch).paths = {"b.py"}
    found = relinked(TREE, None)
    assert list(found.failed) == ["b.py"]
    assert found.failed["b.py"].startswith("IndexError in test_failures.py:")
    assert found.counts[LINK_FAILED] == 1


def test_increments_are_those_of_a_clean_link(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Break(monkeypatch)
    base = relinked(TREE, None)
    other = {**TREE, "c.py": TREE["c.py"] + "\ndef more():\n    run()\n"}
    for paths, tree in (({"b.py"}, TREE), ({"b.py"}, other), ({"b.py", "a.py"}, TREE), (set(), other), (set(), TREE)):
        broken.paths = paths
        tree = {**tree, **{path: f"# {len(paths)}\n{tree[path]}" for path in paths}}
        base = relinked(tree, base)
        assert base.index == clean(tree)
        assert set(base.failed) == paths


def test_a_file_is_tried_again_although_nothing_of_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Break(monkeypatch)
    broken.paths = {"b.py"}
    base = relinked(TREE, None)
    broken.paths = set()
    assert relinked(TREE, base).failed == {}
    assert relinked(TREE, base).index == clean(TREE)


def test_many_are_a_defect_that_nobody_publishes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = {f"m{number}.py": "print(1)\n" for number in range(MOST + 1)}
    Break(monkeypatch).paths = set(tree)
    with pytest.raises(LinkFailed, match="could not be linked"):
        relinked(tree, None)


def test_what_is_about_no_file_ends_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    Break(monkeypatch, error=OSError).paths = {"b.py"}
    with pytest.raises(OSError, match="not written for"):
        relinked(TREE, None)
