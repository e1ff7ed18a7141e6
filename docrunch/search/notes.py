"""What an answer says about itself: words that are not there, hits that are none, filters that hid some. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from docrunch.search.model import SearchMode, SearchResult, Unknown
from docrunch.search.search import SearchOptions
from docrunch.search.spelling import respelled


def did_you_mean(query: str, results: Sequence[SearchResult]) -> str:
    """The query with words that no scan has put right, as most documents have it; empty where there are none.

    Args:
        results: of all scans that were searched by their index.
    """
    if not results:
        return ""
    by_word: dict[str, list[Unknown]] = {}
    for each in (unknown for result in results for unknown in result.unknown):
        by_word.setdefault(each.word, []).append(each)
    nowhere = [found for found in by_word.values() if len(found) == len(results)]
    return respelled(query, [max(found, key=lambda each: each.documents) for found in nowhere])


def notes(results: Mapping[str, SearchResult], options: SearchOptions) -> tuple[str, ...]:
    """Sentences, the most important first.

    Args:
        results: by the name of the repository.
    """
    found = [
        f"{_said(result)} in {name}: its hits are for “{result.read_as}”."
        for name, result in results.items()
        if result.read_as and result.hits
    ]
    hits = [hit for result in results.values() for hit in result.hits]
    if not hits:
        return (*found, *_hidden(results.values(), options))
    if all(hit.weak for hit in hits):
        found.append("Nothing matches well: these hits are the nearest by meaning, and they are far.")
    elif options.mode is not SearchMode.SEMANTIC and all(result.by_meaning for result in results.values()):
        found.append("No word of the query occurs: these hits are by meaning alone.")
    return tuple(found)


def _said(result: SearchResult) -> str:
    words = [f"“{each.word}”" for each in result.unknown if each.instead]
    return f"{' and '.join(words)} {'do' if len(words) > 1 else 'does'} not occur"


def _hidden(results: Iterable[SearchResult], options: SearchOptions) -> list[str]:
    by_path, by_kind, by_both = (sum(each) for each in zip(*(result.hidden for result in results), strict=True))
    path, kind = f"--path {options.path}", " ".join(f"--kind {each}" for each in options.kinds)
    said = [f"{name} hides {_hits(count)}." for name, count in ((path, by_path), (kind, by_kind)) if count]
    if not said and by_both:
        said = [f"{path} and {kind} together hide {_hits(by_both)}."]
    return said


def _hits(count: int) -> str:
    return f"{count:,} hit{'s' if count != 1 else ''}"
