"""Fixed shapes: why a vector does not depend on the texts it was computed with.

Runtimes pick kernels and block sizes by shape, and other blocks add in another order: in free-form batches the last
bits of a vector depend on its batch-mates. So the length of a text decides the whole shape: it is padded to a
multiple of `STEP` tokens, the number of rows is a function of that length, and the last batch of a length is filled
with repeats.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import msgspec
import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from docrunch.embedding.model import EncodeStats, Vectors
from docrunch.embedding.model_files import ModelFiles
from docrunch.errors import Failed, InvalidConfig

STEP = 16  # tokens; finer steps compute less padding but more, smaller batches
_NORM_TOLERANCE = 1e-3  # half precision on a GPU stays within

Ids = npt.NDArray[np.int64]
Tokens = npt.NDArray[np.int32]
"""Ids of the tokens of one text."""
Rows = Callable[[int], int]
"""Padded length → rows of every batch of that length."""
Forward = Callable[[Ids, Ids], npt.NDArray[np.floating]]
"""(input_ids, attention_mask), both (rows, length) → (rows, dimensions)."""


class Batch(msgspec.Struct, frozen=True):
    """``texts`` are indices of at most ``rows`` texts, each of which has at most ``length`` tokens."""

    texts: tuple[int, ...]
    length: int
    rows: int


def padded_length(tokens: int) -> int:
    return max(STEP, -(-tokens // STEP) * STEP)


def plan(lengths: Sequence[int], rows_for: Rows) -> Iterator[Batch]:
    """Batches over all texts, short ones first; texts of one padded length keep their order."""
    by_length: dict[int, list[int]] = {}
    for index, tokens in enumerate(lengths):
        by_length.setdefault(padded_length(tokens), []).append(index)
    for length, members in sorted(by_length.items()):
        rows = rows_for(length)
        for start in range(0, len(members), rows):
            yield Batch(tuple(members[start : start + rows]), length, rows)


def fill(batch: Batch, tokens: Sequence[Tokens], padding: int) -> tuple[Ids, Ids]:
    """(input_ids, attention_mask) of the batch's fixed shape; free rows repeat its texts in turn."""
    input_ids = np.full((batch.rows, batch.length), padding, np.int64)
    mask = np.zeros((batch.rows, batch.length), np.int64)
    for row in range(batch.rows):
        ids = tokens[batch.texts[row % len(batch.texts)]]
        input_ids[row, : len(ids)] = ids
        mask[row, : len(ids)] = 1
    return input_ids, mask


def load_tokenizer(files: ModelFiles, max_tokens: int) -> Tokenizer:
    """Raises InvalidConfig: the file is no tokenizer."""
    try:
        return prepared(Tokenizer.from_file(str(files.tokenizer)), max_tokens)
    except Exception as error:  # the library raises bare Exception
        raise InvalidConfig(f"tokenizer.json of the embedding model {files.name}: {error}") from error


def prepared(tokenizer: Tokenizer, max_tokens: int) -> Tokenizer:
    """The tokenizer without its own padding, cutting at ``max_tokens`` (its file may say otherwise)."""
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def tokenise(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Tokens]:
    clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]  # lone surrogates would raise
    return [np.array(encoding.ids, np.int32) for encoding in tokenizer.encode_batch_fast(clean)]


def encode_in_batches(
    tokens: Sequence[Tokens],
    *,
    padding: int,
    rows_for: Rows,
    forward: Forward,
    dimensions: int,
    stats: EncodeStats,
    lanes: int = 1,
) -> Vectors:
    """Vectors of tokenised texts, everything in fixed shapes.

    Args:
        lanes: batches computed at the same time; ``forward`` is then called from as many threads.
    """
    vectors = np.empty((len(tokens), dimensions), np.float32)
    run = partial(_run, vectors, tokens, padding, forward)
    with _mapping(lanes) as each:
        for batch in each(run, plan([len(row) for row in tokens], rows_for)):
            stats.batches += 1
            stats.texts += len(batch.texts)
            stats.tokens += sum(len(tokens[index]) for index in batch.texts)
            stats.padded_tokens += batch.length * batch.rows
    return checked(vectors)


def _run(vectors: Vectors, tokens: Sequence[Tokens], padding: int, forward: Forward, batch: Batch) -> Batch:
    """Compute one batch into its rows of ``vectors``, which no other batch writes."""
    vectors[list(batch.texts)] = forward(*fill(batch, tokens, padding))[: len(batch.texts)]
    return batch


@contextmanager
def _mapping(lanes: int) -> Iterator[Callable[[Callable[[Batch], Batch], Iterator[Batch]], Iterator[Batch]]]:
    """`map` over ``lanes`` threads, results in order; for one lane in the calling thread, which torch prefers."""
    if lanes == 1:
        yield map
        return
    with ThreadPoolExecutor(lanes, thread_name_prefix="encode") as pool:
        yield pool.map


def checked(vectors: Vectors) -> Vectors:
    """Raises Failed unless every row is a finite unit vector."""
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    wrong = int(np.count_nonzero(~(np.abs(norms - 1) <= _NORM_TOLERANCE)))  # NaN compares false
    if wrong:
        raise Failed(f"the encoder returned {wrong} of {len(vectors)} vectors that are not finite unit vectors")
    return vectors
