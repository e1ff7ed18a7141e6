"""The one plugin of Docrunch: the same for every client, worker and replayer, so that none of them can disagree."""

import dataclasses
from typing import Any

from pydantic import ValidationError
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.plugin import SimplePlugin
from temporalio.worker import Interceptor, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from workers.interceptors import DocrunchInterceptor

PASSTHROUGH = ("docrunch", "workflows.contracts", "msgspec")
"""Light and without state. Reloading the contracts per run would cost 36 ms and 634 KiB instead of 1 ms and 17 KiB."""
_TRACED = ("opentelemetry",)


def docrunch_plugin(*, tracing: bool = False) -> SimplePlugin:
    """Converter, interceptors, sandbox and failure types.

    Args:
        tracing: spans across client, workflow and activity; set when an exporter is configured (`workers.telemetry`).
    """
    passthrough = PASSTHROUGH + (_TRACED if tracing else ())

    def runner(given: WorkflowRunner | None) -> WorkflowRunner:
        if not isinstance(given, SandboxedWorkflowRunner):
            raise TypeError("Docrunch's workflows run in the sandbox")
        restrictions = given.restrictions.with_passthrough_modules(*passthrough)
        return dataclasses.replace(given, restrictions=restrictions)

    return SimplePlugin(
        "docrunch",
        data_converter=pydantic_data_converter,
        interceptors=_interceptors(tracing),
        workflow_runner=runner,
        # Otherwise a malformed request retries its workflow task for ever instead of failing the run.
        workflow_failure_exception_types=[ValidationError],
    )


def _interceptors(tracing: bool) -> list[ClientInterceptor | Interceptor]:
    found: list[Any] = [DocrunchInterceptor()]
    if tracing:
        from temporalio.contrib.opentelemetry import OpenTelemetryInterceptor  # 60 ms, and only with an exporter

        found.insert(0, OpenTelemetryInterceptor(add_temporal_spans=True))
    return found
