"""A LightRAG server of somebody else answers like our own graph, and is never written."""

from collections.abc import Iterator

import pytest

from db.knowledge.remote import RemoteStorage
from docrunch.errors import AuthError, Failed, InvalidConfig, Unreachable, UsageError
from docrunch.storage.model import Document, DocumentType
from tests.support.lightrag_server import LightRAGServer


@pytest.fixture
def server() -> Iterator[LightRAGServer]:
    with LightRAGServer() as running:
        yield running


async def test_a_search_supplies_all_keywords(server: LightRAGServer) -> None:
    found = await RemoteStorage(server.url).search("where is Cart.add", keywords=["Cart"])
    assert [(each.kind, each.title) for each in found] == [
        ("entity", "cart.py::Cart"),
        ("chunk", "cart.py"),
        ("relationship", "cart.py::Cart -- price.py::total"),
    ]
    [(path, body)] = server.requests
    assert path == "/query/data"
    assert body["ll_keywords"] == ["Cart", "where is Cart.add", "Cart.add"]
    assert body["hl_keywords"]


async def test_nothing_found_is_an_empty_list(server: LightRAGServer) -> None:
    assert await RemoteStorage(server.url).search("nothing") == []


async def test_neighbours_and_export(server: LightRAGServer) -> None:
    storage = RemoteStorage(server.url)
    near = await storage.get_related("cart.py::Cart", depth=2)
    assert [(each.id, each.types, each.distance) for each in near] == [
        ("n_1", ("calls", "imports"), 1),
        ("n_2", ("calls",), 2),
    ]
    assert await storage.get_related("unknown") == []
    assert len((await storage.export_graph())["edges"]) == 2
    assert (await storage.health())["status"] == "ok"


async def test_it_is_never_written(server: LightRAGServer) -> None:
    storage = RemoteStorage(server.url)
    with pytest.raises(UsageError, match="only read"):
        await storage.index([Document("d", DocumentType.MODULE, "t", "c")])
    with pytest.raises(UsageError, match="only read"):
        await storage.update([], ["d"])
    assert not server.requests


async def test_what_is_wrong_is_said(server: LightRAGServer) -> None:
    storage = RemoteStorage(server.url)
    for answer in (b"[1]", b"<html>", b'{"nodes": 3}'):
        server.answer = answer
        with pytest.raises(Failed):
            await storage.get_related("cart.py::Cart")
    server.answer, server.status = None, 401
    with pytest.raises(AuthError):
        await storage.health()
    server.status = 500
    with pytest.raises(Failed):
        await storage.health()
    with pytest.raises(Unreachable):
        await RemoteStorage("http://127.0.0.1:1").health()
    with pytest.raises(InvalidConfig):
        RemoteStorage("file:///etc/passwd")


def test_a_password_in_the_address_is_refused_and_never_said() -> None:
    with pytest.raises(InvalidConfig) as refused:
        RemoteStorage("http://user:hunter2@127.0.0.1:1")
    assert "hunter2" not in f"{refused.value.message} {refused.value.hint}"
