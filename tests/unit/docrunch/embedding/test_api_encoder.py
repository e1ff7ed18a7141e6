import json
import time

import numpy as np
import pytest

from docrunch.embedding.encoders import EncoderSettings, open_encoder
from docrunch.embedding.model import Encoder
from docrunch.errors import AuthError, DocrunchError, Failed, InvalidConfig, LimitExceeded, Unreachable
from tests.support.openai_server import MODEL, Answer, OpenAIServer, vector_of


def opened(server: OpenAIServer, *, dimensions: int | None = None, key: str | None = None) -> Encoder:
    settings = EncoderSettings(backend="api", model=MODEL, base_url=server.base_url, dimensions=dimensions)
    return open_encoder(settings, api_key=key or server.key)


@pytest.mark.parametrize("dimensions", [384, 1536])
def test_vectors_of_any_dimension_are_unit_rows_in_the_order_of_the_texts(dimensions: int) -> None:
    texts = [f"text number {number}" for number in range(300)]
    with OpenAIServer(dimensions=dimensions) as server:
        encoder = opened(server)
        vectors = encoder.encode(texts)
        assert [len(request["input"]) for request in server.requests[1:]] == [128, 128, 44]
    assert encoder.spec.dimensions == dimensions
    assert vectors.shape == (300, dimensions)
    expected = np.array([vector_of(text, dimensions) for text in texts])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(vectors, expected, atol=1e-6)
    assert encoder.stats.texts == 300


def test_asking_for_other_dimensions_is_passed_on() -> None:
    with OpenAIServer(dimensions=1536) as server:
        assert opened(server, dimensions=256).encode(["a"]).shape == (1, 256)
        assert server.requests[-1]["dimensions"] == 256


def test_the_id_is_equal_for_two_workers_and_differs_between_models_of_other_size() -> None:
    with OpenAIServer() as server:
        assert opened(server).spec.id == opened(server).spec.id
        assert opened(server).spec.id != opened(server, dimensions=256).spec.id


def test_a_busy_service_is_asked_again_after_the_time_it_names() -> None:
    with OpenAIServer() as server:
        encoder = opened(server)
        server.script.append(Answer(429, headers={"retry-after": "1"}))
        started = time.monotonic()
        assert encoder.encode(["a"]).shape == (1, 384)
        assert time.monotonic() - started >= 1.0
        server.script.append(Answer(500, headers={"retry-after-ms": "10"}))
        assert encoder.encode(["b"]).shape == (1, 384)


def test_a_service_that_stays_down_is_unreachable_so_the_batch_is_tried_later() -> None:
    with OpenAIServer() as server:
        encoder = opened(server)
        server.script.extend(Answer(503, headers={"retry-after-ms": "5"}) for _ in range(5))
        with pytest.raises(Unreachable, match="503"):
            encoder.encode(["a"])
    with pytest.raises(Unreachable):  # nothing listens any more
        encoder.encode(["a"])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(401), AuthError),
        (Answer(404), InvalidConfig),
        (Answer(400), Failed),
        (Answer(200, body=b"<html>"), Failed),
        (Answer(200, body=b'{"data": []}'), Failed),
        (Answer(200, body=json.dumps({"data": [{"index": 0, "embedding": [1.0, 2.0]}]}).encode()), Failed),
        (Answer(200, body=json.dumps({"data": [{"index": 0, "embedding": ["x"]}]}).encode()), Failed),
        (Answer(200, body=json.dumps({"data": [{"index": 0, "embedding": [0.0] * 384}]}).encode()), Failed),
        (Answer(200, body=json.dumps({"data": [{"index": 5, "embedding": [1.0] * 384}]}).encode()), Failed),
    ],
)
def test_what_the_service_does_wrong_has_a_name_and_no_text_of_ours(answer: Answer, error: type[DocrunchError]) -> None:
    with OpenAIServer() as server:
        encoder = opened(server)
        server.script.append(answer)
        with pytest.raises(error) as caught:
            encoder.encode(["private text"])
    assert "private text" not in str(caught.value)


def test_a_used_up_quota_is_no_reason_to_try_again() -> None:
    body = json.dumps({"error": {"code": "insufficient_quota", "message": "pay", "type": "x"}}).encode()
    with OpenAIServer() as server:
        encoder = opened(server)
        server.script.extend(Answer(429, body=body, headers={"retry-after-ms": "5"}) for _ in range(5))
        with pytest.raises(LimitExceeded):
            encoder.encode(["a"])


def test_a_wrong_key_is_refused_when_the_encoder_is_opened() -> None:
    with OpenAIServer() as server, pytest.raises(AuthError):
        opened(server, key="wrong")


def test_a_missing_address_is_named_before_anything_is_sent() -> None:
    with pytest.raises(InvalidConfig, match=r"embedding\.model"):
        open_encoder(EncoderSettings(backend="api"), api_key="x")
