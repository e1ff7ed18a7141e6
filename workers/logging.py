"""JSON logs for every process of Docrunch: one object per line on stderr, ids of the run in it, secrets out of it."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

from docrunch.config import LoggingSettings

REDACTED = "[redacted]"
_SECRET_NAME = re.compile(r"(?i)(password|passwd|secret|token|api_?key|kms_?key|authorization|cookie|credential)s?$")
_SECRET_VALUE = re.compile(
    r"(?P<url>\b[a-z][a-z0-9+.-]*://[^/\s:@]+:)[^@\s/]+(?=@)"  # a password in an address
    r"|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abposr]-|sk-|dcr_)[A-Za-z0-9_-]{16,}"
    r"|\bAKIA[0-9A-Z]{16}\b"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"
    r"|(?i:\b(?:bearer|basic)\s+)[A-Za-z0-9+/=._-]{12,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)


# Without the values of local variables: they hold source text and credentials under any name.
_TRACEBACKS = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))


def redact(text: str) -> str:
    """Replace what looks like a secret; the rest of the text stays readable."""
    return _SECRET_VALUE.sub(lambda found: (found["url"] or "") + REDACTED, text)


def redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """structlog processor over names and values, at any depth."""
    return _clean_mapping(event)


def _clean_mapping(found: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: REDACTED if _SECRET_NAME.search(str(key)) and value else _clean(value) for key, value in found.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return _clean_mapping(value)
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The trace that the line belongs to, where OpenTelemetry is loaded and a span is open."""
    trace = sys.modules.get("opentelemetry.trace")
    if trace is not None:
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            event["trace_id"] = f"{context.trace_id:032x}"
            event["span_id"] = f"{context.span_id:016x}"
    return event


def add_temporal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Lift what the Temporal SDK attaches to its records into `workflow_id`, `run_id` and `activity`."""
    record = event.get("_record")
    for attribute in ("temporal_activity", "temporal_workflow"):
        found = getattr(record, attribute, None)
        if isinstance(found, dict):
            event.setdefault("workflow_id", found.get("workflow_id"))
            event.setdefault("run_id", found.get("run_id") or found.get("workflow_run_id"))
            if found.get("activity_type"):
                event.setdefault("activity", found["activity_type"])
                event.setdefault("attempt", found.get("attempt"))
    return event


def configure_logging(settings: LoggingSettings) -> None:
    """Set up structlog and the standard library's logging alike. Call once, at the start of a process."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        add_trace,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper("iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: list[Processor] = (
        [_TRACEBACKS, redact_event, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if settings.format == "json"
        else [redact_event, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(allow=set()), *shared],
            processors=[add_temporal, structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.upper())
    for chatty in ("httpx", "httpcore", "asyncio", "alembic", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
