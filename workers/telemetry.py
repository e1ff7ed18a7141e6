"""Traces across API, workflow and activity, and metrics of workers, when somebody is configured to take them."""

import structlog
from temporalio.runtime import OpenTelemetryConfig, PrometheusConfig, Runtime, TelemetryConfig

from docrunch.config import TelemetrySettings

FLUSH_MILLISECONDS = 3_000

_log = structlog.get_logger()


def configure_tracing(settings: TelemetrySettings) -> bool:
    """Set up the tracer provider of this process once; returns whether traces are exported."""
    address = settings.exporter
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


def metrics_runtime(settings: TelemetrySettings) -> Runtime | None:
    """What exports the metrics of a worker: the SDK's own and those of activities (lags and writes of stores).

    None where nobody is configured to take them, and where the port cannot be had: work does not wait for a metric.
    """
    address = settings.exporter
    metrics: OpenTelemetryConfig | PrometheusConfig
    if address:
        metrics = OpenTelemetryConfig(url=f"{address.rstrip('/')}/v1/metrics", http=True, durations_as_seconds=True)
    elif settings.metrics_port:
        metrics = PrometheusConfig(
            bind_address=f"127.0.0.1:{settings.metrics_port}", counters_total_suffix=True, durations_as_seconds=True
        )
    else:
        return None
    try:
        return Runtime(telemetry=TelemetryConfig(metrics=metrics))
    except (RuntimeError, ValueError) as error:
        _log.warning("metrics are not exported", error=str(error))
        return None


def flush_traces() -> None:
    """Send what is waiting, for processes that end without the interpreter's shutdown. Gives up after a moment."""
    from opentelemetry import trace

    flush = getattr(trace.get_tracer_provider(), "force_flush", None)
    if flush is not None:
        flush(FLUSH_MILLISECONDS)
