"""A small HTTP server that speaks the reading routes of a LightRAG server."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.local_server import Handler, LocalServer

DATA = {
    "entities": [
        {"entity_name": "cart.py::Cart", "entity_type": "class", "description": "Holds items", "file_path": "cart.py"}
    ],
    "relationships": [
        {"src_id": "cart.py::Cart", "tgt_id": "price.py::total", "description": "calls", "keywords": "calls"}
    ],
    "chunks": [{"chunk_id": "chunk-1", "content": "class Cart", "file_path": "cart.py", "reference_id": "1"}],
}
NODES = [
    {"id": name, "labels": [name], "properties": {"title": name, "document_id": f"n_{number}"}}
    for number, name in enumerate(("cart.py::Cart", "price.py::total", "tax.py::tax"))
]
EDGES = [
    {"id": "1", "source": "cart.py::Cart", "target": "price.py::total", "properties": {"keywords": "calls,imports"}},
    {"id": "2", "source": "price.py::total", "target": "tax.py::tax", "properties": {"keywords": "calls"}},
]


class LightRAGServer(LocalServer):
    """``requests``: path and body of each. ``status``: of every answer. ``answer``: said instead of the right one."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, Any]] = []
        self.status = 200
        self.answer: bytes | None = None
        super().__init__(self._handler())

    def respond(self, path: str, body: Any) -> Any:
        self.requests.append((path, body))
        route = urlsplit(path)
        if route.path == "/health":
            return {"status": "healthy"}
        if route.path == "/graphs":
            label = parse_qs(route.query)["label"][0]
            known = label == "*" or any(node["id"] == label for node in NODES)
            return {"nodes": NODES if known else [], "edges": EDGES if known else [], "is_truncated": False}
        if route.path == "/query/data" and body["query"] == "nothing":
            return {"status": "failure", "message": "no results", "data": {}}
        return {"status": "success", "message": "", "data": DATA, "metadata": {}}

    def _handler(self) -> type[Handler]:
        server = self

        class Reading(Handler):
            def do_GET(self) -> None:
                self._send(server.respond(self.path, None))

            def do_POST(self) -> None:
                self._send(server.respond(self.path, json.loads(self.body())))

            def _send(self, answer: Any) -> None:
                data = server.answer if server.answer is not None else json.dumps(answer).encode()
                self.send_body(server.status, data)

        return Reading
