"""Types that have no constructor of their own, and whose they run instead.

A call of a type is an edge to the type, since most languages let its constructor be left out. That ``Sub()`` runs
``Base.__init__`` is no edge, then: it follows from inheritance, and is computed once for each view.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from docrunch.graph.queries.texts import Texts

Array = npt.NDArray[Any]
Numbers = npt.NDArray[np.int64]

DEEPEST = 100  # types below one another: a longer chain was written to cost time, as each level looks at all pairs

_IN_THE_HEADER = ("kotlin", "scala")  # a class says itself which constructor above it is run: an edge of its own
_WRITTEN_BY = frozenset({"dataclass", "attrs", "define", "frozen", "mutable", "s"})  # decorators: @attr.s is one


def heirs_of(
    texts: Mapping[str, Texts], arrays: Mapping[str, Array], constructors: Numbers, inherits: Numbers
) -> tuple[Numbers, Numbers]:
    """Args:
        texts, arrays: of a view.
        constructors: nodes.
        inherits: edges from a type to what it inherits from.

    Returns: pairs of a type with a constructor and a type that runs it; sorted, each once.
    """
    size = len(arrays["kind"])
    written = np.zeros(size + 1, bool)  # the last one: the parent of what is outside
    written[arrays["parent"][constructors]] = True
    below, above = arrays["source"][inherits].astype(np.int64), arrays["target"][inherits].astype(np.int64)
    left_out = ~written[below] & ~_made_otherwise(texts, arrays)[below]
    order = np.argsort(above[left_out], kind="stable")
    below, above = below[left_out][order], above[left_out][order]
    first = written[above]
    level = _pairs(above[first], below[first], size)
    found = level
    for _ in range(DEEPEST):  # types below those
        if not len(level):
            break
        owner, heir = np.divmod(level, size)
        start, end = np.searchsorted(above, heir, "left"), np.searchsorted(above, heir, "right")
        edges = np.concatenate([np.zeros(0, np.int64), *map(np.arange, start, end)])
        further = _pairs(np.repeat(owner, end - start), below[edges], size)
        level = np.setdiff1d(further, found, assume_unique=True)
        found = np.union1d(found, level)
    owner, heir = np.divmod(found, size)
    return owner, heir


def _pairs(owner: Numbers, heir: Numbers, size: int) -> Numbers:
    return np.unique(owner * size + heir)


def _made_otherwise(texts: Mapping[str, Texts], arrays: Mapping[str, Array]) -> npt.NDArray[np.bool_]:
    """Nodes whose constructor is another one, although none is written in them."""
    known = [text.split("\0") for text in texts["modifiers"]]
    decorated = np.array([any(_writes_one(each) for each in modifiers) for modifiers in known], bool)
    headed = np.array([language in _IN_THE_HEADER for language in texts["language"]], bool)
    made: npt.NDArray[np.bool_] = decorated[arrays["modifiers"]] | headed[arrays["language"]]
    return made


def _writes_one(modifier: str) -> bool:
    return modifier.startswith("@") and modifier[1:].rsplit(".", 1)[-1] in _WRITTEN_BY
