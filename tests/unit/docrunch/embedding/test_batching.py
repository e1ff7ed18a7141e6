import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docrunch.embedding.batching import checked, fill, padded_length, plan
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
    ids, mask = fill(batch, [[7, 8, 9], [4, 5]], padding=0)
    assert ids.shape == mask.shape == (5, 16)
    assert ids[:, 0].tolist() == [7, 4, 7, 4, 7]
    assert mask.sum(axis=1).tolist() == [3, 2, 3, 2, 3]


def test_512_padded_tokens_per_batch() -> None:
    assert [rows_for(length) for length in (16, 32, 48, 256, 512)] == [32, 16, 10, 2, 1]


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.5])
def test_what_is_no_unit_vector_is_never_stored(bad: float) -> None:
    vectors = np.eye(4, dtype=np.float32)
    vectors[1, 1] = bad
    with pytest.raises(Failed, match="1 of 4"):
        checked(vectors)
