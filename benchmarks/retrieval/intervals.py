"""Means over packages with bootstrap intervals (Efron and Tibshirani 1993, percentile method).

Queries are drawn anew within their package and kind, the same ones for all systems, so that differences are paired. The
intervals say how far chance in the queries goes; packages and kinds stay as they are.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

DRAWS = 1_000
SEED = 20_240_601
Floats = npt.NDArray[np.float64]


class Stratum(NamedTuple):
    package: str
    language: str
    kind: str
    half: str


class Estimate(NamedTuple):
    """A mean and the limits between which 95 % of the draws lie."""

    value: float
    low: float
    high: float


class Sample:
    """Scores of all systems in all strata: for each stratum (queries, systems)."""

    def __init__(self, strata: Mapping[Stratum, Floats], draws: int = DRAWS) -> None:
        self.strata = sorted(strata)
        generator = np.random.default_rng(SEED)
        self.counts = [len(strata[each]) for each in self.strata]
        self._means = np.array([strata[each].mean(axis=0) for each in self.strata])
        drawn = []
        for each in self.strata:
            rows = strata[each]
            chosen = generator.integers(0, len(rows), (draws, len(rows)))
            drawn.append(rows[chosen].mean(axis=1))
        self._drawn = np.array(drawn)  # (strata, draws, systems)

    def mean(self, system: int, wanted: Callable[[Stratum], bool]) -> Estimate | None:
        """Mean over packages of the mean over their kinds. None where nothing is wanted."""
        share = self._shares(wanted)
        return None if share is None else _estimate(share @ self._means[:, system], share @ self._drawn[:, :, system])

    def difference(self, system: int, other: int, wanted: Callable[[Stratum], bool]) -> Estimate | None:
        """``system`` less ``other`` on the same queries."""
        share = self._shares(wanted)
        if share is None:
            return None
        value = share @ (self._means[:, system] - self._means[:, other])
        return _estimate(value, share @ (self._drawn[:, :, system] - self._drawn[:, :, other]))

    def queries(self, wanted: Callable[[Stratum], bool]) -> int:
        return sum(count for each, count in zip(self.strata, self.counts, strict=True) if wanted(each))

    def _shares(self, wanted: Callable[[Stratum], bool]) -> Floats | None:
        kept = [wanted(each) for each in self.strata]
        packages = {each.package for each, keep in zip(self.strata, kept, strict=True) if keep}
        if not packages:
            return None
        kinds = {
            name: sum(keep and each.package == name for each, keep in zip(self.strata, kept, strict=True))
            for name in packages
        }
        return np.array(
            [
                1 / len(packages) / kinds[each.package] if keep else 0.0
                for each, keep in zip(self.strata, kept, strict=True)
            ]
        )


def _estimate(value: float, drawn: Floats) -> Estimate:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(float(value), float(low), float(high))


def everything(_stratum: Stratum) -> bool:
    return True


def names(strata: Sequence[Stratum], field: str) -> list[str]:
    """Distinct values of a field, sorted."""
    return sorted({getattr(each, field) for each in strata})
