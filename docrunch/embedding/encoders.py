"""Which encoder the settings ask for."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path

import msgspec

from docrunch.embedding.model import Encoder, TextKind
from docrunch.embedding.model_files import find_model
from docrunch.errors import InvalidConfig

BACKENDS = ("auto", "onnxruntime", "torch", "api")


class EncoderSettings(msgspec.Struct, frozen=True):
    """What decides which encoder is opened. Holds no secret: see `open_encoder`.

    ``onnxruntime`` is the default and not ``auto``, so that equal settings give equal vectors on machines with and
    without a GPU; GPU workers ask for ``torch``.
    """

    backend: str = "onnxruntime"  # auto: torch where it is installed and sees a GPU, else onnxruntime
    model: str | None = None  # directory, hub name (torch), name at the API; None: the bundled model
    dimensions: int | None = None  # asked of an API, and checked for every backend
    max_tokens: int = 256
    instructions: Mapping[str, str] = {}  # text kind → text in front, see `text_units`
    threads: int = 0  # CPU; 0: as many as this process may use
    cache_dir: Path | None = None  # of the built ONNX graph; None: built in memory at each start
    batch_tokens: int = 16_384  # padded tokens of one GPU batch
    device: str | None = None  # torch device; None: cuda where there is one, else cpu
    precision: str = "fp16"  # of torch: fp16 | bf16 | fp32
    base_url: str | None = None  # of an OpenAI-compatible API
    timeout: float = 60.0  # seconds per API request


def open_encoder(settings: EncoderSettings, *, api_key: str | None = None) -> Encoder:
    """Load the encoder and measure its fingerprint. Close it when done.

    Args:
        api_key: for ``api``; the environment variable ``OPENAI_API_KEY`` where it is None.

    Raises:
        InvalidConfig: a setting is wrong, or what the backend needs is not installed.
        Unreachable, AuthError: the API does not answer, or refuses the key.
    """
    _check(settings)
    backend = _chosen(settings.backend)
    encoder = _open(backend, settings, api_key)
    if settings.dimensions is not None and encoder.spec.dimensions != settings.dimensions:
        encoder.close()
        raise InvalidConfig(
            f"embedding.dimensions is {settings.dimensions}, the model {encoder.spec.model} has "
            f"{encoder.spec.dimensions}",
            hint="Leave embedding.dimensions unset: it belongs to the model.",
        )
    return encoder


def _open(backend: str, settings: EncoderSettings, api_key: str | None) -> Encoder:
    """Backends are imported when they are asked for: each costs up to seconds, and torch may be absent."""
    if backend == "api":
        from docrunch.embedding.api_encoder import ApiEncoder

        return ApiEncoder(
            model=settings.model,
            base_url=settings.base_url,
            api_key=api_key,
            dimensions=settings.dimensions,
            max_tokens=settings.max_tokens,
            instructions=dict(settings.instructions),
            timeout=settings.timeout,
        )
    if backend == "torch":
        from docrunch.embedding.torch_encoder import TorchEncoder

        return TorchEncoder(
            settings.model,
            max_tokens=settings.max_tokens,
            batch_tokens=settings.batch_tokens,
            device=settings.device,
            precision=settings.precision,
            instructions=dict(settings.instructions),
        )
    from docrunch.embedding.onnx_encoder import OnnxEncoder

    return OnnxEncoder(
        find_model(settings.model),
        max_tokens=settings.max_tokens,
        threads=settings.threads,
        cache_dir=settings.cache_dir,
        instructions=dict(settings.instructions),
    )


def _chosen(backend: str) -> str:
    if backend != "auto":
        return backend
    if importlib.util.find_spec("torch") is None or importlib.util.find_spec("sentence_transformers") is None:
        return "onnxruntime"
    import torch

    return "torch" if torch.cuda.is_available() else "onnxruntime"


def require_torch() -> None:
    """
    Raises:
        InvalidConfig: the extra `gpu` is not installed.
    """
    for name in ("torch", "sentence_transformers"):
        if importlib.util.find_spec(name) is None:
            raise InvalidConfig(
                f"a GPU worker needs {name}, which is not installed",
                hint="Install it: pip install --no-deps --require-hashes -r requirements-gpu.lock",
            )


def _check(settings: EncoderSettings) -> None:
    if settings.backend not in BACKENDS:
        raise InvalidConfig(
            f"embedding.backend is {settings.backend!r}", hint=f"It should be one of {', '.join(BACKENDS)}."
        )
    if settings.max_tokens < 16:
        raise InvalidConfig(f"embedding.max_tokens is {settings.max_tokens}", hint="It should be 16 or more.")
    if settings.threads < 0:
        raise InvalidConfig(f"embedding.threads is {settings.threads}", hint="It should be 0 or more.")
    unknown = sorted(set(settings.instructions) - {str(kind) for kind in TextKind})
    if unknown:
        raise InvalidConfig(
            f"embedding.instructions has the unknown text kind {unknown[0]!r}",
            hint=f"Text kinds are {', '.join(TextKind)}.",
        )
