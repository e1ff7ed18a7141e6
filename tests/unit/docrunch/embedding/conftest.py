from collections.abc import Iterator
from pathlib import Path

import pytest

from docrunch.embedding.encoders import EncoderSettings, open_encoder
from docrunch.embedding.model import Encoder


@pytest.fixture(scope="session")
def graph_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory of the built ONNX graph, filled by the first test that opens an encoder."""
    return tmp_path_factory.mktemp("encoder")


@pytest.fixture(scope="session")
def encoder(graph_cache: Path) -> Iterator[Encoder]:
    """The bundled model on ONNX Runtime."""
    made = open_encoder(EncoderSettings(cache_dir=graph_cache, threads=1))
    yield made
    made.close()
