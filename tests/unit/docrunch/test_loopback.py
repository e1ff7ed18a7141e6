"""Servers of this machine are asked without a proxy, which would look for them on its own machine."""

import http.server
import threading

import pytest

from docrunch.loopback import open_loopback


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"here")

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""


def test_a_proxy_that_is_configured_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.handle_request).start()
        with open_loopback(f"http://127.0.0.1:{server.server_port}/", 5) as answer:
            assert answer.read() == b"here"
