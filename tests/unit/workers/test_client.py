"""A command and a worker must write and read the same bytes."""

from temporalio.client import ClientConfig
from temporalio.contrib.pydantic import pydantic_data_converter

from workers.plugin import docrunch_plugin


def test_the_plugin_adds_nothing_but_the_converter_to_a_client_that_does_not_trace() -> None:
    """`connect` leaves it out for such clients, and gives the converter itself."""
    configured = docrunch_plugin().configure_client(ClientConfig(interceptors=[]))  # type: ignore[typeddict-item]
    assert configured.pop("data_converter") is pydantic_data_converter
    assert not [each for each in configured.pop("interceptors") if hasattr(each, "intercept_client") and _spans(each)]
    assert not configured


def _spans(interceptor: object) -> bool:
    """Whether it changes what a client does."""
    from temporalio.client import Interceptor

    return type(interceptor).intercept_client is not Interceptor.intercept_client  # type: ignore[attr-defined]
