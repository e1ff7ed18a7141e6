"""The rows of the tables, in their order."""

from collections.abc import Callable

import msgspec

from benchmarks.retrieval.systems import System
from benchmarks.retrieval.systems.degraded import FullTextSystem, TextServer
from benchmarks.retrieval.systems.ours import OurSystem, Views, hybrid_weights
from benchmarks.retrieval.systems.plain import CHUNK_LINES, PlainSystem, with_parts
from docrunch.search.fusion import OF_MODE, Weights
from docrunch.search.model import SearchMode

BM25_FILES = "BM25, whole files"
BM25_CHUNKS = f"BM25, {CHUNK_LINES}-line chunks"
BM25_PARTS = "BM25, chunks, identifiers split"
KEYWORD = "keyword only"
VECTOR = "vector only"
GRAPH = "graph only"
EXACT = "exact only"
HYBRID = "hybrid"
POSTGRES = "Postgres full text (degraded)"
SINGLE = (KEYWORD, VECTOR, GRAPH, EXACT)
PLAIN = (BM25_FILES, BM25_CHUNKS)
OF_BARS = (*PLAIN, *SINGLE, HYBRID)

_NOTHING = Weights(
    keyword=0.0, symbol=0.0, called=0.0, literal=0.0, path=0.0, trace=0.0, semantic=0.0, graph=0.0, recency=0.0
)
_SIGNALS: dict[str, tuple[str, ...]] = {
    "keyword": ("keyword",),
    "vector": ("semantic",),
    "graph": ("graph",),
    "symbol names": ("symbol",),
    "exact text": ("literal",),
    "paths and traces": ("path", "trace"),
}
_LEFT_OUT = tuple(
    signal for signal, fields in _SIGNALS.items() if not any(getattr(hybrid_weights(), name) for name in fields)
)


def without(signal: str) -> str:
    """Of a signal that hybrid leaves out by itself: hybrid with it."""
    return f"hybrid {'without' if signal not in _LEFT_OUT else 'with'} {signal}"


def all_systems(views: Views, server: TextServer) -> list[System]:
    whole = hybrid_weights()
    by_words = OF_MODE[SearchMode.KEYWORD]
    found: list[System] = [
        PlainSystem(BM25_FILES, 0),
        PlainSystem(BM25_CHUNKS, CHUNK_LINES),
        PlainSystem(BM25_PARTS, CHUNK_LINES, with_parts),
        OurSystem(KEYWORD, views, _only(whole, "keyword")),
        OurSystem(VECTOR, views, _only(whole, "semantic")),
        OurSystem(GRAPH, views, OF_MODE[SearchMode.GRAPH], SearchMode.GRAPH),
        OurSystem(EXACT, views, _only(by_words, "symbol", "literal", "path", "trace")),
        FullTextSystem(POSTGRES, server),
        OurSystem(HYBRID, views, whole),
    ]
    for signal, fields in _SIGNALS.items():
        changed = {name: getattr(by_words, name) if signal in _LEFT_OUT else 0.0 for name in fields}
        found.append(OurSystem(without(signal), views, _changed(whole, changed)))
    found.append(OurSystem(without("priors"), views, msgspec.structs.replace(whole, priors=False)))
    return found


def ablations() -> list[str]:
    return [without(signal) for signal in (*_SIGNALS, "priors")]


def _only(whole: Weights, *fields: str) -> Weights:
    return _changed(_NOTHING, {name: getattr(whole, name) for name in fields})


def _changed(weights: Weights, fields: dict[str, float]) -> Weights:
    changed: Callable[..., Weights] = msgspec.structs.replace
    return changed(weights, **fields)
