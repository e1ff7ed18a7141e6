"""What `docrunch doctor` says of metrics: where they are, or why nobody has them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from api.operations import doctor
from docrunch.config import Settings
from tests.support.postgres import free_port


@pytest.fixture(autouse=True)
def _no_exporter_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    monkeypatch.setattr(doctor, "METRICS_PORTS", 1)  # the next one may be anybody's


@contextmanager
def serving(body: bytes) -> Iterator[int]:
    class Metrics(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return None

    with HTTPServer(("127.0.0.1", 0), Metrics) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def metrics(home: Path, **telemetry: object) -> doctor.Finding:
    changes = {f"telemetry.{name}": value for name, value in telemetry.items()}
    found = doctor.diagnose(Settings(home=home).with_changes(changes), services=True)
    return next(each for each in found if each.name == "metrics")


def test_off_says_how_to_have_them(tmp_path: Path) -> None:
    found = metrics(tmp_path)
    assert (found.status, "telemetry.metrics_port" in found.detail) == ("ok", True)


def test_a_port_that_serves_is_named(tmp_path: Path) -> None:
    with serving(b"temporal_num_pollers 4\n") as port:
        found = metrics(tmp_path, metrics_port=port)
    assert (found.status, found.detail) == ("ok", f"http://127.0.0.1:PORT/metrics, PORT {port}")


def test_a_port_of_somebody_else_or_of_nobody_is_a_warning(tmp_path: Path) -> None:
    with serving(b"node_cpu_seconds_total 4\n") as port:
        assert metrics(tmp_path, metrics_port=port).status == "warn"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert metrics(tmp_path, metrics_port=silent.getsockname()[1]).status == "warn"
    assert "docrunch up" in metrics(tmp_path, metrics_port=free_port()).hint


def test_a_password_in_the_address_of_an_exporter_is_not_shown(tmp_path: Path) -> None:
    found = metrics(tmp_path, otlp_endpoint="http://me:hunter2@collector:4318")
    assert found.detail == "sent to collector:4318, with traces"
