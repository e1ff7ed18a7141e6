"""Vectors of queries: an encoder that answers at once, and remembers what was asked before."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
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
        self._guard = Lock()

    def warm(self) -> None:
        """Begin to load. Needs a running loop."""
        self._warming = asyncio.create_task(self._warm())

    async def _warm(self) -> None:
        try:
            await self._loaded()
        except Exception as error:  # noqa: BLE001 - the first search that needs it tries again, and says so
            _log.warning("query_encoder_not_loaded", error=str(error))

    async def ready(self, encoder_id: str) -> Callable[[str], Vectors]:
        """What makes the ``(d,)`` float32 of norm 1 of a text, for a thread; it may raise a DocrunchError.

        Raises:
            Failed: the vectors of the scan are of another encoder.
            DocrunchError: the encoder cannot be loaded.
        """
        encoder = await self._loaded()
        if encoder.spec.id != encoder_id:
            raise Failed(f"the scan was embedded by {encoder_id or 'none'}, this worker has {encoder.spec.id}")
        return lambda text: self._encode(encoder, text)

    def _encode(self, encoder: Encoder, text: str) -> Vectors:
        with self._guard:
            known = self._known.get(text)
        if known is None:
            known = encoder.encode_one(text) if isinstance(encoder, OneTextEncoder) else encoder.encode([text])[0]
            with self._guard:
                self._known[text] = known
                while len(self._known) > KEPT:
                    self._known.popitem(last=False)
        return known

    async def _loaded(self) -> Encoder:
        if self._encoder is not None:
            return self._encoder
        async with self._lock:
            if self._encoder is None:
                self._encoder = await asyncio.to_thread(self._load)
            return self._encoder

    def close(self) -> None:
        if self._encoder is not None:
            self._encoder.close()
            self._encoder = None
