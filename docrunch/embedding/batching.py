"""Fixed shapes: why a vector does not depend on the texts it was computed with.

Runtimes pick kernels and block sizes by shape, and other blocks add in another order: in free-form batches the last
bits of a vector depend on its batch-mates. So the length of a text decides the whole shape: it is padded to a
multiple of `STEP` tokens, the number of rows is a function of that length, and the last batch of a length is filled
with repeats.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from docrunch.embedding.model import EncodeStats, Vectors
from docrunch.embedding.model_files import ModelFiles
from docrunch.errors import Failed, InvalidConfig

STEP = 16  # tokens; finer steps compute less padding but more, smaller batches
PREFETCH = 2048  # texts tokenised at a time, while those before are computed
_NORM_TOLERANCE = 1e-3  # half precision on a GPU stays within

Ids = npt.NDArray[np.int64]
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


def fill(batch: Batch, ids: Sequence[Sequence[int]], padding: int) -> tuple[Ids, Ids]:
    """(input_ids, attention_mask) of the batch's fixed shape; free rows repeat its texts in turn."""
    input_ids = np.full((batch.rows, batch.length), padding, np.int64)
    mask = np.zeros((batch.rows, batch.length), np.int64)
    for row in range(batch.rows):
        tokens = ids[batch.texts[row % len(batch.texts)]]
        input_ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
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


def tokenise(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]  # lone surrogates would raise
    return [encoding.ids for encoding in tokenizer.encode_batch_fast(clean)]


def encode_in_batches(
    texts: Sequence[str],
    *,
    tokenizer: Tokenizer,
    padding: int,
    rows_for: Rows,
    forward: Forward,
    dimensions: int,
    stats: EncodeStats,
) -> Vectors:
    """Tokenise in a thread, ahead of the computation, and run everything in fixed shapes."""
    vectors = np.empty((len(texts), dimensions), np.float32)
    starts = range(0, len(texts), PREFETCH)
    with ThreadPoolExecutor(1, thread_name_prefix="tokenise") as ahead:
        waiting = [ahead.submit(tokenise, tokenizer, texts[start : start + PREFETCH]) for start in starts[:2]]
        for number, start in enumerate(starts):
            ids = waiting[number].result()
            if number + 2 < len(starts):
                following = starts[number + 2]
                waiting.append(ahead.submit(tokenise, tokenizer, texts[following : following + PREFETCH]))
            for batch in plan([len(row) for row in ids], rows_for):
                found = forward(*fill(batch, ids, padding))[: len(batch.texts)]
                vectors[[start + index for index in batch.texts]] = found
                stats.batches += 1
                stats.texts += len(batch.texts)
                stats.tokens += sum(len(ids[index]) for index in batch.texts)
                stats.padded_tokens += batch.length * batch.rows
    return checked(vectors)


def checked(vectors: Vectors) -> Vectors:
    """Raises Failed unless every row is a finite unit vector."""
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    wrong = int(np.count_nonzero(~(np.abs(norms - 1) <= _NORM_TOLERANCE)))  # NaN compares false
    if wrong:
        raise Failed(f"the encoder returned {wrong} of {len(vectors)} vectors that are not finite unit vectors")
    return vectors
