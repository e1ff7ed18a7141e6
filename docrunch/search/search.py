"""Searching one scan: a pure function of the view, the query and the options."""

from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from docrunch.errors import DocrunchError, UsageError
from docrunch.search.fusion import OF_MODE, Fused, Weights, by_file, fuse, spread_out
from docrunch.search.globs import MAX_GLOB, matcher
from docrunch.search.model import (
    MAX_LIMIT,
    DocumentKind,
    Hidden,
    Hit,
    SearchMode,
    SearchResult,
    Snippet,
    Unknown,
    hit_of,
)
from docrunch.search.query import Query, understand
from docrunch.search.snippets import snippet
from docrunch.search.spelling import respelled, unknown_words
from docrunch.search.view import NODE_KINDS, Scores, SearchView

KINDS = tuple(str(kind) for kind in DocumentKind if kind is not DocumentKind.WINDOW)
GROUPS = ("file",)
SNIPPET_LINES = ((20, 12), (50, 6), (MAX_LIMIT, 3))  # up to so many hits, lines each: answers are kept in histories
LEAST = 0.05  # evidence of a repository that has nothing of a query
CLOSE = 0.6  # cosine of a text that answers a question
WEAK = 0.3  # cosine below which a hit by meaning alone is weak: python -m benchmarks.retrieval.nearness …
WEAK_OF = "all-MiniLM-L6-v2-"  # … measured with the bundled model; others have scales of their own


class SearchOptions(msgspec.Struct, frozen=True):
    """``weights``: None for those of the mode; the ablation of the bench gives its own."""

    mode: SearchMode = SearchMode.HYBRID
    kinds: tuple[str, ...] = ()
    path: str = ""
    group: str = ""
    limit: int = 10
    weights: Weights | None = None
    snippets: bool = True


DEFAULT = SearchOptions()


def check_options(mode: str, kinds: tuple[str, ...], path: str, group: str, limit: int) -> SearchOptions:
    """Raises:
    UsageError: an option has no such value.
    """
    if mode not in list(SearchMode):
        raise UsageError(f"there is no mode {mode!r}", hint=f"Modes: {', '.join(SearchMode)}.")
    unknown = [kind for kind in kinds if kind not in KINDS and kind not in NODE_KINDS]
    if unknown:
        raise UsageError(f"there is no kind {unknown[0]!r}", hint=f"Kinds: {', '.join((*KINDS, *NODE_KINDS))}.")
    if group and group not in GROUPS:
        raise UsageError(f"hits cannot be grouped by {group!r}", hint="--group file ranks files.")
    if not 1 <= limit <= MAX_LIMIT:
        raise UsageError(f"the limit is {limit}", hint=f"Ask for 1 to {MAX_LIMIT} hits.")
    if len(path) > MAX_GLOB:
        raise UsageError(f"the path pattern has more than {MAX_GLOB} characters", hint="Name a folder, or a glob.")
    return SearchOptions(SearchMode(mode), kinds, path, group, limit)


def search(
    view: SearchView, query: Query | str, options: SearchOptions = DEFAULT, vector: Scores | None = None
) -> SearchResult:
    """The best hits of a scan. Equal inputs give equal results, ties by path, line and id.

    Args:
        vector: ``(d,)`` float32 of norm 1, of ``query.prose`` by the encoder of the scan; None without one.
    """
    given = understand(query) if isinstance(query, str) else query
    asked, fused, unknown, read_as = _read(given, view, options, vector)
    files = options.group == "file" or options.kinds == ("file",)
    if files:
        fused = by_file(fused, view)
    of_kind = view.of_kind(DocumentKind.FILE) if files else view.is_hit & _of_kinds(view, options.kinds)
    of_path = view.by_path(matcher(options.path)) if options.path else np.ones(view.size, bool)
    ranked = spread_out(fused.scores, view, options.limit, of_kind & of_path)
    scale = evidence(given, view, fused.closest) / (max(ranked[0][1], 1.0) if ranked else 1.0)
    lines = next(each for most, each in SNIPPET_LINES if options.limit <= most) if options.snippets else 0
    weak = _weak(fused, view)
    hits = (
        _hit(view, asked, rank, number, score * scale, fused, lines, bool(weak[number]))
        for rank, (number, score) in enumerate(ranked, 1)
    )
    hidden = Hidden() if ranked else _hidden(fused.scores > 0, of_path, of_kind, view.is_hit & ~weak)
    return SearchResult(tuple(hits), unknown, read_as, fused.spelled_out is None, hidden)


class _Read(NamedTuple):
    """``asked``: what the scores are of; ``read_as`` is its text, where that is not what was given."""

    asked: Query
    fused: Fused
    unknown: tuple[Unknown, ...]
    read_as: str = ""


def _read(given: Query, view: SearchView, options: SearchOptions, vector: Scores | None) -> _Read:
    """The query as it was given; if nothing that it says is there, or nothing is called so, what it may have meant."""
    weights = options.weights or OF_MODE[options.mode]
    fused = fuse(given, view, weights, options.mode, vector)
    if given.is_name and "symbol" in fused.parts:
        return _Read(given, fused, ())
    unknown = unknown_words(given, view)
    meant = respelled(given.text, unknown) if given.is_name or fused.spelled_out is None else ""
    if not meant or not weights.keyword:
        return _Read(given, fused, unknown)
    asked = understand(meant)
    return _Read(asked, fuse(asked, view, weights, options.mode, vector), unknown, meant)


def _weak(fused: Fused, view: SearchView) -> npt.NDArray[np.bool_]:
    """Documents that have nothing of what the query says, for which their meaning speaks most, and that is far."""
    if fused.cosines is None or fused.closest is None or not view.encoder_id.startswith(WEAK_OF):
        return np.zeros(view.size, bool)
    said = fused.spelled_out
    if said is None and fused.closest < WEAK:
        return np.ones(view.size, bool)  # what is related to them is no better
    nothing = view.nothing()
    by_meaning = fused.parts.get("semantic", nothing) > fused.parts.get("graph", nothing)
    far: npt.NDArray[np.bool_] = by_meaning & (fused.cosines < WEAK)
    return far if said is None else far & (said <= 0)


def _hidden(
    scored: npt.NDArray[np.bool_],
    of_path: npt.NDArray[np.bool_],
    of_kind: npt.NDArray[np.bool_],
    worth_it: npt.NDArray[np.bool_],
) -> Hidden:
    """Of what is found at all, without what is weak."""
    found = scored & worth_it
    return Hidden(int((found & of_kind).sum()), int((found & of_path).sum()), int(found.sum()))


def evidence(query: Query, view: SearchView, closest: float | None) -> float:
    """0–1: how much of the query this scan has at all. Scores of several repositories are comparable by it."""
    whole = sum(query.terms.values())
    known = sum(weight for term, weight in query.terms.items() if view.index.frequency(term))
    covered = known / whole if whole else 0.0
    if closest is None:
        return max(LEAST, covered)
    return max(LEAST, 0.5 * covered + 0.5 * min(1.0, closest / CLOSE))


def _of_kinds(view: SearchView, kinds: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    if not kinds:
        return np.ones(view.size, bool)
    found = np.isin(view.node_kinds, [NODE_KINDS.index(kind) for kind in kinds if kind in NODE_KINDS])
    for kind in kinds:
        if kind in KINDS:
            found = found | view.of_kind(DocumentKind(kind))
    return found


def _hit(
    view: SearchView, query: Query, rank: int, number: int, score: float, fused: Fused, lines: int, weak: bool
) -> Hit:
    document = view.documents[number]
    shares = {name: float(part[number]) for name, part in fused.parts.items() if part[number] > 0}
    total = sum(shares.values())
    return hit_of(
        document,
        rank,
        score,
        {name: round(share / total, 3) for name, share in sorted(shares.items(), key=lambda each: -each[1])},
        _snippet(view, query, number, lines) if lines else None,
        commit=view.commit,
        repository=view.repository,
        weak=weak,
    )


def _snippet(view: SearchView, query: Query, number: int, lines: int) -> Snippet | None:
    """None where the text of the file is not kept (binary, too large)."""
    document = view.documents[number]
    try:
        text = view.text(document.path)
    except DocrunchError:
        return None
    places = [(each.path, each.line) for each in query.paths] + [(each.path, each.line) for each in query.frames]
    named = [line for path, line in places if line and path.endswith(document.path)]
    return snippet(text, document, query, named[0] if named else 0, lines)
