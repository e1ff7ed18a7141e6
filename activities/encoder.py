"""The encoder of a worker process: loaded once, used by one thread at a time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import structlog

from docrunch.embedding.model import Encoder, EncoderSpec, Prepared
from workflows.contracts.scan import EncoderInfo

_log = structlog.get_logger()


class LoadedEncoder:
    def __init__(self, load: Callable[[], Encoder]) -> None:
        self._load = load
        self._encoder: Encoder | None = None
        self._lock = asyncio.Lock()
        self._warming: asyncio.Task[None] | None = None

    def warm(self) -> None:
        """Begin to load: the first scan need not wait for it. Needs a running loop."""
        self._warming = asyncio.create_task(self._warm())

    async def _warm(self) -> None:
        try:
            await self.spec()
        except Exception as error:  # noqa: BLE001 - the first activity tries again, and its failure is the run's
            _log.warning("encoder_not_loaded", error=str(error))

    async def spec(self) -> EncoderSpec:
        return (await self._loaded()).spec

    async def prepare(self, texts: Sequence[str]) -> Prepared:
        """Texts ready for the encoder; while another activity has it for itself."""
        encoder = await self._loaded()
        return await asyncio.to_thread(encoder.prepare, texts)

    async def _loaded(self) -> Encoder:
        """The encoder, which somebody else may be using."""
        if self._encoder is not None:
            return self._encoder
        async with self.exclusive() as encoder:
            return encoder

    @asynccontextmanager
    async def exclusive(self) -> AsyncIterator[Encoder]:
        """The encoder, for the caller alone. A load that fails is tried again by the next caller."""
        async with self._lock:
            if self._encoder is None:
                self._encoder = await asyncio.to_thread(self._load)
            yield self._encoder

    def close(self) -> None:
        if self._encoder is not None:
            self._encoder.close()
            self._encoder = None


def info_of(spec: EncoderSpec) -> EncoderInfo:
    """The encoder as contracts carry it."""
    return EncoderInfo(
        encoder_id=spec.id,
        model=spec.model,
        backend=spec.backend,
        precision=spec.precision,
        dimensions=spec.dimensions,
        max_tokens=spec.max_tokens,
        fingerprint=spec.fingerprint,
        weights_sha256=spec.weights_sha256,
        card_version=spec.card_version,
        instructions=dict(spec.instructions),
    )


def spec_of(info: EncoderInfo) -> EncoderSpec:
    """Inverse of `info_of`."""
    return EncoderSpec(id=info.encoder_id, **info.model_dump(exclude={"encoder_id"}))
