"""The built graph on disk: made once per weights, hash-checked at every start."""

from pathlib import Path

import onnx

from docrunch.canonical import sha256_hex
from docrunch.embedding.model_files import ModelFiles
from docrunch.embedding.onnx_graph import GRAPH_VERSION, build_graph
from docrunch.files import write_atomically


def graph_bytes(files: ModelFiles, weights_sha256: str, cache_dir: Path | None) -> bytes:
    """The serialised ONNX model.

    With ``cache_dir`` it is written there at first use, under a name made of everything that decides its bytes, by
    an atomic rename: workers that start together each build it and write the same file. A file that does not match
    the hash beside it (cut off by a full disk, tampered with) is built again. Without ``cache_dir`` it is built in
    memory each time, about two seconds.
    """
    if cache_dir is None:
        return _serialise(files)
    key = sha256_hex(f"{weights_sha256}\0{GRAPH_VERSION}\0{onnx.__version__}".encode())[:16]
    path = cache_dir / f"encoder-{key}.onnx"
    hash_path = path.with_suffix(".sha256")
    found = _read_checked(path, hash_path)
    if found is not None:
        return found
    made = _serialise(files)
    cache_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomically(path, made)
    write_atomically(hash_path, sha256_hex(made).encode())
    return made


def _serialise(files: ModelFiles) -> bytes:
    data: bytes = build_graph(files).SerializeToString(deterministic=True)
    return data


def _read_checked(path: Path, hash_path: Path) -> bytes | None:
    try:
        expected = hash_path.read_bytes().decode("ascii", "replace")
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    return data if sha256_hex(data) == expected else None
