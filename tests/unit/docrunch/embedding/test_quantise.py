import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from docrunch.embedding.quantise import cosines, mean_direction, products, squares, to_integers


def unit_rows(count: int, dimensions: int, seed: int = 1) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.mark.parametrize("dimensions", [384, 1536])
def test_products_are_exact_integers_for_any_number_of_threads(dimensions: int) -> None:
    rows = to_integers(unit_rows(700, dimensions))
    exact = rows.astype(np.int64) @ rows.astype(np.int64).T
    for threads in (1, 2):
        with threadpool_limits(threads):
            assert np.array_equal(products(rows, rows), exact)


def test_the_worst_case_stays_exact() -> None:
    flat = np.full((1, 4096), 1 / 64, np.float32)
    axis = np.eye(1, 4096, dtype=np.float32)
    rows = to_integers(np.concatenate([flat, axis]))
    assert np.array_equal(products(rows, rows), rows.astype(np.int64) @ rows.astype(np.int64).T)


def test_cosines_are_true_to_the_vectors() -> None:
    vectors = unit_rows(50, 384)
    rows = to_integers(vectors)
    found = cosines(rows, rows)
    np.testing.assert_allclose(found, vectors @ vectors.T, atol=5e-4)
    assert np.array_equal(found, np.round(found, 6))
    assert np.array_equal(np.diag(found), np.ones(50))
    assert cosines(rows, rows * 0).tolist() == np.zeros((50, 50)).tolist()


def test_the_mean_of_rows_is_again_a_direction() -> None:
    rows = to_integers(unit_rows(5, 384))
    mean = mean_direction(rows)
    assert abs(squares(mean[None])[0] ** 0.5 - 4000) < 10
    assert np.array_equal(mean_direction(np.concatenate([rows, -rows])), np.zeros(384, np.int32))


@pytest.mark.parametrize("bad", [np.nan, np.inf, 2.0])
def test_what_cannot_be_exact_is_refused(bad: float) -> None:
    with pytest.raises(ValueError):
        to_integers(np.array([[bad, 0.0]], np.float32))
