import importlib.util

import numpy as np
import pytest

from docrunch.embedding.batching import Ids
from docrunch.embedding.encoders import EncoderSettings, open_encoder
from docrunch.embedding.fingerprint import agreement, golden_vectors, texts
from docrunch.embedding.model import EncodeStats
from docrunch.embedding.torch_encoder import HalvingForward, OutOfMemory, rows_for
from docrunch.errors import Failed, InvalidConfig

HAS_TORCH = (
    importlib.util.find_spec("torch") is not None and importlib.util.find_spec("sentence_transformers") is not None
)


def test_rows_grow_with_the_token_budget_between_16_and_256() -> None:
    assert [rows_for(length, 16_384) for length in (16, 64, 128, 256, 512)] == [256, 256, 128, 64, 32]
    assert rows_for(512, 100) == 16


class SmallDevice:
    """Holds ``limit`` tokens; every row of its answer is the first token of the text."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.shapes: list[int] = []

    def __call__(self, input_ids: Ids, mask: Ids) -> np.ndarray:
        if input_ids.size > self.limit:
            raise OutOfMemory
        self.shapes.append(len(input_ids))
        return input_ids[:, :1].astype(np.float32)


def test_a_full_memory_halves_the_batch_in_place_and_loses_no_row() -> None:
    device, stats, freed = SmallDevice(16 * 40), EncodeStats(), []
    forward = HalvingForward(device, lambda: stats, lambda: freed.append(1))
    ids = np.arange(128 * 16).reshape(128, 16)
    assert forward(ids, ids)[:, 0].tolist() == ids[:, 0].tolist()
    assert device.shapes == [32, 32, 32, 32]
    assert stats.oom_splits == len(freed) == 2
    assert forward(ids, ids).shape == (128, 1)
    assert stats.oom_splits == 2  # what fits is remembered


def test_a_text_that_never_fits_is_an_error_and_no_endless_loop() -> None:
    forward = HalvingForward(SmallDevice(8), EncodeStats, lambda: None)
    with pytest.raises(Failed, match="16 tokens"):
        forward(np.ones((4, 16), np.int64), np.ones((4, 16), np.int64))


@pytest.mark.skipif(HAS_TORCH, reason="torch is installed")
def test_without_the_extra_the_error_says_how_to_get_it() -> None:
    with pytest.raises(InvalidConfig, match="not installed") as caught:
        open_encoder(EncoderSettings(backend="torch"))
    assert "docrunch[gpu]" in str(caught.value.hint)


@pytest.mark.skipif(not HAS_TORCH, reason="needs the extra gpu")
@pytest.mark.parametrize(("precision", "cosine"), [("fp32", 0.9999), ("bf16", 0.999), ("fp16", 0.999)])
def test_torch_agrees_with_the_golden_vectors(precision: str, cosine: float) -> None:
    encoder = open_encoder(EncoderSettings(backend="torch", precision=precision, batch_tokens=1024))
    vectors = encoder.encode(texts())
    assert agreement(vectors, golden_vectors()) >= cosine
    assert encoder.encode(texts()[::-1])[::-1].tobytes() == vectors.tobytes()
    encoder.close()
