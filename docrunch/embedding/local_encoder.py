"""What the encoders that run a model in this process have in common: their spec, their counters, the clock."""

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence

from docrunch.embedding.model import EncoderSpec, EncodeStats, Vectors


class LocalEncoder(ABC):
    """The constructor of a subclass sets ``_spec`` and ``_stats``."""

    _spec: EncoderSpec
    _stats: EncodeStats

    @property
    def spec(self) -> EncoderSpec:
        return self._spec

    @property
    def stats(self) -> EncodeStats:
        return self._stats

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `docrunch.embedding.model.Encoder.encode`."""
        started = time.perf_counter()
        try:
            return self._encode(texts)
        finally:
            self._stats.seconds += time.perf_counter() - started

    @abstractmethod
    def _encode(self, texts: Sequence[str]) -> Vectors:
        """`encode` without the clock; also measures the fingerprint, before there is a spec."""
