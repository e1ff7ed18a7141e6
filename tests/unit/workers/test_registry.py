"""A worker that would let tasks wait or fail for ever refuses to start."""

import asyncio

import pytest
from temporalio import activity

from docrunch.errors import Failed
from tests.support.fakes.scanning import FakeEmbed, FakeIngest
from tests.support.fakes.workers import fakes
from tests.support.fakes.world import Worlds
from workers.registry import QUERY_WORKFLOWS, WORKFLOWS, activity_names, bind, spec
from workflows.contracts.queues import ROLE_QUEUE, Queue, Role
from workflows.contracts.scan import EmbedRange, EmbedResult


def test_each_role_polls_a_queue_of_its_own() -> None:
    assert len(set(ROLE_QUEUE.values())) == len(Role) == len(Queue)
    assert activity_names(Role.GPU) == activity_names(Role.CPU_EMBED) == {"describe_encoder", "embed_range"}
    assert spec(Role.ORCHESTRATOR).workflows == WORKFLOWS
    assert spec(Role.QUERY).workflows == QUERY_WORKFLOWS
    assert not any(spec(role).workflows for role in Role if role not in (Role.ORCHESTRATOR, Role.QUERY))


def test_what_the_router_may_move_is_on_the_fast_queue() -> None:
    moved = [Role.INGEST, Role.ASSEMBLY, Role.GENERATION, Role.PACK]
    assert set().union(*(activity_names(role) for role in moved)) <= activity_names(Role.FAST)


@pytest.mark.parametrize("role", [role for role in Role if spec(role).ports])
def test_every_port_of_a_role_is_bound_once(role: Role) -> None:
    bound = bind(role, fakes(Worlds()))
    assert len(bound) == len(activity_names(role))
    assert all(asyncio.iscoroutinefunction(each) for each in bound)


def test_a_missing_or_doubled_port_is_refused() -> None:
    with pytest.raises(Failed, match="implemented by 0 objects"):
        bind(Role.INGEST, [])
    with pytest.raises(Failed, match="implemented by 2 objects"):
        bind(Role.INGEST, [FakeIngest(Worlds()), FakeIngest(Worlds())])


def test_an_override_that_lost_its_name_is_refused() -> None:
    class Nameless(FakeEmbed):
        async def embed_range(self, request: EmbedRange) -> EmbedResult:
            raise NotImplementedError

    with pytest.raises(Failed, match="lacks @activity.defn"):
        bind(Role.GPU, [Nameless(Worlds())])


def test_another_signature_is_refused() -> None:
    class Other(FakeEmbed):
        @activity.defn(name="embed_range")
        async def embed_range(self, request: str) -> EmbedResult:  # type: ignore[override]
            raise NotImplementedError

    with pytest.raises(Failed, match="has signature"):
        bind(Role.GPU, [Other(Worlds())])
