import importlib.util
from pathlib import Path

import pytest

from docrunch.embedding.encoders import EncoderSettings, open_encoder, require_torch
from docrunch.errors import InvalidConfig


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (EncoderSettings(backend="cuda"), "embedding.backend"),
        (EncoderSettings(max_tokens=3), "embedding.max_tokens"),
        (EncoderSettings(threads=-1), "embedding.threads"),
        (EncoderSettings(instructions={"cards": "x"}), "cards"),
        (EncoderSettings(model="no/such/directory"), "no/such/directory"),
    ],
)
def test_a_wrong_setting_is_named(settings: EncoderSettings, named: str) -> None:
    with pytest.raises(InvalidConfig, match=named.replace(".", r"\.")):
        open_encoder(settings)


def test_dimensions_that_the_model_has_not_are_refused(graph_cache: Path) -> None:
    with pytest.raises(InvalidConfig, match="384"):
        open_encoder(EncoderSettings(cache_dir=graph_cache, dimensions=1536))


def test_instructions_belong_to_the_spec_and_not_to_the_id(graph_cache: Path) -> None:
    plain = open_encoder(EncoderSettings(cache_dir=graph_cache))
    told = open_encoder(EncoderSettings(cache_dir=graph_cache, instructions={"card": "passage: "}))
    assert told.spec.instructions == {"card": "passage: "}
    assert told.spec.id == plain.spec.id
    short = open_encoder(EncoderSettings(cache_dir=graph_cache, max_tokens=64))
    assert short.spec.id != plain.spec.id


def test_an_incomplete_model_directory_says_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(InvalidConfig, match=r"model\.safetensors, tokenizer\.json"):
        open_encoder(EncoderSettings(model=str(tmp_path)))


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="the extra is installed here")
def test_a_gpu_worker_without_torch_says_what_to_install() -> None:
    with pytest.raises(InvalidConfig) as refused:
        require_torch()
    assert "requirements-gpu.lock" in (refused.value.hint or "")
