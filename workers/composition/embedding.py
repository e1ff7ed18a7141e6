"""`cpu-embed` and `gpu`: the encoder. A local model is loaded as the worker starts, a service asked when needed."""

from activities.embed import Embed
from activities.encoder import LoadedEncoder
from docrunch.config import Settings
from docrunch.config_encoder import encoder_settings
from docrunch.embedding.encoders import open_encoder, require_torch
from docrunch.embedding.model import Encoder
from workers.composition.shared import Shared


def make(shared: Shared) -> list[object]:
    return [_embed(shared, gpu=False)]


def make_gpu(shared: Shared) -> list[object]:
    """Raises:
    InvalidConfig: torch is not there. Found before the worker polls, since its first job would fail.
    """
    if shared.settings.embedding.backend != "api":
        require_torch()
    return [_embed(shared, gpu=True)]


def _embed(shared: Shared, *, gpu: bool) -> Embed:
    encoder = LoadedEncoder(lambda: _load(shared.settings, gpu=gpu))
    if shared.settings.embedding.backend != "api":
        encoder.warm()
    return Embed(shared.worlds, shared.rows, shared.facts, encoder)


def _load(settings: Settings, *, gpu: bool) -> Encoder:
    key = settings.llm.api_key
    return open_encoder(encoder_settings(settings, gpu=gpu), api_key=key.get_secret_value() if key else None)
