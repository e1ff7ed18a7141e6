"""Sentence of the documentation that names a symbol → the symbol; once as written, once with the name taken out."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from benchmarks.retrieval.material import Material
from benchmarks.retrieval.model import Query, View
from benchmarks.retrieval.prose import normal, sentences, words

NAMED = "sentence with name"
MASKED = "sentence without name"
_PROSE = frozenset({".md", ".rst", ".txt", ""})
_HISTORY = re.compile(r"(?:^|/)(?:CHANGE|HISTORY|RELEASE|LICEN|CONTRIBUT|SECURITY|SPONSOR|CODE_OF|NOTICE|MIGRAT)", re.I)
_NAME = re.compile(r"`[~!]?([A-Za-z_$][\w$]*(?:(?:\.|::|#)[A-Za-z_$][\w$]*)*)(?:\(\)|!)?`")
_FEWEST, _MOST = 6, 60  # words
_FEWEST_MASKED = 5
_MOST_TARGETS = 3  # symbols of one name
_PER_NAME = 2  # sentences
_SHORTEST_NAME = 3
_WHOLE = re.compile(r"^[A-Z`\"'].*[.!?:]$")
_NOT_NAMES = frozenset({"main"})


def queries(material: Material) -> Iterator[Query]:
    named: dict[str, list[str]] = defaultdict(list)
    for node in material.code.answers.values():
        named[node.name].append(node.id)
    used: Counter[str] = Counter()
    seen: set[str] = set()
    code = "\n".join(normal(text.decode("utf-8", "replace")) for text in material.code.texts.values())
    for sentence in _sentences(material):
        if not _WHOLE.match(sentence) or not _FEWEST <= len(words(sentence)) <= _MOST or normal(sentence) in seen:
            continue
        if normal(sentence) in code:
            continue
        names = {found.rsplit(".", 1)[-1].rsplit("::", 1)[-1].rsplit("#", 1)[-1] for found in _NAME.findall(sentence)}
        known = sorted(name for name in names if name in named and name not in _NOT_NAMES)
        if len(known) != 1 or len(known[0]) < _SHORTEST_NAME or len(named[known[0]]) > _MOST_TARGETS:
            continue
        name = known[0]
        if used[name] >= _PER_NAME:
            continue
        used[name] += 1
        seen.add(normal(sentence))
        targets = tuple(sorted(named[name]))
        text = sentence.replace("`", "")
        yield Query(material.name, material.language, NAMED, "symbol", text, targets, View.CODE)
        masked = mask(sentence, name)
        if len(words(masked)) >= _FEWEST_MASKED:
            yield Query(material.name, material.language, MASKED, "symbol", masked, targets, View.CODE)


def mask(sentence: str, name: str) -> str:
    """The sentence without any code that names the symbol, and without the name itself, whatever its case."""
    own = re.escape(name)
    without = re.sub(rf"`[^`]*\b{own}\b[^`]*`", " ", sentence)
    without = re.sub(rf"(?<![A-Za-z0-9_]){own}(?![A-Za-z0-9_])(?:\(\))?", " ", without, flags=re.IGNORECASE)
    return " ".join(without.replace("`", "").split())


def _sentences(material: Material) -> Iterator[str]:
    for path, data in material.files.items():
        pure = PurePosixPath(path)
        is_readme = pure.name.upper().startswith("README")
        if (pure.suffix in _PROSE and (pure.suffix or is_readme)) and not _HISTORY.search(path):
            yield from sentences(data.decode("utf-8", "replace"))
