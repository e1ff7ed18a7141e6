"""An incremental link is the clean link, byte for byte, whatever happened to the tree; and it does little."""

import random
from collections.abc import Mapping

import msgspec
import pytest

from docrunch.errors import InvalidArchive
from docrunch.graph.export import graph_sha256
from docrunch.graph.link import link
from docrunch.graph.relink import Linked, relink
from docrunch.graph.shards import split
from docrunch.graph.trace import Trace, decode_trace, encode_trace
from docrunch.source.model import SourceKind, SourceRef
from tests.support.edits import Tree, edited
from tests.support.linking import ALL, GO, LOST, PYTHON, WORLDS, dedented, inputs

SOURCE = SourceRef("host/owner/world", "c" * 40, "main", SourceKind.GIT)


def incremental(tree: Mapping[str, str], base: Trace | None) -> Linked:
    made = inputs(tree)
    return relink(SOURCE, made.entries, made.facts, made.keys, base)


def assert_clean(tree: Mapping[str, str], found: Linked) -> None:
    made = inputs(tree)
    graph = link(SOURCE, made.entries, made.facts)
    clean = split(graph)
    assert found.index == clean.index
    assert {sha: clean.shards[sha] for sha in found.shards} == found.shards
    assert found.graph_sha256 == graph_sha256(graph)
    assert found.counts["nodes"] == len(graph.nodes)
    assert sum(count for name, count in found.counts.items() if "." in name) == len(graph.edges)


def stored(found: Linked) -> Trace:
    return decode_trace(encode_trace(found.trace))


@pytest.mark.parametrize("name", [*WORLDS, "all"])
@pytest.mark.parametrize("seed", range(6))
def test_after_any_edits_the_graph_is_that_of_a_clean_link(name: str, seed: int) -> None:
    chance = random.Random(f"{name} {seed}")
    tree = dedented(WORLDS.get(name, ALL))
    before: list[Tree] = []
    base = None
    for _ in range(12):
        found = incremental(tree, base)
        assert_clean(tree, found)
        base = stored(found)
        before.append(tree)
        tree = edited(tree, chance, before)


def changed(world: Mapping[str, str], edit: Mapping[str, str]) -> tuple[str, ...]:
    """What is linked again when some files get another text."""
    tree = dedented(world)
    base = stored(incremental(tree, None))
    tree.update(edit)
    found = incremental(tree, base)
    assert not found.why
    assert_clean(tree, found)
    return found.relinked


def test_nothing_is_linked_again_when_nothing_changed() -> None:
    tree = dedented(ALL)
    found = incremental(tree, stored(incremental(tree, None)))
    assert (found.relinked, found.why) == ((), "")


def test_a_new_function_concerns_only_its_file() -> None:
    prices = dedented(PYTHON)["src/shop/prices.py"]
    assert changed(PYTHON, {"src/shop/prices.py": "def fresh_one(): ...\n" + prices}) == ("src/shop/prices.py",)


def test_a_changed_body_concerns_only_its_file() -> None:
    mux = dedented(GO)["mux.go"].replace("m.tree.InsertRoute(path)", "x := path; m.tree.InsertRoute(x)")
    assert changed(GO, {"mux.go": mux}) == ("mux.go",)
    cart = dedented(PYTHON)["src/shop/cart.py"].replace(
        "return prices.total([item])", "x = [item]; return prices.total(x)"
    )
    assert changed(PYTHON, {"src/shop/cart.py": cart}) == ("src/shop/cart.py",)


def test_a_renamed_function_concerns_those_who_ask_for_it() -> None:
    prices = dedented(PYTHON)["src/shop/prices.py"].replace("def rounded", "def cut")
    assert changed(PYTHON, {"src/shop/prices.py": prices}) == ("src/shop/prices.py",)
    prices = dedented(PYTHON)["src/shop/prices.py"].replace("def make", "def made")
    assert changed(PYTHON, {"src/shop/prices.py": prices}) == ("src/shop/cart.py", "src/shop/prices.py")


def test_a_method_in_another_file_of_its_type_concerns_the_file_of_the_type() -> None:
    more = dedented(GO)["more.go"] + "\nfunc (m *Mux) Again() {}\n"
    assert {"mux.go", "more.go"} <= set(changed(GO, {"more.go": more}))


def test_another_method_of_that_name_ends_the_guess() -> None:
    """``x.close_cart()`` of an unknown x is the only method of that name, until there are two."""
    assert "tools/run.py" not in changed(PYTHON, {"other.py": "class Other:\n    def unrelated(self): ...\n"})
    text = dedented(PYTHON)["tools/run.py"].replace("from shop import Cart", "from shop.base import Base")
    world = {**dedented(PYTHON), "tools/run.py": text}
    assert "tools/run.py" in changed(world, {"other.py": "class Other:\n    def close_cart(self): ...\n"})


def test_a_changed_manifest_links_everything() -> None:
    tree = dedented(GO)
    base = stored(incremental(tree, None))
    tree["go.mod"] = tree["go.mod"].replace("example.com", "example.org")
    found = incremental(tree, base)
    assert found.why
    assert_clean(tree, found)


def test_a_file_without_facts_has_another_name_when_its_folder_becomes_a_package() -> None:
    tree = {"a/b/c.py": LOST, "a/b/d.py": "x = 1\n"}
    base = stored(incremental(tree, None))
    for edit in ({"a/b/__init__.py": ""}, {"a/__init__.py": "", "a/b/__init__.py": ""}):
        assert_clean({**tree, **edit}, incremental({**tree, **edit}, base))


def test_files_in_any_order_give_the_same_graph() -> None:
    """No answer may depend on what was asked before: circles are cut at the same place whoever asks first."""
    tree = dedented(ALL)
    made = inputs(tree)
    chance = random.Random(7)
    wanted = incremental(tree, None)
    for _ in range(6):
        paths = list(tree)
        chance.shuffle(paths)
        base, some = stored(wanted), set(paths[: chance.randint(1, len(paths))])
        files = {path: base.files[path] for path in sorted(base.files) if path not in some}
        partial = msgspec.structs.replace(base, files=files)
        found = relink(SOURCE, made.entries, made.facts, made.keys, partial)
        assert set(found.relinked) >= some
        assert (found.index, found.graph_sha256) == (wanted.index, wanted.graph_sha256)


def test_facts_of_files_that_nobody_asks_about_are_not_read() -> None:
    tree = dedented(ALL)
    base = stored(incremental(tree, None))
    path = "python/src/shop/prices.py"
    tree[path] += "\ndef fresh_one(): ...\n"
    made = inputs(tree)
    near = {name: facts for name, facts in made.facts.items() if name.startswith("python/")}
    assert relink(SOURCE, made.entries, near, made.keys, base).relinked == (path,)


def test_readings_do_not_pile_up() -> None:
    tree = dedented(PYTHON)
    base = stored(incremental(tree, None))
    for step in range(60):
        tree["src/shop/cart.py"] = f"from .prices import *\nfrom m{step} import x{step}\nx{step}.y.z{step}()\n"
        base = stored(incremental(tree, base))
    assert len(base.keys.names) < 2 * len(stored(incremental(tree, None)).keys.names)
    assert_clean(tree, incremental(tree, base))


def test_a_damaged_trace_is_refused() -> None:
    trace = incremental(dedented(PYTHON), None).trace
    data = encode_trace(trace)
    other = encode_trace(msgspec.structs.replace(trace, linker="another"))
    short = encode_trace(msgspec.structs.replace(trace, keys=msgspec.structs.replace(trace.keys, group_of=b"abc")))
    files = {path: msgspec.structs.replace(file, reads=b"\xff\xff\xff\x7f") for path, file in trace.files.items()}
    wild = encode_trace(msgspec.structs.replace(trace, files=files))
    for bad in (b"", data[:-7], data[:40], other, short, wild):
        with pytest.raises(InvalidArchive):
            decode_trace(bad)


def test_circles_of_star_imports_cost_a_bounded_time() -> None:
    """Every module has the names of all others: the ways around are as many as the orders of the modules."""
    tree = {
        f"p/m{n}.py": "".join(f"from .m{k} import *\n" for k in range(20) if k != n)
        + "".join(f"missing_{n}_{k}()\n" for k in range(5))
        for n in range(20)
    }
    tree["p/__init__.py"] = ""
    found = incremental(tree, None)
    assert_clean(tree, found)
    tree["p/m3.py"] += "def missing_7_1(): ...\n"
    assert_clean(tree, incremental(tree, stored(found)))


def test_thousands_of_classes_of_one_name_cost_a_bounded_time() -> None:
    tree = {
        "a.py": "class Same(Same):\n    def go_there(self): ...\n" * 3_000 + "Same().go_there()\n" * 200,
        "b.go": "package b\n\nfunc Same() {}\n" * 500 + "func x() { Same(); Same() }\n",
    }
    found = incremental(tree, None)
    assert_clean(tree, found)
