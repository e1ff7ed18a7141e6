"""The encoder for texts that have no vector yet, and for queries: loaded when first needed, used by one at a time."""

import asyncio
import threading
from collections.abc import Callable

import numpy as np

from db.knowledge.vectors import Vector
from docrunch.embedding.model import Encoder, EncoderSpec
from docrunch.errors import Failed


class LazyEncoder:
    """Of a process, for any of its event loops: the work is done in threads.

    Args:
        load: opens the encoder that the settings ask for.
    """

    def __init__(self, load: Callable[[], Encoder]) -> None:
        self._load = load
        self._encoder: Encoder | None = None
        self._lock = threading.Lock()

    async def spec(self) -> EncoderSpec:
        return await asyncio.to_thread(self._spec)

    async def encode(self, texts: list[str], encoder_id: str) -> list[Vector]:
        """Vectors that may stand beside those of ``encoder_id``.

        Raises:
            Failed: the encoder of this process is of another model.
        """
        return await asyncio.to_thread(self._encode, texts, encoder_id)

    def _spec(self) -> EncoderSpec:
        with self._lock:
            return self._loaded().spec

    def _encode(self, texts: list[str], encoder_id: str) -> list[Vector]:
        with self._lock:
            encoder = self._loaded()
            check_alike(encoder.spec, encoder_id)
            made = encoder.encode(texts)
        return [np.ascontiguousarray(row, dtype=np.float32) for row in made]

    def _loaded(self) -> Encoder:
        if self._encoder is None:
            self._encoder = self._load()
        return self._encoder

    def close(self) -> None:
        with self._lock:
            if self._encoder is not None:
                self._encoder.close()
                self._encoder = None


def check_alike(spec: EncoderSpec, encoder_id: str) -> None:
    """One model on another machine, or in another precision, differs by rounding; another model means nothing here.

    Raises:
        Failed: the vectors cannot be compared.
    """
    if spec.id == encoder_id:
        return
    if model_part(spec.id, spec.backend) == encoder_id[: len(model_part(spec.id, spec.backend))]:
        return
    raise Failed(
        f"the vectors are of {encoder_id}, and the encoder of this process is {spec.id}",
        hint="Set embedding.backend and embedding.model to what the scan used, or scan again.",
    )


def model_part(encoder_id: str, backend: str) -> str:
    """``all-MiniLM-L6-v2-`` of ``all-MiniLM-L6-v2-onnxruntime-int8-c1-0123456789ab``."""
    return encoder_id.split(f"{backend}-", 1)[0]
