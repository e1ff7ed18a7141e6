"""A language model behind a real server: what it says arrives piece by piece, and what goes wrong has a name."""

import asyncio

import pytest

from docrunch.errors import AuthError, DocrunchError, Failed, InvalidConfig, Unreachable
from docrunch.llm.chat import ChatModel
from tests.support.openai_server import CHAT_MODEL, Answer, OpenAIServer, Stream


def said(server: OpenAIServer, **changes: object) -> list[str]:
    async def collect() -> list[str]:
        settings = {"model": CHAT_MODEL, "base_url": server.base_url, "api_key": server.key, "timeout": 5.0}
        model = ChatModel(**{**settings, "max_tokens": 50, **changes})  # type: ignore[arg-type]
        try:
            return [piece async for piece in model.stream("rules", "question")]
        finally:
            await model.aclose()

    return asyncio.run(collect())


def test_pieces_arrive_in_order() -> None:
    with OpenAIServer() as server:
        server.writes = lambda prompt: Stream("one ", "two ", "three")
        assert said(server) == ["one ", "two ", "three"]
        (request,) = server.chats
    assert [each["content"] for each in request["messages"]] == ["rules", "question"]
    assert (request["temperature"], request["max_tokens"], request["stream"]) == (0, 50, True)
    assert "tools" not in request


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(401), AuthError),
        (Answer(404), InvalidConfig),
        (Answer(429), Unreachable),
        (Answer(500), Unreachable),
        (Answer(400), Failed),
        (Stream(raw=(b"data: {this is no json\n\n",)), Failed),
        (Stream(raw=(b"\x00\xff\xfe garbage\n\n", b"data: [DONE]\n\n")), Failed),
        (Stream("half of", cut=True), Unreachable),
        (Stream("something", finish="content_filter"), Failed),
    ],
)
def test_what_goes_wrong_is_told_apart_and_never_repeats_what_was_sent(
    answer: Answer, kind: type[DocrunchError]
) -> None:
    with OpenAIServer(key="not-to-be-told") as server:
        server.script.append(answer)
        with pytest.raises(kind) as failed:
            said(server)
        assert len(server.chats) == 1  # no retry of its own: an answer may have been paid for
        assert server.key not in str(failed.value)


def test_a_server_that_is_away_or_silent() -> None:
    with OpenAIServer() as server:
        with pytest.raises(Unreachable):
            said(server, base_url="http://127.0.0.1:9/v1")
        server.writes = lambda prompt: Stream("late", seconds=3.0)
        with pytest.raises(Unreachable):
            said(server, timeout=0.3)


@pytest.mark.parametrize("missing", ["model", "base_url"])
def test_nothing_is_sent_anywhere_unless_it_is_configured(missing: str) -> None:
    with OpenAIServer() as server, pytest.raises(InvalidConfig):
        said(server, **{missing: None})


def test_a_service_of_ones_own_may_need_no_key() -> None:
    with OpenAIServer(key="none") as server:
        server.writes = lambda prompt: "fine"
        assert "".join(said(server, api_key=None)) == "fine"
