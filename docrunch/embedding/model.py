"""Texts to embed and the port through which they become vectors."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from docrunch.ids import ChunkId, Sha256

Vectors = npt.NDArray[np.float32]


class TextKind(StrEnum):
    CARD = "card"  # one compact card per symbol, and one per module
    BODY = "body"  # windows of a symbol's source, with `embedding.text: card+body`
    SECTION = "section"  # a section of a documentation file


class TextUnit(msgspec.Struct, frozen=True):
    """One text to embed, and where it came from. Equal texts share one vector through ``text_sha``."""

    id: ChunkId
    path: str
    symbol: int  # index in FileFacts.symbols, -1 for the module card and for sections
    kind: TextKind
    start_line: int
    end_line: int
    start_byte: int
    end_byte: int
    text: str
    text_sha: Sha256  # of instruction + text, so a model with other instructions has other keys


class EncoderSpec(msgspec.Struct, frozen=True):
    """What makes two encoders interchangeable. ``id`` names them in caches, manifests and workflow ids.

    ``id`` = ``{model}-{backend}-{precision}-c{card_version}-{12 hex of sha256(weights sha, settings, fingerprint)}``.
    """

    id: str
    model: str
    backend: str  # onnxruntime | torch | api
    precision: str  # fp32 | fp16 | bf16 | remote
    dimensions: int
    max_tokens: int
    fingerprint: str  # sha256 of rint(4000·v) of the vectors of the 64 committed texts
    weights_sha256: str = ""
    card_version: int = 1
    instructions: dict[str, str] = {}  # TextKind → text put in front before hashing and encoding


class EncodeStats(msgspec.Struct):
    """Counters of one encoder instance, for progress and for finding the next bottleneck."""

    texts: int = 0
    tokens: int = 0  # real tokens
    padded_tokens: int = 0  # tokens computed: tokens / padded_tokens is the batch fill
    batches: int = 0
    seconds: float = 0.0
    oom_splits: int = 0


class Encoder(Protocol):
    """Texts in, unit vectors out. One instance is used by one thread at a time."""

    @property
    def spec(self) -> EncoderSpec: ...

    @property
    def stats(self) -> EncodeStats: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts, each truncated to ``spec.max_tokens`` tokens.

        Returns:
            ``(len(texts), spec.dimensions)`` float32, C-contiguous, rows of L2 norm 1, in the order of ``texts``.
            A row does not depend on the other texts of the call (fixed shapes).

        Raises:
            Unreachable: a remote backend does not answer.
            Failed: the backend produced something that is not finite unit vectors.
        """

    def close(self) -> None: ...
