"""What a link read, kept beside its graph so that the next link does only what changed.

A trace makes a later link cheaper and never different: whether a file is linked again follows from the digests in
it (`docrunch.graph.changes`). It belongs to one version of the linker, and its bytes mean nothing to anybody else.
"""

import hashlib
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import zstandard

from docrunch.errors import InvalidArchive
from docrunch.graph.outline import Outline
from docrunch.graph.resolve.attachments import Receiver
from docrunch.graph.resolve.mounts import Mounted

SCHEMA = "docrunch.graph-trace/1"
MAX_TRACE_BYTES = 1_000_000_000
_LEVEL = 1  # written at every scan, read at most once
_FOLDER = Path(__file__).parent


class FileTrace(msgspec.Struct, frozen=True, array_like=True):
    """``reads``, ``receiver_reads`` and ``mount_reads`` are sorted little-endian uint32 numbers of readings, see
    `Trace.keys`.
    """

    key: str  # of what the product takes from its own file
    place: str  # of where the file is: language, names and roots
    shard: str  # sha256 of the stored shard
    rows: str  # sha256 of its exported rows
    counts: dict[str, int]
    externals: tuple[str, ...] = ()
    outline: Outline | None = None  # null without facts
    parts: dict[str, bytes] = {}
    reads: bytes = b""
    receivers: tuple[Receiver, ...] = ()
    receiver_reads: bytes = b""
    mounts: tuple[Mounted, ...] = ()
    mount_reads: bytes = b""

    def pieces(self) -> tuple[bytes, bytes, bytes]:
        return self.reads, self.receiver_reads, self.mount_reads


class Keys(msgspec.Struct, frozen=True, array_like=True):
    """The readings by number: ``groups[group_of[n]], names[n]``."""

    groups: list[str]
    group_of: bytes  # uint32
    names: list[str]


class Trace(msgspec.Struct, frozen=True):
    """``tables`` hold what `docrunch.graph.changes` compares of the tree as a whole: group → name → answer."""

    schema: str
    linker: str
    layout: str
    tables: dict[str, dict[str, str]]
    keys: Keys
    files: dict[str, FileTrace]  # by path, sorted
    fresh: int  # readings when everything was linked last: many more are a reason to count them anew


@cache
def linker_id() -> str:
    """A hash of the sources that a graph follows from, so that no trace outlives the rules that made it."""
    digest = hashlib.sha256(f"zstd {zstandard.ZSTD_VERSION}".encode())  # shards are named by their compressed bytes
    found = (path for pattern in ("*.py", "*.txt") for path in _FOLDER.rglob(pattern))
    linking = (path for path in found if path.parent.name != "queries")
    sources = [*sorted(linking), *(_FOLDER.parent / name for name in ("ids.py", "canonical.py", "frames.py"))]
    for path in sources:
        data = path.read_bytes()
        digest.update(f"{path.name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:20]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Trace)


def encode_trace(trace: Trace) -> bytes:
    return zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(_encoder.encode(trace))


def decode_trace(stored: bytes) -> Trace:
    """Raises: InvalidArchive for bytes that are no trace of this linker."""
    try:
        if not 0 <= zstandard.frame_content_size(stored) <= MAX_TRACE_BYTES:
            raise InvalidArchive("A trace does not state a plausible size.")
        trace = _decoder.decode(zstandard.ZstdDecompressor().decompress(stored, max_output_size=MAX_TRACE_BYTES))
    except (zstandard.ZstdError, msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise InvalidArchive("A trace is damaged.") from error
    keys = trace.keys
    group_of = np.frombuffer(keys.group_of, np.uint32) if len(keys.group_of) % 4 == 0 else None
    if trace.schema != SCHEMA or trace.linker != linker_id():
        raise InvalidArchive("A trace is of another version of the linker.")
    if group_of is None or len(group_of) != len(keys.names):
        raise InvalidArchive("A trace is damaged.")
    if len(group_of) and int(group_of.max()) >= len(keys.groups):
        raise InvalidArchive("A trace is damaged.")
    reads = b"".join([piece for file in trace.files.values() for piece in file.pieces()])
    if len(reads) % 4 or (reads and int(np.frombuffer(reads, np.uint32).max()) >= len(keys.names)):
        raise InvalidArchive("A trace is damaged.")
    return trace
