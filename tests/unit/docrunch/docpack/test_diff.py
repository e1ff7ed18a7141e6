"""A diff answers what changed between two commits: nothing more, nothing less."""

from docrunch.docpack.diff import diff
from docrunch.docpack.inspect import inspect
from docrunch.docpack.pack import pack
from docrunch.docpack.read import Docpack, read_docpack
from docrunch.documentation.render import render
from docrunch.source.model import Skip
from tests.support.world import SMALL, make_docpack_input, make_documentation


def packed(texts: dict[str, str], *, embeddings: bool = True) -> Docpack:
    data = make_documentation(texts, skipped={"logo.png": Skip.BINARY})
    return read_docpack(pack(make_docpack_input(data, render(data), embeddings=embeddings)).data)


def test_equal_packs_differ_in_nothing() -> None:
    found = diff(packed(SMALL), packed(dict(reversed(SMALL.items()))))
    assert found.same
    assert not any([found.files, found.nodes, found.edges, found.pages, found.clusters, found.versions])
    assert found.counts == {}


def test_a_new_function_shows_in_every_part() -> None:
    changed = {**SMALL, "shop/goods.py": SMALL["shop/goods.py"] + "\n\ndef stock():\n    return price_of('tea')\n"}
    found = diff(packed(SMALL), packed(changed))
    assert not found.same
    assert found.files.changed == ("shop/goods.py",)
    assert found.nodes.added == ("function shop.goods.stock (shop/goods.py)",)
    assert found.nodes.removed == ()
    assert any("stock" in name and "calls" in name and "price_of" in name for name in found.edges.added)
    assert any(page.startswith("functions/shop.goods.stock-") for page in found.pages.added)
    assert len(found.embeddings.added) == 1
    assert found.counts["nodes.function"] == (4, 5)


def test_a_removed_file_and_another_encoder() -> None:
    fewer = {path: text for path, text in SMALL.items() if path != "shop/cli.py"}
    found = diff(packed(SMALL), packed(fewer, embeddings=False))
    assert found.files.removed == ("shop/cli.py",)
    assert found.versions.changed == ("encoder: test-c1 → none",)


def test_inspect_sums_up() -> None:
    opened = packed(SMALL)
    found = inspect(opened)
    assert (found.id, found.encoder_id, found.dimensions) == (opened.manifest.id, "test-c1", 8)
    assert found.skipped_by_reason == {"binary": 1}
    assert found.bytes_unpacked == sum(len(data) for data in opened.members.values())
