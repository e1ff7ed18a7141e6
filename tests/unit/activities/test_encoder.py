"""The encoder of a process: computing waits for its turn, preparing does not."""

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest

from activities.encoder import LoadedEncoder
from docrunch.embedding.model import Encoder, EncoderSpec, EncodeStats, Prepared, Vectors
from docrunch.errors import Unreachable


class Small:
    spec = EncoderSpec("e", "m", "b", "fp32", 4, 16, "f")
    stats = EncodeStats()

    def prepare(self, texts: Sequence[str]) -> Prepared:
        return Prepared(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.ones((len(texts), 4), np.float32)

    def close(self) -> None: ...


async def test_texts_are_prepared_while_another_range_computes() -> None:
    """Else both cores wait for the tokenizer between any two micro-batches."""
    loaded = LoadedEncoder(Small)
    assert (await loaded.spec()).id == "e"
    async with loaded.exclusive():
        prepared = await asyncio.wait_for(loaded.prepare(["a", "bc"]), 5)
        assert (await asyncio.wait_for(loaded.spec(), 5)).id == "e"
    assert prepared.sizes() == [1, 2]


async def test_a_load_that_failed_is_tried_again_by_the_next_caller() -> None:
    answers: list[Encoder | Unreachable] = [Unreachable("away"), Small()]

    def load() -> Encoder:
        answer = answers.pop(0)
        if isinstance(answer, Unreachable):
            raise answer
        return answer

    loaded = LoadedEncoder(load)
    with pytest.raises(Unreachable):
        await loaded.prepare(["a"])
    assert len(await loaded.prepare(["a"])) == 1
    assert answers == []
