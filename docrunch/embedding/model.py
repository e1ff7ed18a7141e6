"""Texts to embed and the port through which they become vectors."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Protocol, overload

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


class Prepared(Sequence[str]):
    """Texts and, where the encoder counts them, their tokens: one array of ids per text, as long as it will be."""

    def __init__(self, texts: Sequence[str], tokens: Sequence[npt.NDArray[np.int32]] | None = None) -> None:
        self.texts = texts
        self.tokens = tokens

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> "Prepared": ...
    def __getitem__(self, at: int | slice) -> "str | Prepared":
        if isinstance(at, int):
            return self.texts[at]
        return Prepared(self.texts[at], None if self.tokens is None else self.tokens[at])

    def take(self, rows: Iterable[int]) -> "Prepared":
        chosen = list(rows)
        tokens = None if self.tokens is None else [self.tokens[row] for row in chosen]
        return Prepared([self.texts[row] for row in chosen], tokens)

    def sizes(self) -> list[int]:
        """What like texts have in common: the number of tokens, or of characters where nobody counted them."""
        return [len(each) for each in (self.texts if self.tokens is None else self.tokens)]


class Encoder(Protocol):
    """Texts in, unit vectors out. `encode` is called by one thread at a time, `prepare` by any meanwhile."""

    @property
    def spec(self) -> EncoderSpec: ...

    @property
    def stats(self) -> EncodeStats: ...

    def prepare(self, texts: Sequence[str]) -> Prepared:
        """The same texts, with the work done that needs not wait until the encoder is free."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts, prepared or not, each truncated to ``spec.max_tokens`` tokens.

        Returns:
            ``(len(texts), spec.dimensions)`` float32, C-contiguous, rows of L2 norm 1, in the order of ``texts``.
            A row does not depend on the other texts of the call (fixed shapes).

        Raises:
            Unreachable: a remote backend does not answer.
            Failed: the backend produced something that is not finite unit vectors.
        """

    def close(self) -> None: ...
