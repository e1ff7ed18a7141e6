"""A text that cannot be embedded costs itself, never its batch; a service that is down costs nobody anything."""

from collections.abc import Sequence

import numpy as np
import pytest

from docrunch.embedding.model import EncoderSpec, EncodeStats, Prepared, TextKind, TextUnit, Vectors
from docrunch.errors import Failed, Unreachable
from docrunch.ids import ChunkId, text_sha
from docrunch.pipeline.embedding import ATTEMPTS, encode_isolating, keep_embedded, unique_texts


class Picky:
    """An encoder that refuses any batch with a poisoned text in it, and counts how often it was asked."""

    spec = EncoderSpec("e", "m", "b", "fp32", 4, 16, "f")

    def __init__(self, error: Exception, healthy_after: int | None = None) -> None:
        self.stats = EncodeStats()
        self.calls = 0
        self._error = error
        self._healthy_after = healthy_after

    def prepare(self, texts: Sequence[str]) -> Prepared:
        return Prepared(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        sick = self._healthy_after is None or self.calls <= self._healthy_after
        if sick and any("poison" in text for text in texts):
            raise self._error
        return np.array([[len(text), 0, 0, 0] for text in texts], dtype=np.float32)

    def close(self) -> None: ...


def unit(name: str, text: str) -> TextUnit:
    return TextUnit(ChunkId(name), "a.py", 0, TextKind.CARD, 3, 4, 0, 9, text, text_sha(text))


def test_culprits_are_found_by_bisection_and_the_others_keep_their_vectors() -> None:
    texts = [f"text {number}" for number in range(64)]
    texts[5] = texts[40] = "poison"
    encoder = Picky(Failed("no"))
    encoded = encode_isolating(encoder, texts)
    assert encoded.failed == (5, 40)
    assert [row for row in range(64) if encoded.vectors[row][0] != len(texts[row])] == [5, 40]
    assert encoder.calls < 64  # two culprits cost two paths of a tree, not one call per text


def test_a_batch_gets_three_attempts_before_it_is_suspected() -> None:
    encoder = Picky(Failed("hiccup"), healthy_after=ATTEMPTS - 1)
    assert encode_isolating(encoder, ["poison", "fine"]).failed == ()
    assert encoder.calls == ATTEMPTS


def test_an_outage_is_not_the_fault_of_a_text() -> None:
    encoder = Picky(Unreachable("down"))
    with pytest.raises(Unreachable):
        encode_isolating(encoder, ["poison", "fine"])
    assert encoder.calls == 1


def test_no_texts_need_no_encoder() -> None:
    encoder = Picky(Failed("no"))
    assert encode_isolating(encoder, []).vectors.shape == (0, 4)
    assert encoder.calls == 0


def test_equal_texts_are_embedded_once_and_lost_ones_are_listed() -> None:
    units = [unit("c_1", "same"), unit("c_2", "same"), unit("c_3", "lost")]
    assert list(unique_texts(units).values()) == ["same", "lost"]
    vector = np.ones(4, dtype=np.float32)
    kept, matrix, issues = keep_embedded(units, {text_sha("same"): vector}, 4)
    assert [one.id for one in kept] == ["c_1", "c_2"]
    assert matrix.shape == (2, 4)
    assert [(issue.path, issue.reason, issue.line) for issue in issues] == [("a.py", "embedding_failed", 3)]
