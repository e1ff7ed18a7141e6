import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from docrunch.embedding.encoders import EncoderSettings, open_encoder
from docrunch.embedding.fingerprint import agreement, golden_vectors, texts
from docrunch.embedding.model import Encoder
from docrunch.errors import InvalidConfig

OTHERS = [f"function number {n} " + "with some more words " * (n % 12) for n in range(150)]


def test_the_committed_golden_vectors_are_reproduced(encoder: Encoder) -> None:
    vectors = encoder.encode(texts())
    assert vectors.shape == (64, encoder.spec.dimensions) == (64, 384)
    assert vectors.dtype == np.float32
    assert agreement(vectors, golden_vectors()) >= 0.9999


def test_a_vector_has_the_same_bits_whatever_its_batch_mates_and_their_order(encoder: Encoder) -> None:
    mixed = [*texts(), *OTHERS]
    order = list(range(len(mixed)))
    random.Random(5).shuffle(order)
    expected = encoder.encode(texts())
    shuffled = encoder.encode([mixed[index] for index in order])
    for row, index in enumerate(order):
        if index < len(expected):
            assert shuffled[row].tobytes() == expected[index].tobytes()
    alone = encoder.encode([texts()[7]])
    assert alone[0].tobytes() == expected[7].tobytes()


def test_the_number_of_threads_changes_no_bit(encoder: Encoder, graph_cache: Path) -> None:
    two = open_encoder(EncoderSettings(cache_dir=graph_cache, threads=2))
    assert two.spec.id == encoder.spec.id
    assert two.encode(OTHERS).tobytes() == encoder.encode(OTHERS).tobytes()
    two.close()


def test_prepared_texts_have_the_vectors_of_plain_ones(encoder: Encoder) -> None:
    """Also in part and in another order, as embedding takes them."""
    prepared = encoder.prepare(OTHERS)
    expected = encoder.encode(OTHERS)
    assert encoder.encode(prepared[10:30]).tobytes() == expected[10:30].tobytes()
    rows = [140, 3, 77]
    assert encoder.encode(prepared.take(rows)).tobytes() == expected[rows].tobytes()
    sizes = prepared.sizes()
    assert sizes[0] < sizes[11]
    assert list(prepared) == OTHERS


def test_similar_texts_are_near_and_long_texts_are_cut(encoder: Encoder) -> None:
    near, same, far = encoder.encode(["open a file", "read a file from disk", "PageRank of a graph"])
    assert near @ same > near @ far + 0.2
    long, longer = encoder.encode(["word " * 300, "word " * 900])
    assert long.tobytes() == longer.tobytes()


def test_nothing_to_embed_is_no_error(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_lone_surrogates_of_odd_file_names_are_embedded(encoder: Encoder) -> None:
    assert np.isfinite(encoder.encode(["bad \udcff name"])).all()


def test_progress_counts_texts_and_padding(graph_cache: Path) -> None:
    fresh = open_encoder(EncoderSettings(cache_dir=graph_cache, threads=1))
    fresh.encode(OTHERS)
    assert fresh.stats.texts == 150
    assert 0.5 < fresh.stats.tokens / fresh.stats.padded_tokens <= 1
    assert fresh.stats.seconds > 0


def test_more_tokens_than_the_model_knows_are_refused(graph_cache: Path) -> None:
    with pytest.raises(InvalidConfig, match="513"):
        open_encoder(EncoderSettings(cache_dir=graph_cache, max_tokens=513))


def test_cpu_users_never_load_torch(graph_cache: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from docrunch.embedding.encoders import EncoderSettings, open_encoder\n"
        f"open_encoder(EncoderSettings(cache_dir=Path({str(graph_cache)!r}))).encode(['a'])\n"
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
