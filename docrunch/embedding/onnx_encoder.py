"""The encoder of CPU workers: ONNX Runtime, float32, fixed shapes. Needs no torch."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from docrunch.embedding.batching import Ids, Tokens, checked, encode_in_batches, load_tokenizer, tokenise
from docrunch.embedding.fingerprint import local_spec
from docrunch.embedding.local_encoder import LocalEncoder
from docrunch.embedding.model import EncodeStats, Vectors
from docrunch.embedding.model_files import ModelFiles
from docrunch.embedding.onnx_cache import graph_bytes
from docrunch.embedding.onnx_graph import read_config
from docrunch.errors import InvalidConfig

QUERY_TOKENS = 64  # ≈ 10 ms on one core; the rest of a long question says little more
BATCH_TOKENS = 512  # padded tokens of one batch: 512–1,024 is the optimum on CPUs, 8,192 costs 35 %


def rows_for(length: int) -> int:
    return max(1, BATCH_TOKENS // length)


class OnnxEncoder(LocalEncoder):
    """See `docrunch.embedding.model.Encoder`. Equal texts have equal bits, whatever their batch-mates and order."""

    def __init__(
        self,
        files: ModelFiles,
        *,
        max_tokens: int,
        threads: int,
        cache_dir: Path | None,
        instructions: dict[str, str],
    ) -> None:
        config = read_config(files)
        if max_tokens > config.max_position_embeddings:
            raise InvalidConfig(
                f"embedding.max_tokens is {max_tokens}, the model {files.name} knows {config.max_position_embeddings}"
            )
        self._dimensions = config.hidden_size
        self._tokenizer = load_tokenizer(files, max_tokens)
        self._padding = _padding_id(files)
        self._stats = EncodeStats()
        weights_sha256 = files.weights_sha256()
        self.lanes = threads or len(os.sched_getaffinity(0))  # batches computed at the same time
        self._session = _session(graph_bytes(files, weights_sha256, cache_dir))
        self._spec = local_spec(
            self._encode,
            model=files.name,
            backend="onnxruntime",
            precision="fp32",
            max_tokens=max_tokens,
            weights_sha256=weights_sha256,
            instructions=instructions,
        )
        self._stats = EncodeStats()

    @property
    def tokenizer(self) -> Tokenizer:
        return self._tokenizer

    def encode_one(self, text: str) -> Vectors:
        """``(d,)`` float32 of norm 1: one text in a shape of its own, from any thread.

        A query waits for it: a fixed shape costs 50 ms for what takes 4. It agrees with `encode` to the last bits only,
        which no stored vector may do, and reads `QUERY_TOKENS` tokens.
        """
        ids = tokenise(self._tokenizer, [text])[0]
        if len(ids) > QUERY_TOKENS:
            ids = np.concatenate([ids[: QUERY_TOKENS - 1], ids[-1:]])  # the last one ends a text
        row = ids.astype(np.int64)[None, :]
        found: Vectors = checked(self.run(row, np.ones_like(row)))[0]
        return found

    def run(self, input_ids: Ids, mask: Ids) -> Vectors:
        """One batch as the session sees it, from any thread; the benchmark compares `encode` with it."""
        feed = {"input_ids": input_ids, "attention_mask": mask}
        found: Vectors = self._session.run(["sentence_embedding"], feed)[0]
        return found

    def close(self) -> None:
        """The session is freed with the encoder; nothing outlives it."""

    def _compute(self, tokens: Sequence[Tokens]) -> Vectors:
        return encode_in_batches(
            tokens,
            padding=self._padding,
            rows_for=rows_for,
            forward=self.run,
            dimensions=self._dimensions,
            stats=self._stats,
            lanes=self.lanes,
        )


def _session(graph: bytes) -> Any:
    """A session without threads of its own: every batch is computed by the thread that asks for it.

    Two cores that share each operation of one batch wait for each other a hundred times per batch, and spin
    meanwhile. With a batch each they are as fast on an idle machine and, measured while a parser took one of them,
    1.5 times as fast.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _padding_id(files: ModelFiles) -> int:
    """Padding is masked: any known token would do."""
    return int((files.json("config.json") or {}).get("pad_token_id") or 0)
