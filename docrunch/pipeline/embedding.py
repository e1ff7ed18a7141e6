"""From facts to vectors: which texts a scan needs, and how a text that cannot be embedded is isolated."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
import numpy as np

from docrunch.embedding.model import Encoder, TextUnit, Vectors
from docrunch.embedding.units import text_units
from docrunch.errors import DocrunchError
from docrunch.ids import Sha256
from docrunch.options import ScanOptions
from docrunch.parsing.model import FileFacts
from docrunch.source.model import Issue, TreeReader

ATTEMPTS = 3  # per batch, before it is bisected
LOST_TEXT = "embedding_failed"


class Encoded(msgspec.Struct, frozen=True):
    """``vectors`` is (n, d) float32 in the order of the texts given; rows of ``failed`` are zero and meaningless."""

    vectors: Vectors
    failed: tuple[int, ...]


def file_units(
    tree: TreeReader, path: str, facts: FileFacts, options: ScanOptions, instructions: Mapping[str, str]
) -> list[TextUnit]:
    """Texts of one file. Pure, so any process can make them again from cached facts."""
    return text_units(path, facts, tree.text(path), mode=options.embedding_text, instructions=instructions)


def scan_units(
    tree: TreeReader, facts: Iterable[tuple[str, FileFacts]], options: ScanOptions, instructions: Mapping[str, str]
) -> list[TextUnit]:
    """All texts of a scan, sorted by chunk id."""
    return sorted_units(file_units(tree, path, found, options, instructions) for path, found in facts)


def sorted_units(files: Iterable[Iterable[TextUnit]]) -> list[TextUnit]:
    """The texts of some files in the one order of a scan: by chunk id."""
    return sorted((unit for units in files for unit in units), key=lambda unit: unit.id)


def lost_texts(units: Iterable[TextUnit]) -> list[Issue]:
    """What is listed for texts that could not be embedded."""
    return [
        Issue(path=unit.path, reason=LOST_TEXT, detail=f"{unit.kind} text", line=unit.start_line, stage="embed")
        for unit in units
    ]


def unique_texts(units: Iterable[TextUnit]) -> dict[Sha256, str]:
    """Each distinct text once, in order of first appearance."""
    found: dict[Sha256, str] = {}
    for unit in units:
        found.setdefault(unit.text_sha, unit.text)
    return found


def encode_isolating(
    encoder: Encoder,
    texts: Sequence[str],
    *,
    poison: Callable[[DocrunchError], bool] = lambda error: not error.retryable,
) -> Encoded:
    """Encode a batch; one that keeps failing is bisected until its culprits stand alone.

    Errors for which ``poison`` is false (a service that is down) are raised: they are not the text's fault.
    """
    vectors = np.zeros((len(texts), encoder.spec.dimensions), dtype=np.float32)
    failed: list[int] = []
    pending = [(0, len(texts))]
    while pending:
        low, high = pending.pop()
        if low == high:
            continue
        try:
            vectors[low:high] = _attempt(encoder, texts[low:high], poison)
        except DocrunchError as error:
            if not poison(error):
                raise
            if high - low == 1:
                failed.append(low)
            else:
                middle = (low + high) // 2
                pending += [(middle, high), (low, middle)]
    return Encoded(vectors, tuple(sorted(failed)))


def _attempt(encoder: Encoder, texts: Sequence[str], poison: Callable[[DocrunchError], bool]) -> Vectors:
    for remaining in range(ATTEMPTS - 1, -1, -1):
        try:
            return encoder.encode(texts)
        except DocrunchError as error:
            if remaining == 0 or not poison(error):
                raise
    raise AssertionError("unreachable: the loop returns or raises")


def keep_embedded(
    units: Sequence[TextUnit], vector_of: Mapping[Sha256, Vectors], dimensions: int
) -> tuple[list[TextUnit], Vectors, tuple[Issue, ...]]:
    """Units that have a vector, their matrix in the same order, and an issue for each unit that has none."""
    kept = [unit for unit in units if unit.text_sha in vector_of]
    matrix = np.zeros((len(kept), dimensions), dtype=np.float32)
    for row, unit in enumerate(kept):
        matrix[row] = vector_of[unit.text_sha]
    return kept, matrix, tuple(lost_texts(unit for unit in units if unit.text_sha not in vector_of))
