"""Questions to the graph: the right symbol with its place in every mode, and never a language model."""

import pytest

from activities.projections.lightrag.storage import EmbeddedStorage
from api.operations.knowledge import open_knowledge, statuses
from db.knowledge import library
from docrunch.errors import AmbiguousName, NotFound, RefNotFound, UsageError
from docrunch.storage.model import Document, DocumentType, Relation
from tests.support.knowledge import KnowledgeWorld

pytestmark = pytest.mark.integration


@pytest.fixture
async def storage(shop: KnowledgeWorld, monkeypatch: pytest.MonkeyPatch) -> EmbeddedStorage:
    async def counted(*_: object, **__: object) -> str:
        raise AssertionError("a language model was asked")

    monkeypatch.setattr(library, "no_model", counted)
    await shop.project(await shop.scan())
    return EmbeddedStorage(shop.target, await shop.workspace())


@pytest.mark.parametrize("mode", ["local", "hybrid", "naive", "mix", "global"])
async def test_each_mode_finds_a_symbol_with_its_place(storage: EmbeddedStorage, mode: str) -> None:
    found = await storage.search("shop price rebate", mode=mode, keywords=["rebate"])
    hit = next(each for each in found if "rebate" in each.title)
    assert hit.metadata["path"] == "shop/price.py"
    assert [each.rank for each in found] == list(range(1, len(found) + 1))
    if mode != "global":
        assert hit.id.startswith("n_")
        assert (hit.metadata["line"], hit.metadata["kind"]) == ("10", "function")


async def test_relations_are_found_by_what_they_join(storage: EmbeddedStorage) -> None:
    found = await storage.search("cart add price total", mode="global", limit=3)
    assert found[0].kind == "relationship"
    assert found[0].metadata["types"] in ("calls", "imports", "calls,imports")


async def test_short_queries_look_names_up(storage: EmbeddedStorage) -> None:
    found = await storage.search("ca")
    assert found
    assert all("ca" in each.metadata["entity"].lower() for each in found)


@pytest.mark.parametrize("query", ["", "  ", "\x00", "x" * 9000])
async def test_queries_that_cannot_be_asked_are_refused(storage: EmbeddedStorage, query: str) -> None:
    with pytest.raises(UsageError):
        await storage.search(query)


@pytest.mark.parametrize("query", ["'; DROP TABLE x; --", "a & b | !c", "🛒🛒🛒", "\ud800 cart", "%_%", "<SEP>" * 50])
async def test_hostile_queries_are_answered(storage: EmbeddedStorage, query: str) -> None:
    for mode in ("mix", "local", "naive"):
        assert isinstance(await storage.search(query, mode=mode), list)


async def test_limits_and_modes_are_checked(storage: EmbeddedStorage) -> None:
    for given in ({"limit": 0}, {"limit": 10**9}, {"mode": "psychic"}):
        with pytest.raises(UsageError):
            await storage.search("cart", **given)  # type: ignore[arg-type]


async def test_neighbours_by_name_id_or_path(storage: EmbeddedStorage) -> None:
    near = await storage.get_related("Cart.add")
    assert ("shop.price.total", ("calls",), 1) in {(each.title, each.types, each.distance) for each in near}
    assert await storage.get_related("shop/cart.py::Cart.add") == near
    [total] = [each for each in near if each.title == "shop.price.total"]
    assert "shop.cart.Cart.add" in {each.title for each in await storage.get_related(total.id)}
    far = await storage.get_related("shop/cart.py", depth=3)
    assert [each.distance for each in far] == sorted(each.distance for each in far)
    with pytest.raises(NotFound):
        await storage.get_related("nobody")
    await storage.index([_document(f"d{n}", relations=()) for n in range(2)])
    with pytest.raises(AmbiguousName):
        await storage.get_related("same title")


async def test_the_export_is_node_link_data(storage: EmbeddedStorage) -> None:
    import networkx

    data = await storage.export_graph()
    graph = networkx.node_link_graph(dict(data), edges="edges")
    assert graph.has_edge("shop/cart.py::Cart.add", "shop/price.py::total")
    from api.cli.knowledge_run import graphml

    assert "shop/price.py::total" in graphml(data)


async def test_documents_are_indexed_once_updated_and_removed(storage: EmbeddedStorage) -> None:
    document = _document("d1", relations=(Relation("shop/cart.py", "about"),))
    assert await storage.index([document]) == 1
    assert await storage.index([document]) == 0
    assert [each.title for each in await storage.get_related("d1")] == ["shop.cart"]
    assert any(each.id == "d1" for each in await storage.search("wandering albatross"))
    assert await storage.update([], ["d1", "never"]) == 1
    assert not any(each.id == "d1" for each in await storage.search("wandering albatross"))


def _document(name: str, relations: tuple[Relation, ...]) -> Document:
    return Document(name, DocumentType.PATTERN, "same title", "wandering albatross", {}, relations)


async def test_a_repository_is_asked_by_its_name(shop: KnowledgeWorld) -> None:
    await shop.scan()
    settings, database = shop.context.settings, shop.database
    with pytest.raises(NotFound):
        async with open_knowledge(settings, database, "demo", None) as graph:
            await graph.search("cart", "mix", 5, [])
    shop.seen = 0
    await shop.project(await shop.changes())
    async with open_knowledge(settings, database, "demo", "main") as graph:
        assert await graph.search("ca", "mix", 5, [])
        assert (await graph.health())["counts"]["entities"] > 5
    with pytest.raises(RefNotFound):
        async with open_knowledge(settings, database, "demo", "nowhere") as graph:
            pass
    [row] = await statuses(settings, database, None)
    assert (row.repository, row.ref, row.health["status"]) == ("demo", "main", "ok")
