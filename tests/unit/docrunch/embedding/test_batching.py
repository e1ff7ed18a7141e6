import time

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docrunch.embedding.batching import Forward, Ids, Tokens, checked, encode_in_batches, fill, padded_length, plan
from docrunch.embedding.model import EncodeStats, Vectors
from docrunch.embedding.onnx_encoder import rows_for
from docrunch.errors import Failed


@given(st.lists(st.integers(1, 256), max_size=200))
def test_every_text_is_in_one_batch_whose_shape_depends_on_its_length_alone(lengths: list[int]) -> None:
    batches = list(plan(lengths, rows_for))
    assert sorted(index for batch in batches for index in batch.texts) == list(range(len(lengths)))
    for batch in batches:
        assert batch.rows == rows_for(batch.length)
        assert len(batch.texts) <= batch.rows
        assert all(padded_length(lengths[index]) == batch.length for index in batch.texts)


def test_a_short_batch_is_filled_with_repeats_not_with_padding() -> None:
    [batch] = plan([3, 2], lambda length: 5)
    filled, mask = fill(batch, [ids(7, 8, 9), ids(4, 5)], padding=0)
    assert filled.shape == mask.shape == (5, 16)
    assert filled[:, 0].tolist() == [7, 4, 7, 4, 7]
    assert mask.sum(axis=1).tolist() == [3, 2, 3, 2, 3]


def test_512_padded_tokens_per_batch() -> None:
    assert [rows_for(length) for length in (16, 32, 48, 256, 512)] == [32, 16, 10, 2, 1]


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.5])
def test_what_is_no_unit_vector_is_never_stored(bad: float) -> None:
    vectors = np.eye(4, dtype=np.float32)
    vectors[1, 1] = bad
    with pytest.raises(Failed, match="1 of 4"):
        checked(vectors)


def encoded(tokens: list[Tokens], lanes: int, forward: Forward) -> tuple[Vectors, EncodeStats]:
    stats = EncodeStats()
    vectors = encode_in_batches(
        tokens, padding=0, rows_for=lambda length: 2, forward=forward, dimensions=4, stats=stats, lanes=lanes
    )
    return vectors, stats


def ids(*tokens: int) -> Tokens:
    return np.array(tokens, np.int32)


def by_tokens(input_ids: Ids, mask: Ids) -> npt.NDArray[np.floating]:
    """Counts of four tokens, as unit vectors; late for the first batches, so that lanes overtake each other."""
    time.sleep(0.002 * (input_ids[0, 0] % 3))
    counts = np.stack([((input_ids == token) & (mask == 1)).sum(axis=1) for token in range(4)], axis=1)
    return counts / np.linalg.norm(counts, axis=1, keepdims=True)


def test_lanes_change_neither_vectors_nor_counts() -> None:
    tokens = [ids(*((n + m) % 3 + 1 for m in range(n % 40 + 1))) for n in range(101)]
    alone, told = encoded(tokens, 1, by_tokens)
    together, also_told = encoded(tokens, 4, by_tokens)
    assert together.tobytes() == alone.tobytes()
    assert also_told == told
    assert told.texts == 101


def test_an_error_in_one_lane_is_the_error_of_the_call() -> None:
    def fails(input_ids: Ids, mask: Ids) -> npt.NDArray[np.floating]:
        if (input_ids == 3).any():
            raise Failed("the device is gone")
        return by_tokens(input_ids, mask)

    with pytest.raises(Failed, match="gone"):
        encoded([ids(1), ids(2), ids(3, 1), ids(2), ids(1, 1)], 3, fails)
