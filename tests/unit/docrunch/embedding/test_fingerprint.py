import numpy as np

from docrunch.embedding.fingerprint import agreement, fingerprint, golden_vectors, make_spec, texts


def test_the_committed_texts_and_vectors_belong_together() -> None:
    assert len(texts()) == len(set(texts())) == 64
    assert golden_vectors().shape == (64, 384)
    assert agreement(golden_vectors(), golden_vectors()) > 0.999999


def test_a_last_bit_that_moves_no_integer_keeps_the_fingerprint_and_a_visible_change_does_not() -> None:
    vectors = np.round(golden_vectors() * 4000) / 4000
    assert fingerprint(vectors) == fingerprint(vectors + np.float32(1e-7))
    moved = vectors.copy()
    moved[63, 383] += 0.001
    assert fingerprint(moved) != fingerprint(vectors)


def test_the_id_reads_as_model_backend_precision_and_card_version() -> None:
    spec = make_spec(
        model="org/Some Model",
        backend="torch",
        precision="fp16",
        dimensions=384,
        max_tokens=256,
        fingerprint="f",
        weights_sha256="w",
        instructions={},
    )
    assert spec.id.startswith(f"Some-Model-torch-fp16-c{spec.card_version}-")
    assert len(spec.id.rsplit("-", 1)[1]) == 12
