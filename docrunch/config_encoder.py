"""From settings to the encoder they ask for; apart from `docrunch.config`, which must stay quick to import."""

from docrunch.config import Settings
from docrunch.embedding.encoders import EncoderSettings


def encoder_settings(settings: Settings, *, gpu: bool = False) -> EncoderSettings:
    """``gpu``: for a worker of the `gpu` role, which runs the same model on torch."""
    wanted = settings.embedding
    return EncoderSettings(
        backend="torch" if gpu and wanted.backend != "api" else wanted.backend,
        model=wanted.model,
        dimensions=wanted.dimensions,
        max_tokens=wanted.max_tokens,
        instructions=dict(wanted.instructions),
        threads=wanted.threads,
        cache_dir=settings.cache_dir / "encoder",
        batch_tokens=wanted.batch_tokens,
        base_url=settings.llm.base_url,
    )
