"""What the encoders that run a model in this process have in common: their spec, their counters, the clock."""

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence

from tokenizers import Tokenizer

from docrunch.embedding.batching import Tokens, tokenise
from docrunch.embedding.model import EncoderSpec, EncodeStats, Prepared, Vectors


class LocalEncoder(ABC):
    """The constructor of a subclass sets ``_spec``, ``_stats`` and ``_tokenizer``."""

    _spec: EncoderSpec
    _stats: EncodeStats
    _tokenizer: Tokenizer

    @property
    def spec(self) -> EncoderSpec:
        return self._spec

    @property
    def stats(self) -> EncodeStats:
        return self._stats

    def prepare(self, texts: Sequence[str]) -> Prepared:
        """See `docrunch.embedding.model.Encoder.prepare`: tokenises."""
        return Prepared(texts, tokenise(self._tokenizer, texts))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `docrunch.embedding.model.Encoder.encode`."""
        started = time.perf_counter()
        try:
            return self._encode(texts)
        finally:
            self._stats.seconds += time.perf_counter() - started

    def _encode(self, texts: Sequence[str]) -> Vectors:
        """`encode` without the clock; also measures the fingerprint, before there is a spec."""
        tokens = texts.tokens if isinstance(texts, Prepared) else None
        return self._compute(tokenise(self._tokenizer, texts) if tokens is None else tokens)

    @abstractmethod
    def _compute(self, tokens: Sequence[Tokens]) -> Vectors: ...
