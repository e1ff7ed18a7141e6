"""Vectors of queries: an encoder that answers at once, and remembers what was asked before."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import structlog

from docrunch.embedding.model import Encoder, Vectors
from docrunch.errors import Failed

KEPT = 1_024  # vectors of queries, 1.5 KB each

_log = structlog.get_logger()


@runtime_checkable
class OneTextEncoder(Protocol):
    """An encoder that has a way for one text that somebody waits for."""

    def encode_one(self, text: str) -> Vectors: ...


class QueryEncoder:
    """Args: ``load``: opens the encoder; called once, when it is first needed or by `warm`."""

    def __init__(self, load: Callable[[], Encoder]) -> None:
        self._load = load
        self._encoder: Encoder | None = None
        self._lock = asyncio.Lock()
        self._warming: asyncio.Task[None] | None = None
        self._known: OrderedDict[str, Vectors] = OrderedDict()

    def warm(self) -> None:
        """Begin to load. Needs a running loop."""
        self._warming = asyncio.create_task(self._warm())

    async def _warm(self) -> None:
        try:
            await self._loaded()
        except Exception as error:  # noqa: BLE001 - the first search that needs it tries again, and says so
            _log.warning("query_encoder_not_loaded", error=str(error))

    async def encode(self, text: str, encoder_id: str) -> Vectors:
        """``(d,)`` float32 of norm 1.

        Raises:
            Failed: the vectors of the scan are of another encoder.
            DocrunchError: the encoder cannot be loaded, or does not answer.
        """
        encoder = await self._loaded()
        if encoder.spec.id != encoder_id:
            raise Failed(f"the scan was embedded by {encoder_id or 'none'}, this worker has {encoder.spec.id}")
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = await asyncio.to_thread(_encode, encoder, text)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return known

    async def _loaded(self) -> Encoder:
        async with self._lock:
            if self._encoder is None:
                self._encoder = await asyncio.to_thread(self._load)
            return self._encoder

    def close(self) -> None:
        if self._encoder is not None:
            self._encoder.close()
            self._encoder = None


def _encode(encoder: Encoder, text: str) -> Vectors:
    found: Vectors = encoder.encode_one(text) if isinstance(encoder, OneTextEncoder) else encoder.encode([text])[0]
    return found
