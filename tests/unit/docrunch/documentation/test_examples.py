"""Examples must be real lines of the tree: an invented call teaches a wrong interface."""

from docrunch.documentation.examples import Examples
from docrunch.documentation.reader import Reader
from docrunch.documentation.world import World
from tests.support.world import SMALL, make_documentation


def test_readme_first_then_tests_then_other_modules_each_with_its_true_lines() -> None:
    data = make_documentation()
    world = World(data)
    named = {n.name: n for n in world.data.graph.nodes if n.symbol >= 0}
    found = Examples(Reader(world)).of([named["buy"], named["price_of"]])
    assert [(e.origin, e.symbol.name) for e in found] == [("README", "buy"), ("module", "price_of")]
    for example in found:
        lines = SMALL[example.path].split("\n")[example.start - 1 : example.end]
        assert [line.strip() for line in lines] == [line.strip() for line in example.text.split("\n")]


def test_without_texts_there_are_no_examples_and_no_failure() -> None:
    import msgspec

    world = World(msgspec.structs.replace(make_documentation(), texts={}))
    symbols = [n for n in world.data.graph.nodes if n.symbol >= 0]
    assert Examples(Reader(world)).of(symbols) == []


def test_an_example_ends_with_the_block_of_its_call() -> None:
    texts = {
        "a.py": "def used(x):\n    return x\n",
        "tests/test_a.py": "from a import used\n\n\ndef test_it():\n"
        "    try:\n        y = used(\n            1\n        )\n    finally:\n        pass\n",
    }
    world = World(make_documentation(texts))
    (example,) = Examples(Reader(world)).of([n for n in world.nodes.values() if n.name == "used"])
    assert example.text == "def test_it():\n    try:\n        y = used(\n            1\n        )"
    assert (example.start, example.end) == (4, 8)
