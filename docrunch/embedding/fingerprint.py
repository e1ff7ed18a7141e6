"""What makes two encoders interchangeable, measured on committed texts.

The fingerprint of a local encoder is the sha256 of its integer vectors for 64 texts: another library version,
instruction set or precision that changes any of them makes another encoder id, and with it other cache keys.
The golden vectors are those of the bundled model in float32; they tell a rounding difference from a wrong result.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources

import msgspec
import numpy as np

from docrunch.canonical import canonical_json, sha256_hex
from docrunch.embedding.cards import CARD_VERSION
from docrunch.embedding.matrix import read_embeddings_bin
from docrunch.embedding.model import EncoderSpec, Vectors
from docrunch.embedding.quantise import to_integers

TEXTS = 64


@cache
def texts() -> tuple[str, ...]:
    """The 64 committed texts: code cards, prose and other scripts, from 3 to over 256 tokens."""
    found = msgspec.json.decode(_golden("texts.json"), type=list[str])
    if len(found) != TEXTS:
        raise ValueError(f"{len(found)} fingerprint texts, not {TEXTS}")
    return tuple(found)


def golden_vectors() -> Vectors:
    """(64, 384) float32 of the bundled model at 256 tokens, stored in half precision."""
    return read_embeddings_bin(_golden("all-MiniLM-L6-v2.bin"))


def agreement(left: Vectors, right: Vectors) -> float:
    """The smallest cosine between rows of equal number; lengths are divided out."""
    dots = np.einsum("ij,ij->i", left, right, dtype=np.float64)
    return float((dots / (np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1))).min())


def fingerprint(vectors: Vectors) -> str:
    """sha256 of the little-endian int32 integers, row by row."""
    return sha256_hex(np.ascontiguousarray(to_integers(vectors), "<i4").tobytes())


def local_spec(
    encode: Callable[[Sequence[str]], Vectors],
    *,
    model: str,
    backend: str,
    precision: str,
    max_tokens: int,
    weights_sha256: str,
    instructions: Mapping[str, str],
) -> EncoderSpec:
    """The spec of an encoder that runs here, measured by running it once over the committed texts."""
    vectors = encode(texts())
    return make_spec(
        model=model,
        backend=backend,
        precision=precision,
        dimensions=vectors.shape[1],
        max_tokens=max_tokens,
        fingerprint=fingerprint(vectors),
        weights_sha256=weights_sha256,
        instructions=instructions,
    )


def make_spec(
    *,
    model: str,
    backend: str,
    precision: str,
    dimensions: int,
    max_tokens: int,
    fingerprint: str,
    weights_sha256: str,
    instructions: Mapping[str, str],
) -> EncoderSpec:
    """The spec with the id that architecture §4.3 asks for; instructions are not part of it but of every text hash."""
    decisive = canonical_json([weights_sha256, max_tokens, dimensions, fingerprint])
    short = "".join(c if c.isalnum() or c in "._" else "-" for c in model.rsplit("/", 1)[-1])[:60]
    return EncoderSpec(
        id=f"{short}-{backend}-{precision}-c{CARD_VERSION}-{sha256_hex(decisive)[:12]}",
        model=model,
        backend=backend,
        precision=precision,
        dimensions=dimensions,
        max_tokens=max_tokens,
        fingerprint=fingerprint,
        weights_sha256=weights_sha256,
        card_version=CARD_VERSION,
        instructions=dict(instructions),
    )


def _golden(name: str) -> bytes:
    return resources.files("docrunch.embedding").joinpath("golden", name).read_bytes()
