"""BM25F: how much a term says about a document, over fields of different worth and length.

Robertson, Zaragoza, Taylor: Simple BM25 Extension to Multiple Weighted Fields (CIKM 2004). One difference: lengths are
compared with a fixed usual length of their field, not with the mean of the index. What a document is worth for a term
is then a function of its file alone, so that an index is changed where its files changed, and nowhere else.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class FieldWeight(NamedTuple):
    weight: float
    usual: float  # number of terms; measured over packages of ten languages
    slope: float  # b: 0 ignores length, 1 divides by it


class Weights(NamedTuple):
    name: FieldWeight = FieldWeight(5.0, 3.0, 0.4)
    path: FieldWeight = FieldWeight(1.6, 10.0, 0.4)
    signature: FieldWeight = FieldWeight(1.5, 10.0, 0.5)
    doc: FieldWeight = FieldWeight(2.0, 24.0, 0.5)
    body: FieldWeight = FieldWeight(1.0, 80.0, 0.8)
    k1: float = 2.5  # where repetition stops to count

    @property
    def fields(self) -> tuple[FieldWeight, ...]:
        """In the order of `Field`."""
        return self.name, self.path, self.signature, self.doc, self.body


WEIGHTS = Weights()


def field_factors(lengths: npt.NDArray[np.integer], weights: Weights) -> npt.NDArray[np.float32]:
    """What one occurrence is worth: weight / (1 - b + b · length / usual length).

    Args:
        lengths: (documents, fields) numbers of terms.
    """
    fields = weights.fields
    weight, usual, slope = (np.array(each, dtype=np.float64) for each in zip(*fields, strict=True))
    found: npt.NDArray[np.float32] = (weight / (1 - slope + slope * lengths / usual)).astype(np.float32)
    return found


def saturated(worth: npt.NDArray[np.float32], weights: Weights) -> npt.NDArray[np.float32]:
    """0 to k1 + 1."""
    k1 = np.float32(weights.k1)
    found: npt.NDArray[np.float32] = worth * (k1 + 1) / (worth + k1)
    return found


def rarity(frequency: npt.NDArray[np.integer], documents: int) -> npt.NDArray[np.float32]:
    """Inverse document frequency, > 0: ln(1 + (N - n + ½) / (n + ½))."""
    count = frequency.astype(np.float64)
    found: npt.NDArray[np.float32] = np.log1p((documents - count + 0.5) / (count + 0.5)).astype(np.float32)
    return found
