"""The trace that the current work belongs to, for logs, events and error messages."""

import sys


def current_trace_id() -> str | None:
    """32 hexadecimal characters, where OpenTelemetry is loaded (by `workers.telemetry`) and a span is open."""
    module = sys.modules.get("opentelemetry.trace")
    if module is None:
        return None
    context = module.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None
