"""The constants of search that can be tuned, where they are, and the values that are tried."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any, NamedTuple

import msgspec

import docrunch.search.fusion as fusion
import docrunch.search.signals.dense as dense
import docrunch.search.signals.exact as exact
import docrunch.search.signals.graph as graph
import docrunch.search.signals.keyword as keyword
import docrunch.search.signals.priors as priors
from docrunch.search.fusion import OF_MODE, Weights
from docrunch.search.model import SearchMode
from docrunch.search.view import SearchView

Setting = Mapping[str, float]


class Constant(NamedTuple):
    """``module`` None: a field of the weights of the hybrid mode."""

    module: ModuleType | None
    values: tuple[float, ...]


CONSTANTS: dict[str, Constant] = {
    "semantic": Constant(None, (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9)),
    "symbol": Constant(None, (0.0, 0.15, 0.25, 0.4, 0.6, 0.8, 1.0)),
    "literal": Constant(None, (0.0, 0.3, 0.6, 0.96, 1.2, 1.5)),
    "graph": Constant(None, (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)),
    "path": Constant(None, (0.3, 0.6, 0.9, 1.2, 1.5)),
    "trace": Constant(None, (0.6, 0.9, 1.2, 1.6, 2.0)),
    "BODY": Constant(keyword, (0.4, 0.6, 0.8, 1.0, 1.3, 1.6)),
    "WIDE": Constant(keyword, (300, 600, 1_200)),
    "NEAREST": Constant(dense, (50, 100, 200, 300, 500)),
    "SEEDS": Constant(graph, (6, 12, 24)),
    "ONWARD": Constant(graph, (0.3, 0.6, 0.8)),
    "EXPORTED": Constant(priors, (0.0, 0.04, 0.08)),
    "POPULAR": Constant(priors, (0.0, 0.04, 0.08, 0.15, 0.25)),
    "NEXT_FRAME": Constant(exact, (0.5, 0.6, 0.75, 0.85)),
    "SAME_FILE": Constant(fusion, (0.9, 0.93, 0.96, 0.98, 1.0)),
    "NESTED": Constant(fusion, (0.8, 0.9, 0.95, 1.0)),
    "SPREAD": Constant(fusion, (0.0, 0.05, 0.1, 0.2, 0.4)),
}


_SIGNALS = {"keyword": keyword, "dense": dense, "symbols": exact, "paths": exact, "traces": exact, "priors": priors}


@contextmanager
def remembered() -> Iterator[None]:
    """Signals that do not depend on others are computed once per query, view and constants while the block runs."""
    originals = {name: getattr(fusion, name) for name in _SIGNALS}
    for name, module in _SIGNALS.items():
        setattr(
            fusion, name, _remembering(originals[name], [key for key, c in CONSTANTS.items() if c.module is module])
        )
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(fusion, name, original)


def _remembering(signal: Callable[[Any, SearchView], Any], names: Sequence[str]) -> Callable[[object, SearchView], Any]:
    """Keys are identities: the caller keeps queries, vectors and views alive."""
    known: dict[tuple[object, ...], Any] = {}

    def asked(query: object, view: SearchView) -> Any:
        key = (id(query), id(view), *(getattr(CONSTANTS[name].module, name) for name in names))
        if key not in known:
            known[key] = signal(query, view)
        return known[key]

    return asked


def at_present() -> dict[str, float]:
    """The values in the product."""
    whole = OF_MODE[SearchMode.HYBRID]
    return {
        name: getattr(whole, name) if constant.module is None else getattr(constant.module, name)
        for name, constant in CONSTANTS.items()
    }


@contextmanager
def use(setting: Setting) -> Iterator[Weights]:
    """The weights of a setting; the constants of modules are changed while the block runs."""
    kept = at_present()
    _set(setting)
    try:
        fields = {name: setting[name] for name, constant in CONSTANTS.items() if constant.module is None}
        yield msgspec.structs.replace(OF_MODE[SearchMode.HYBRID], **fields)
    finally:
        _set(kept)


def _set(setting: Setting) -> None:
    for name, constant in CONSTANTS.items():
        if constant.module is not None:
            setattr(constant.module, name, setting[name])
