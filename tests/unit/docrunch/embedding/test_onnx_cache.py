from pathlib import Path

import pytest

from docrunch.embedding import onnx_cache
from docrunch.embedding.model_files import ModelFiles, find_model
from docrunch.embedding.onnx_cache import graph_bytes


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[ModelFiles]:
    """Counts builds; the real ones are tested with the encoder, here they would take seconds each."""
    calls: list[ModelFiles] = []

    def build(files: ModelFiles) -> bytes:
        calls.append(files)
        return b"graph"

    monkeypatch.setattr(onnx_cache, "_serialise", build)
    return calls


def test_the_graph_is_built_once_per_weights(tmp_path: Path, built: list[ModelFiles]) -> None:
    files = find_model(None)
    assert [graph_bytes(files, key, tmp_path) for key in ("a", "a", "b")] == [b"graph"] * 3
    assert len(built) == 2
    assert len(list(tmp_path.glob("*.onnx"))) == 2


def test_a_file_that_was_cut_off_is_built_again(tmp_path: Path, built: list[ModelFiles]) -> None:
    files = find_model(None)
    graph_bytes(files, "a", tmp_path)
    [path] = tmp_path.glob("*.onnx")
    path.write_bytes(b"gra")
    assert graph_bytes(files, "a", tmp_path) == b"graph"
    assert path.read_bytes() == b"graph"
    assert len(built) == 2


def test_without_a_directory_nothing_is_written(tmp_path: Path, built: list[ModelFiles]) -> None:
    assert graph_bytes(find_model(None), "a", None) == b"graph"
    assert list(tmp_path.iterdir()) == []
