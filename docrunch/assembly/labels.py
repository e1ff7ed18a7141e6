"""Names of clusters by class-based TF-IDF (Grootendorst 2022, BERTopic, eq. 2).

All words of a cluster are one document: ``weight = tf · ln(1 + A / f)``, with tf the share of the word in the cluster,
f its count in all clusters and A the mean number of words per cluster. Weights are rounded before they are compared.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from docrunch.canonical import significant
from docrunch.embedding.words import first_sentence, words
from docrunch.graph.model import Node, NodeKind
from docrunch.ids import NodeId

TERMS = 8  # kept as evidence
_IN_LABEL = 3
_MIN_LETTERS = 3
_NAME_WEIGHT = 2  # a word of the name counts twice, one of documentation or path once

Terms = tuple[tuple[str, float], ...]

STOP_WORDS = frozenset(
    words(
        """a about after all also an and any are args as at be been being but by call called can class cls code const
    constructor def default do does each either else false file for from func function get given has have if impl in
    index init into is it its itself kwargs like main may method mod module more must name new no none not null object
    of on one only or other otherwise out over param params pub return returned returning returns same self set should
    so some src such test tests than that the their them then there these they this those to true type types undefined
    up use used uses using value values var void was were what when where whether which while will with without you
    your"""
    )
)


def label_groups(groups: Sequence[Sequence[NodeId]], nodes: Mapping[NodeId, Node]) -> list[tuple[str, Terms]]:
    """A label and its terms (best first) per group. Labels are distinct."""
    counts = [_count(members, nodes) for members in groups]
    totals = sum(counts, Counter[str]())
    mean_words = sum(totals.values()) / max(len(groups), 1)
    weighed = [_weights(counted, totals, mean_words) for counted in counts]
    return [(label, terms[:TERMS]) for label, terms in zip(_distinct_labels(weighed), weighed, strict=True)]


def _count(members: Sequence[NodeId], nodes: Mapping[NodeId, Node]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for member in members:
        node = nodes[member]
        for word in _kept(node.name):
            counted[word] += _NAME_WEIGHT
        counted.update(set(_kept(first_sentence(node.doc))))
        counted.update(_path_words(node))
    return counted


def _path_words(node: Node) -> list[str]:
    """Words of the last two parts of the path; for modules the name has said the last one already."""
    stem = node.path.rsplit(".", 1)[0].split("/")
    parts = stem[-2:-1] if node.kind is NodeKind.MODULE else stem[-2:]
    return list(dict.fromkeys(word for part in parts for word in _kept(part)))


def _kept(text: str) -> list[str]:
    return [word for word in words(text) if _is_term(word)]


def _is_term(word: str) -> bool:
    return len(word) >= _MIN_LETTERS and not word.isdigit() and word not in STOP_WORDS


def _weights(counted: Counter[str], totals: Counter[str], mean_words: float) -> Terms:
    size = sum(counted.values())
    weighed = [
        (word, significant(number / size * math.log1p(mean_words / totals[word]))) for word, number in counted.items()
    ]
    return tuple(sorted(weighed, key=lambda term: (-term[1], term[0])))


def _distinct_labels(weighed: Sequence[Terms]) -> list[str]:
    """The best terms joined; a label that is taken grows by its next term, and is numbered where none is left."""
    taken: set[str] = set()
    labels: list[str] = []
    for terms in weighed:
        names = [term for term, _ in terms] or ["unnamed"]
        size = _IN_LABEL
        label = ", ".join(names[:size])
        while label in taken and size < len(names):
            size += 1
            label = ", ".join(names[:size])
        number = 2
        while label in taken:
            label = f"{', '.join(names[:_IN_LABEL])} ({number})"
            number += 1
        taken.add(label)
        labels.append(label)
    return labels
