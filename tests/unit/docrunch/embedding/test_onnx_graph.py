import json
import shutil
from pathlib import Path

import pytest

from docrunch.embedding.model_files import ModelFiles, find_model
from docrunch.embedding.onnx_graph import read_config
from docrunch.errors import InvalidConfig


def changed(tmp_path: Path, **fields: object) -> ModelFiles:
    """A copy of the bundled model's small files with other fields in config.json."""
    bundled = find_model(None).directory
    (tmp_path / "1_Pooling").mkdir()
    for name in ("modules.json", "1_Pooling/config.json"):
        shutil.copy(bundled / name, tmp_path / name)
    config = json.loads((bundled / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, **fields}))
    return ModelFiles("changed", tmp_path)


def test_the_bundled_model_is_understood() -> None:
    config = read_config(find_model(None))
    assert (config.hidden_size, config.num_hidden_layers, config.max_position_embeddings) == (384, 6, 512)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("model_type", "roberta"),
        ("hidden_act", "relu"),
        ("position_embedding_type", "relative_key"),
        ("num_attention_heads", 7),
        ("hidden_size", "many"),
    ],
)
def test_a_model_that_would_be_computed_wrongly_is_refused(tmp_path: Path, field: str, value: object) -> None:
    with pytest.raises(InvalidConfig, match="changed"):
        read_config(changed(tmp_path, **{field: value}))


def test_another_pooling_is_refused(tmp_path: Path) -> None:
    files = changed(tmp_path)
    (tmp_path / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": false}')
    with pytest.raises(InvalidConfig, match="pooling"):
        read_config(files)
