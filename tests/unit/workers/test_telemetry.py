"""Metrics of workers reach whoever is configured to take them, and nobody else."""

import socket
import time
import urllib.request

import pytest

from docrunch.config import TelemetrySettings
from tests.support.postgres import free_port
from workers.telemetry import metrics_runtime


@pytest.fixture(autouse=True)
def _no_exporter_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)


def test_nothing_is_served_unless_asked_for() -> None:
    assert metrics_runtime(TelemetrySettings()) is None


def test_prometheus_finds_what_an_activity_counts() -> None:
    port = free_port()
    runtime = metrics_runtime(TelemetrySettings(metrics_port=port))
    assert runtime is not None
    runtime.metric_meter.create_counter("docrunch_sync_writes", "Writes", "writes").add(3, {"kind": "vectors"})
    text = ""
    for _ in range(50):
        text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
        if "docrunch_sync_writes" in text:
            break
        time.sleep(0.1)
    [line] = [line for line in text.splitlines() if line.startswith("docrunch_sync_writes")]
    assert 'kind="vectors"' in line
    assert line.endswith(" 3")


def test_a_port_that_is_taken_costs_the_metrics_and_not_the_worker() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert metrics_runtime(TelemetrySettings(metrics_port=taken.getsockname()[1])) is None
