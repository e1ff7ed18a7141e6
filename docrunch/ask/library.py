"""What the repository says about itself: the texts of one tree, and the passages of its documents, ranked by terms."""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from threading import Lock

import msgspec

from docrunch.ask.guard import is_addressed_to_programs
from docrunch.ask.model import MAX_QUOTE, Citation
from docrunch.ask.passages import Passage, read_passages
from docrunch.ask.words import terms
from docrunch.documentation.manifests import Manifest, is_manifest, read_manifests
from docrunch.errors import DocrunchError
from docrunch.source.model import FileEntry, TreeReader

MAX_DOCUMENTS = 2_000
MAX_DOCUMENT_BYTES = 400_000  # of one document: longer ones are data, not prose
MAX_LIBRARY_BYTES = 16_000_000  # of all documents together, nearest the root first
MAX_MENTIONS = 5
MAX_LEFT_OUT = 500  # passages that are looked at to say that one was left out
KEPT_FILES = 256  # texts held as lines

_DOCUMENT = re.compile(r"(?:.*\.(?:md|markdown|rst|adoc|txt))|(?:.*/)?readme[^/]*", re.IGNORECASE)
_NO_PROSE = re.compile(
    r"(?:^|/)(?:licen[cs]e|copying|notice|requirements|constraints|cmakelists|package-lock|authors|contributors)"
    r"[^/]*$|(?:^|/)(?:tests?|testdata|fixtures|spec|__tests__|node_modules|vendor)/",
    re.IGNORECASE,
)
_WEIGHTS = (  # by path, the first that matches
    (r"(?:^|/)(?:change|changes|changelog|history|news|release|releases|migrat|upgrad)[^/]*$", 0.3),
    (r"(?:^|/)(?:code_of_conduct|security|governance|sponsors?|backers|funding)[^/]*$", 0.4),
    (r"(?:^|/)_?(?:examples?|samples?|benchmarks?|translations?|i18n)/", 0.5),
    (r"[._-](?:zh|ja|ko|pt|ru|fr|es|de)[._-]", 0.5),
    (r"^(?:readme[^/]*|docs?/(?:index|readme|quickstart|getting.?started|usage)[^/]*)$", 1.25),
)
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), weight) for pattern, weight in _WEIGHTS)
ABOUT = 0.2  # of the question, that a title adds which has nothing but words of it
DEPTH = 0.6  # a document in a folder of a folder is about something special
_SATURATION, _LENGTH = 1.2, 0.6  # k1 and b of BM25


class Ranked(msgspec.Struct, frozen=True):
    passage: Passage
    score: float
    coverage: float  # 0–1: share of the question's terms, by weight, that the passage or its titles have


class _Counted(msgspec.Struct, frozen=True):
    body: dict[str, int]
    titles: frozenset[str]
    title: frozenset[str]  # of the nearest title alone
    length: int
    weight: float
    first: bool  # below its title


class Library:
    """Args:
    paths: path → number of lines, of everything that can be cited.
    read: the stored text of a path.
    """

    def __init__(self, paths: Mapping[str, int], read: Callable[[str], bytes] | None) -> None:
        self.paths = paths
        self._read = read
        self._lines: dict[str, list[str]] = {}
        self._lock = Lock()
        self.left_out: list[Passage] = []  # they speak to programs rather than to readers; known after `passages`

    @classmethod
    def of_tree(cls, tree: TreeReader) -> "Library":
        return cls({entry.path: entry.lines for entry in tree.entries if entry.skip is None}, tree.text)

    @property
    def has_texts(self) -> bool:
        return self._read is not None

    def lines(self, path: str) -> list[str]:
        """The lines of a file; none where it is not in the tree, or only the graph is known."""
        found = self._lines.get(path)
        if found is None:
            found = self._read_lines(path)
            with self._lock:  # questions are answered by several threads
                if len(self._lines) >= KEPT_FILES:
                    self._lines.pop(next(iter(self._lines)))
                self._lines[path] = found
        return found

    def _read_lines(self, path: str) -> list[str]:
        if self._read is None or path not in self.paths:
            return []
        try:
            return [line.rstrip("\r") for line in self._read(path).decode("utf-8", "replace").split("\n")]
        except DocrunchError:
            return []

    def quote(self, citation: Citation, limit: int = MAX_QUOTE) -> str:
        """The cited lines, cut at so many characters."""
        text = "\n".join(self.lines(citation.path)[citation.start - 1 : citation.end])
        return text if len(text) <= limit else text[:limit].rsplit("\n", 1)[0]

    def exists(self, citation: Citation) -> bool:
        """Whether the cited lines are in the tree."""
        return 1 <= citation.start <= citation.end <= max(self.paths.get(citation.path, 0), 0)

    def documents(self) -> list[str]:
        """Paths of documents, nearest the root first."""
        found = [path for path in self.paths if _DOCUMENT.fullmatch(path) and not _NO_PROSE.search(path)]
        return sorted(found, key=lambda path: (path.count("/"), path))[:MAX_DOCUMENTS]

    @cached_property
    def passages(self) -> list[Passage]:
        """All of all documents. Those that give orders to a program are left out and counted."""
        found: list[Passage] = []
        held = 0
        for path in self.documents() if self._read is not None else ():
            text = "\n".join(self.lines(path))
            if len(text) > MAX_DOCUMENT_BYTES or held + len(text) > MAX_LIBRARY_BYTES:
                continue
            held += len(text)
            found += read_passages(path, text)
        kept: list[Passage] = []
        left_out: list[Passage] = []
        for each in found:
            (left_out if is_addressed_to_programs(each.text) else kept).append(each)
        self.left_out = left_out[:MAX_LEFT_OUT]
        return kept

    @cached_property
    def manifests(self) -> tuple[Manifest, ...]:
        """What package manifests say, nearest the root first."""
        found = [path for path in self.paths if is_manifest(path)] if self._read is not None else []
        texts = {path: "\n".join(self.lines(path)).encode() for path in found}
        return read_manifests(tuple(FileEntry(path, len(texts[path])) for path in found), texts)

    @cached_property
    def _counted(self) -> list[_Counted]:
        before = [None, *(passage.trail for passage in self.passages)]
        return [
            _count(passage, first=trail != passage.trail) for passage, trail in zip(self.passages, before, strict=False)
        ]

    @cached_property
    def _frequency(self) -> Counter[str]:
        return Counter(term for each in self._counted for term in each.body.keys() | each.titles)

    def weight_of(self, term: str) -> float:
        """Inverse document frequency."""
        total, held = len(self._counted), self._frequency[term]
        return math.log(1 + (total - held + 0.5) / (held + 0.5)) if total else 1.0

    def rank(self, wanted: Sequence[str], limit: int = 8, *, code: float = 1.0) -> list[Ranked]:
        """Passages by BM25 over their text and titles; ties by place.

        Args:
            wanted: stems.
            code: weight of passages that show code.
        """
        weights = {term: self.weight_of(term) for term in wanted}
        mass = sum(weights.values())
        if not mass:
            return []
        mean = sum(each.length for each in self._counted) / max(len(self._counted), 1) or 1.0
        found: list[Ranked] = []
        for passage, counted in zip(self.passages, self._counted, strict=True):
            score = covered = 0.0
            for term, weight in weights.items():
                times = counted.body.get(term, 0)
                titled = term in counted.titles
                if times or titled:
                    covered += weight
                    norm = times + _SATURATION * (1 - _LENGTH + _LENGTH * counted.length / mean)
                    score += weight * (times * (1 + _SATURATION) / norm + (1.6 if titled else 0.0))
            if score:
                if counted.title and counted.title <= weights.keys():  # the section is about just this
                    score, covered = score * (1.9 if counted.first else 1.5), min(covered + ABOUT * mass, mass)
                score *= counted.weight * (code if passage.code else 1.0)
                found.append(Ranked(passage, score, covered / mass))
        return sorted(found, key=lambda r: (-r.score * r.coverage, r.passage.path, r.passage.start))[:limit]

    def withheld(self, wanted: Sequence[str]) -> int:
        """How many passages that were left out have most of these stems."""
        if not self.passages and not self.left_out:
            return 0
        terms_of = [set(terms(each.text)) | set(terms(each.title)) for each in self.left_out]
        return sum(2 * len(held & set(wanted)) >= max(len(set(wanted)), 1) for held in terms_of)

    def mentions(self, name: str, limit: int = MAX_MENTIONS) -> list[Citation]:
        """Lines of documents that have a name literally, nearest the root first."""
        pattern = re.compile(rf"(?<![\w]){re.escape(name)}(?![\w])")
        found: list[Citation] = []
        for path in self.documents():
            for number, line in enumerate(self.lines(path), start=1):
                if name in line and pattern.search(line):
                    found.append(Citation(path, number, number))
                    if len(found) >= limit:
                        return found
        return found


def _count(passage: Passage, *, first: bool) -> _Counted:
    body = Counter(terms(passage.text[:8_000]))
    titles = frozenset(terms(" ".join((*passage.trail, passage.path.rsplit("/", 1)[-1]))))
    weight = next((weight for pattern, weight in _COMPILED if pattern.search(passage.path)), 1.0)
    deep = DEPTH ** max(passage.path.count("/") - 1, 0)
    return _Counted(dict(body), titles, frozenset(terms(passage.title)), sum(body.values()), weight * deep, first)
