"""What the graph does not know: references that found no target, counted by language, reason and file."""

from collections import Counter

import msgspec
import numpy as np

from docrunch.graph.queries.view import GraphView, below


class LanguageMisses(msgspec.Struct, frozen=True):
    language: str
    total: int
    files: int
    reasons: dict[str, int]  # the most frequent first


class FileMisses(msgspec.Struct, frozen=True):
    path: str
    language: str
    total: int
    reasons: dict[str, int]


class Misses(msgspec.Struct, frozen=True):
    """``languages`` count all files that were asked about, also those beyond the limit."""

    languages: tuple[LanguageMisses, ...]  # the most first
    files: tuple[FileMisses, ...]
    total_files: int
    total: int


def unresolved(view: GraphView, *, under: str = "", limit: int = 0) -> Misses:
    """Args:
    under: only in this file or directory.
    limit: of files, those with the most first; 0 for all.
    """
    rows = np.flatnonzero(below(view.texts["miss_path"], under)[view.arrays["miss_path"]])
    files: dict[tuple[int, int], Counter[str]] = {}
    languages: dict[int, Counter[str]] = {}
    reasons = list(view.texts["miss_reason"])
    columns = [view.arrays[f"miss_{name}"][rows].tolist() for name in ("path", "language", "reason", "count")]
    for path, language, reason, count in zip(*columns, strict=True):
        files.setdefault((path, language), Counter())[reasons[reason]] += count
        languages.setdefault(language, Counter())[reasons[reason]] += count
    names, paths = view.texts["miss_language"], view.texts["miss_path"]
    in_language = Counter(language for _, language in files)
    by_language = [
        LanguageMisses(names[language], found.total(), in_language[language], _ordered(found))
        for language, found in languages.items()
    ]
    order = sorted(files, key=lambda key: (-files[key].total(), key))  # paths are numbered in their order
    by_file = [
        FileMisses(paths[p], names[lang], files[p, lang].total(), _ordered(files[p, lang]))
        for p, lang in order[: limit or None]
    ]
    return Misses(
        tuple(sorted(by_language, key=lambda each: (-each.total, each.language))),
        tuple(by_file),
        len(files),
        sum(each.total for each in by_language),
    )


def _ordered(found: Counter[str]) -> dict[str, int]:
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
