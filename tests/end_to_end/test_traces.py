"""One trace from the command line through workflows to activities, at a collector that speaks OTLP over HTTP."""

import asyncio
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from temporalio.client import Client

from db.embedded import EmbeddedPostgres
from tests.support.repositories import Repository, python_files
from tests.support.stack import running_stack, until


class Collector(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.traces: dict[str, set[bytes]] = {}  # name of a span → trace ids

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def take(self, body: bytes) -> None:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    self.traces.setdefault(span.name, set()).add(span.trace_id)


class Receiver(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        self.server.take(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def test_a_scan_is_one_trace(
    postgres_server: EmbeddedPostgres, temporal_client: Client, collector: Collector, tmp_path: Path
) -> None:
    repository = Repository(tmp_path / "traced", python_files(2, "traced"))
    variables = {"DOCRUNCH_TELEMETRY__OTLP_ENDPOINT": collector.address, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    async with running_stack(postgres_server, temporal_client, **variables) as stack:
        command = (sys.executable, "-m", "api.cli.main", "scan", str(repository.root), "--json")
        scan = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, env=stack.environment)
        assert await scan.wait() == 0
        wanted = ("StartWorkflow:DocpackWorkflow", "RunWorkflow:DocpackWorkflow", "RunActivity:register_docpack")

        async def arrived() -> bool:
            return all(name in collector.traces for name in wanted)

        await until(arrived, f"spans at the collector; there are {sorted(collector.traces)}")
        told = await stack.rows("SELECT DISTINCT trace_id FROM events WHERE kind = 'pack.completed.v1'")
    (trace,) = collector.traces["StartWorkflow:DocpackWorkflow"]
    for name in ("RunWorkflow:DocpackWorkflow", "RunWorkflow:RepoScanWorkflow", "RunActivity:register_docpack"):
        assert collector.traces[name] == {trace}, name
    assert told == [{"trace_id": trace.hex()}]
