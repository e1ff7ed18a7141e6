"""A view as one file that is mapped, not read: a question then reads only the pages it touches.

The form is safetensors (a length, a JSON head, the arrays), with the texts as two arrays each; `writing` makes it. The
file is a cache of
ours, named by what it was made from: one that is damaged or of another version is made again.
"""

import hashlib
import mmap
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from docrunch.errors import InvalidArchive
from docrunch.graph.queries.texts import Texts
from docrunch.graph.queries.view import Array, GraphView

VERSION = "1"  # of the columns
_SOURCES = ("graph/queries/*.py", "graph/metrics.py", "graph/model.py", "graph/reading.py", "graph/rows.py")
MAX_HEAD_BYTES = 1_000_000
BLOB, ENDS = ".blob", ".ends"
_TYPES = {"U8": np.uint8, "BOOL": np.bool_, "I16": np.int16, "I32": np.int32, "I64": np.int64, "F64": np.float64}


@cache
def view_id() -> str:
    """A hash of the sources that a view follows from, so that none outlives the code that made it."""
    home = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _SOURCES for path in home.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class _Tensor(msgspec.Struct, frozen=True):
    dtype: str
    shape: tuple[int]
    data_offsets: tuple[int, int]


def open_view(path: Path) -> GraphView:
    """Raises:
    FileNotFoundError: there is none.
    InvalidArchive: the file is none, or of another version.
    """
    with path.open("rb") as file:
        try:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            return _view(mapped)
        except (ValueError, KeyError, IndexError, UnicodeError, msgspec.MsgspecError) as error:
            raise InvalidArchive("a kept view of a graph is damaged") from error


def _view(mapped: mmap.mmap) -> GraphView:
    length = int.from_bytes(mapped[:8], "little")
    if not 0 < length <= MAX_HEAD_BYTES:
        raise ValueError("not a view")
    head: dict[str, msgspec.Raw] = msgspec.json.decode(mapped[8 : 8 + length], type=dict[str, msgspec.Raw])
    metadata = msgspec.json.decode(head.pop("__metadata__"), type=dict[str, str])
    version, repository, commit = msgspec.json.decode(metadata["about"], type=tuple[str, str, str])
    if version != VERSION:
        raise ValueError("another version")
    found = {name: _array(mapped, 8 + length, msgspec.json.decode(raw, type=_Tensor)) for name, raw in head.items()}
    texts = {
        name.removesuffix(BLOB): Texts(found[name], found[name.removesuffix(BLOB) + ENDS])
        for name in found
        if name.endswith(BLOB)
    }
    arrays = {name: array for name, array in found.items() if not name.endswith((BLOB, ENDS))}
    return GraphView(repository, commit, texts, arrays)


def _array(mapped: mmap.mmap, base: int, tensor: _Tensor) -> Array:
    type_ = _TYPES[tensor.dtype]
    found: Array = np.frombuffer(mapped, type_, tensor.shape[0], base + tensor.data_offsets[0])
    return found
