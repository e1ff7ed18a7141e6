"""`docrunch status` names what keeps runs waiting."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.cli import failing
from api.cli.failing import failing_parts


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_all_is_well(tmp_path: Path) -> None:
    with answering(200, b"{}") as url:
        assert failing_parts(url, tmp_path) == {}
    assert failing_parts("", tmp_path / "not made yet") == {}


def test_a_failing_check_is_named_with_its_reason(tmp_path: Path) -> None:
    checks = {"database": {"status": "failing", "detail": "refused"}, "objects": {"status": "ok", "detail": "file"}}
    with answering(503, json.dumps({"checks": checks}).encode()) as url:
        assert failing_parts(url, tmp_path) == {"database": "refused"}


@pytest.mark.parametrize("body", [b"", b"[]", b'{"checks": 3}'])
def test_an_answer_that_makes_no_sense_is_an_answer(tmp_path: Path, body: bytes) -> None:
    with answering(503, body) as url:
        assert set(failing_parts(url, tmp_path)) == {"health"}


def test_nothing_answers(tmp_path: Path) -> None:
    with answering(200, b"{}") as url:
        pass
    assert set(failing_parts(url, tmp_path)) == {"health"}


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failing, "free_bytes", lambda _root: 4_096)
    assert failing_parts("", tmp_path) == {"disk": f"4.1 kB free at {tmp_path}"}
