"""Citations in text: ``path#Lx-Ly``, or the number of a piece of evidence."""

import re
from collections.abc import Iterable, Mapping

from docrunch.ask.model import Citation, Statement
from docrunch.documentation.cite import decode_path, encode_path

# What a model may write: [e3], [e3, e5], (e3), [src/a.py#L3-L9], `src/a.py#L3`.
_GROUP = re.compile(r"\s*[\[(]\s*((?:[eE]\d{1,3}\s*[,;]?\s*)+)[\])]")
_NUMBER = re.compile(r"[eE](\d{1,3})")
_PLACE = re.compile(r"\s*[\[(`]+([^\s\[\]()`#]{1,400})#L(\d{1,9})(?:-L?(\d{1,9}))?[\])`]+")


def shown(citations: Iterable[Citation]) -> str:
    """`` [`a.py#L1-L2`, `b.md#L7-L7`]``; empty without any."""
    found = [f"{encode_path(each.path)}#L{each.start}-L{each.end}" for each in citations]
    return f" [{', '.join(found)}]" if found else ""


def evidence_numbers(text: str) -> list[str]:
    """Ids of evidence that a text names, in order, each once."""
    found = [f"e{int(n)}" for group in _GROUP.findall(text) for n in _NUMBER.findall(group)]
    return list(dict.fromkeys(found))


def places(text: str) -> list[Citation]:
    """Places that a text names by path and lines."""
    found = []
    for path, start, end in _PLACE.findall(text):
        low = int(start)
        found.append(Citation(decode_path(path), low, int(end or low)))
    return list(dict.fromkeys(found))


def without_citations(text: str) -> str:
    return " ".join(_PLACE.sub("", _GROUP.sub("", text)).split()).replace(" .", ".").replace(" ,", ",")


def covering(place: Citation, evidence: Mapping[str, Statement]) -> list[Statement]:
    """The evidence whose cited lines hold all of a place: only that was in what the model was told."""
    return [
        each
        for each in evidence.values()
        if any(c.path == place.path and c.start <= place.start <= place.end <= c.end for c in each.citations)
    ]
