"""Bytes that are equal wherever and whenever they are made: canonical JSON, rounding, hashing."""

import hashlib
import math
from typing import Any

import msgspec

from docrunch.remembered import remembered

_ENCODER = msgspec.json.Encoder(order=None)
_SORTED_ENCODER = msgspec.json.Encoder(order="sorted")


@remembered(65_536)  # a graph repeats few values: most certainties and scores are the same ones
def significant(value: float, digits: int = 6) -> float:
    """Round to significant digits, the form in which floats enter every exported byte.

    Raises:
        ValueError: for NaN and infinities, which JSON cannot hold.
    """
    if not math.isfinite(value):
        raise ValueError("NaN and infinity cannot be exported")
    rounded = float(f"{value:.{digits}g}")
    return rounded if rounded != 0 else 0.0


def json_line(value: Any) -> bytes:
    """Compact UTF-8 JSON followed by LF. Key order is the insertion order of the mapping or struct."""
    return _ENCODER.encode(value) + b"\n"


def canonical_json(value: Any) -> bytes:
    """Compact UTF-8 JSON with keys sorted at every level, no trailing newline."""
    return _SORTED_ENCODER.encode(value)


def sha256_hex(data: bytes) -> str:
    """Lower-case hexadecimal sha256 (64 characters)."""
    return hashlib.sha256(data).hexdigest()
