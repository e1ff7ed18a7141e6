"""The encoder of GPU workers: sentence-transformers on torch in half precision (extra ``gpu``).

torch is imported when an encoder is made, never with this module. Shapes are fixed as on the CPU, only larger: a
batch holds 16–256 rows, as many as the token budget allows at its length. When the GPU has too little memory the
batch is halved in place and stays halved, which is counted; a worker with another GPU may then round differently.
"""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from docrunch.embedding.batching import Forward, Ids, Tokens, encode_in_batches, load_tokenizer, prepared
from docrunch.embedding.fingerprint import local_spec
from docrunch.embedding.local_encoder import LocalEncoder
from docrunch.embedding.model import EncodeStats, Vectors
from docrunch.embedding.model_files import BUNDLED, ModelFiles, find_model
from docrunch.errors import Failed, InvalidConfig

MIN_ROWS, MAX_ROWS = 16, 256
PRECISIONS = {"fp16": "float16", "bf16": "bfloat16", "fp32": "float32"}


class OutOfMemory(Exception):
    """The device could not hold one batch."""


def rows_for(length: int, batch_tokens: int) -> int:
    """The largest power of two of rows whose padded tokens fit into the budget, between 16 and 256."""
    affordable = max(batch_tokens // length, 1)
    return int(min(max(1 << (affordable.bit_length() - 1), MIN_ROWS), MAX_ROWS))


class HalvingForward:
    """Runs a batch in as many equal parts as memory asks for, and remembers how many tokens fitted."""

    def __init__(self, forward: Forward, stats: Callable[[], EncodeStats], free: Callable[[], None]) -> None:
        self._forward = forward
        self._stats = stats
        self._free = free
        self._most_tokens: int | None = None

    def __call__(self, input_ids: Ids, mask: Ids) -> npt.NDArray[np.floating]:
        rows, length = input_ids.shape
        while self._most_tokens is not None and rows > 1 and rows * length > self._most_tokens:
            rows //= 2
        parts: list[npt.NDArray[np.floating]] = []
        at = 0
        while at < len(input_ids):
            try:
                parts.append(self._forward(input_ids[at : at + rows], mask[at : at + rows]))
            except OutOfMemory as error:
                if rows == 1:
                    raise Failed(f"one text of {length} tokens does not fit into the memory of the GPU") from error
                rows //= 2
                self._most_tokens = rows * length
                self._stats().oom_splits += 1
                self._free()
                continue
            at += rows
        return np.concatenate(parts)


class TorchEncoder(LocalEncoder):
    """See `docrunch.embedding.model.Encoder`."""

    def __init__(
        self,
        model: str | None,
        *,
        max_tokens: int,
        batch_tokens: int,
        device: str | None,
        precision: str,
        instructions: dict[str, str],
    ) -> None:
        if precision not in PRECISIONS:
            raise InvalidConfig(f"precision is {precision!r}", hint=f"It should be one of {', '.join(PRECISIONS)}.")
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ModuleNotFoundError as error:
            raise InvalidConfig(
                f"embedding.backend torch needs {error.name}, which is not installed",
                hint="Install the extra: pip install 'docrunch[gpu]'.",
            ) from error
        files = _local_files(model)
        self._torch = torch
        self._device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._batch_tokens = batch_tokens
        self._model = SentenceTransformer(
            str(files.directory) if files else model,
            device=self._device,
            model_kwargs={"dtype": getattr(torch, PRECISIONS[precision])},
            local_files_only=files is not None,
        ).eval()
        _check_length(max_tokens, self._model, files)
        self._tokenizer = _tokenizer(self._model, files, max_tokens)
        self._padding = int(self._model.tokenizer.pad_token_id or 0)
        self._stats = EncodeStats()
        self._forward = HalvingForward(self._run, lambda: self._stats, self._free)
        self._dimensions = self._run(np.full((1, 16), self._padding), np.ones((1, 16), np.int64)).shape[1]
        self._spec = local_spec(
            self._encode,
            model=files.name if files else str(model),
            backend="torch",
            precision=precision,
            max_tokens=max_tokens,
            weights_sha256=files.weights_sha256() if files else "",
            instructions=instructions,
        )
        self._stats = EncodeStats()

    def close(self) -> None:
        del self._model
        self._free()

    def _compute(self, tokens: Sequence[Tokens]) -> Vectors:
        return encode_in_batches(
            tokens,
            padding=self._padding,
            rows_for=lambda length: rows_for(length, self._batch_tokens),
            forward=self._forward,
            dimensions=self._dimensions,
            stats=self._stats,
        )

    def _run(self, input_ids: Ids, mask: Ids) -> npt.NDArray[np.floating]:
        """(rows, d) float32 unit vectors; normalised in float32, because half precision loses the length."""
        torch = self._torch
        features = {"input_ids": torch.from_numpy(input_ids), "attention_mask": torch.from_numpy(mask)}
        try:
            with torch.inference_mode():
                moved = {name: tensor.to(self._device, non_blocking=True) for name, tensor in features.items()}
                pooled = self._model(moved)["sentence_embedding"].float()
                found: npt.NDArray[np.floating] = torch.nn.functional.normalize(pooled, dim=1).cpu().numpy()
        except torch.OutOfMemoryError as error:
            raise OutOfMemory from error
        return found

    def _free(self) -> None:
        if self._device.startswith("cuda"):
            with contextlib.suppress(RuntimeError):  # the allocator of a device that just failed
                self._torch.cuda.empty_cache()


def _local_files(model: str | None) -> ModelFiles | None:
    """Files of the bundled model or of a directory; None for the name of a model on the hub."""
    if model is None or model.removeprefix("sentence-transformers/") == BUNDLED or Path(model).expanduser().is_dir():
        return find_model(model)
    return None


def _check_length(max_tokens: int, model: Any, files: ModelFiles | None) -> None:
    """On a GPU a position beyond the table is no exception but the end of the process."""
    config = (files.json("config.json") if files else None) or {}
    known = config.get("max_position_embeddings") or model.max_seq_length
    if known and max_tokens > known:
        raise InvalidConfig(f"embedding.max_tokens is {max_tokens}, the model knows {known}")


def _tokenizer(model: Any, files: ModelFiles | None, max_tokens: int) -> Tokenizer:
    if files is not None:
        return load_tokenizer(files, max_tokens)
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise InvalidConfig("the model has no fast tokenizer (tokenizer.json)")
    return prepared(Tokenizer.from_str(backend.to_str()), max_tokens)
