"""Traces across API, workflow and activity, when an exporter is configured and not otherwise."""

import os

from docrunch.config import TelemetrySettings

FLUSH_MILLISECONDS = 3_000


def exporter_address(settings: TelemetrySettings) -> str | None:
    return settings.otlp_endpoint or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")


def configure_tracing(settings: TelemetrySettings) -> bool:
    """Set up the tracer provider of this process once; returns whether traces are exported."""
    address = exporter_address(settings)
    if not address:
        return False
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from temporalio.contrib.opentelemetry import create_tracer_provider

    provider = create_tracer_provider(resource=Resource.create({"service.name": settings.service_name}))
    exporter = OTLPSpanExporter(endpoint=f"{address.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return True


def flush_traces() -> None:
    """Send what is waiting, for processes that end without the interpreter's shutdown. Gives up after a moment."""
    from opentelemetry import trace

    flush = getattr(trace.get_tracer_provider(), "force_flush", None)
    if flush is not None:
        flush(FLUSH_MILLISECONDS)
