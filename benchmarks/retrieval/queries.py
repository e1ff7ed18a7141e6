"""All queries of a package: at most so many per kind, drawn by hash, so that a run takes minutes and repeats itself."""

from collections.abc import Callable, Iterator

from benchmarks.retrieval.kinds import changes, docstrings, documentation, errors, failures, test_names
from benchmarks.retrieval.material import Material
from benchmarks.retrieval.model import Query
from docrunch.canonical import sha256_hex

SEED = "docrunch-retrieval-1"
PER_KIND = 40
_KINDS: tuple[Callable[[Material], Iterator[Query]], ...] = (
    docstrings.queries,
    test_names.queries,
    changes.queries,
    documentation.queries,
    errors.queries,
    failures.queries,
)


def queries_of(material: Material, per_kind: int = PER_KIND) -> list[Query]:
    """By kind in the order of the table, then by text."""
    found: list[Query] = []
    for make in _KINDS:
        by_kind: dict[str, list[Query]] = {}
        for query in make(material):
            by_kind.setdefault(query.kind, []).append(query)
        for asked in by_kind.values():
            found += sorted(sorted(asked, key=_draw)[:per_kind], key=lambda query: (query.release, query.text))
    return found


def _draw(query: Query) -> str:
    return sha256_hex("\0".join((SEED, query.package, query.kind, query.release, query.text)).encode())
