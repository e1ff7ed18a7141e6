"""A question ends with an answer, whatever the model does."""

import asyncio

import pytest
from temporalio.client import Client, WorkflowFailureError

from tests.support.fakes.world import World, Worlds, refusal
from workflows.ask import AskWorkflow
from workflows.contracts.ask import AskRequest, AskResult
from workflows.contracts.errors import from_failure
from workflows.contracts.queues import Queue

pytestmark = pytest.mark.temporal


async def ask(client: Client, world: World, **request: bool) -> AskResult:
    asked = AskRequest(question="where is it?", repository="shop", **request)
    return await client.execute_workflow(AskWorkflow.run, asked, id=f"ask:{world.name}", task_queue=Queue.QUERY)


async def test_without_a_model_the_answer_is_the_one_that_was_found(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("ask")
    result = await ask(temporal_client, world)
    assert (result.answer.answer, result.answer.model) == ("quoted", None)
    assert world.names() == ["find_answer", "record_answer"]


async def test_a_configured_model_words_it(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("ask-worded", model="chat")
    result = await ask(temporal_client, world)
    assert (result.answer.answer, result.answer.model) == ("worded", "chat")
    assert world.queues["word_answer"] == {"query"}
    (end,) = world.requests("record_answer")
    assert (end.status, end.model, end.asked) == ("completed", "chat", "free")


async def test_nobody_pays_a_model_for_an_answer_that_was_not_found(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("ask-nothing", model="chat", found=False)
    assert (await ask(temporal_client, world)).answer.found is False
    assert "word_answer" not in world.names()


async def test_no_model_means_no_model(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("ask-plain", model="chat")
    assert (await ask(temporal_client, world, use_model=False)).answer.answer == "quoted"
    assert "word_answer" not in world.names()


async def test_a_model_that_refuses_takes_nothing_away(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("ask-refused", model="chat")
    world.fail["word_answer"] = refusal("word_answer")
    answer = (await ask(temporal_client, world)).answer
    assert (answer.answer, answer.model) == ("quoted", None)
    assert answer.degraded == ("not worded, word_answer was told to fail: the answer is made of quotations",)


async def test_an_event_that_cannot_be_written_costs_the_event(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("ask-unrecorded")
    world.fail["record_answer"] = refusal("record_answer")
    assert (await ask(temporal_client, world)).answer.found


async def test_what_cannot_be_asked_is_an_error(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("ask-unknown")
    world.fail["find_answer"] = refusal("find_answer")
    with pytest.raises(WorkflowFailureError) as failed:
        await ask(temporal_client, world)
    assert from_failure(failed.value).message == "find_answer was told to fail"


async def test_who_cancels_pays_no_longer_and_it_is_told(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("ask-cancelled", model="chat")
    world.hold("word_answer")
    asked = AskRequest(question="where is it?", repository="shop")
    handle = await temporal_client.start_workflow(
        AskWorkflow.run, asked, id=f"ask:{world.name}", task_queue=Queue.QUERY
    )
    await asyncio.wait_for(world.started["word_answer"].wait(), 30)
    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert not world.running
    assert [end.status for end in world.requests("record_answer")] == ["cancelled"]
