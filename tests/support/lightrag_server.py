"""A small HTTP server that speaks the reading routes of a LightRAG server."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

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


class LightRAGServer:
    """``requests``: path and body of each. ``status``: of every answer. ``answer``: said instead of the right one."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, Any]] = []
        self.status = 200
        self.answer: bytes | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "LightRAGServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

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

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(server.respond(self.path, None))

            def do_POST(self) -> None:
                self._send(server.respond(self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))

            def _send(self, answer: Any) -> None:
                data = server.answer if server.answer is not None else json.dumps(answer).encode()
                self.send_response(server.status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
