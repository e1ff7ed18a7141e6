"""A server that refuses a search is an error for a person, not a stack trace."""

import pytest
from temporalio.client import Client

from api.operations.search import SearchOrder, search
from docrunch.errors import DocrunchError

pytestmark = pytest.mark.temporal


async def test_a_refused_call_has_a_code(temporal_client: Client) -> None:
    address = temporal_client.service_client.config.target_host
    elsewhere = await Client.connect(
        address, namespace="nobody-made-this", data_converter=temporal_client.data_converter
    )
    with pytest.raises(DocrunchError):
        await search(elsewhere, SearchOrder("retry", ("shop",)))
