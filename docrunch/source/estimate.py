"""How long a scan may take and how much it makes, from the inventory alone: a range, never a promise."""

from collections.abc import Callable, Iterable

import msgspec

from docrunch.source.model import FileEntry

_PARSE_BYTES_PER_SECOND = (1_500_000.0, 6_000_000.0)  # per process; slow machine, fast machine
_CHUNKS_PER_LINE = (1 / 60, 1 / 14)  # a symbol per 60 lines in prose-like code, per 14 in dense code
_SECTIONS_PER_LINE = (1 / 60, 1 / 12)  # of documentation
_SECONDS_PER_TEXT = (1 / 450, 1 / 60)  # cards, two cores with ONNX Runtime; GPU and caches are faster
_FIXED_SECONDS = (0.5, 4.0)  # publishing, clustering, packing of a small scan
_SECONDS_PER_FILE = (0.0003, 0.004)
_DOCPACK_BYTES_PER_TEXT = (900, 2_600)
_DOCPACK_BYTES_PER_FILE = (300, 1_500)
DOCUMENT_LANGUAGES = frozenset({"markdown", "rst", "restructuredtext", "asciidoc", "text"})


class Span(msgspec.Struct, frozen=True):
    low: float
    high: float


class Estimate(msgspec.Struct, frozen=True):
    files: int  # to be read
    skipped: int
    source_bytes: int
    languages: dict[str, int]  # files per language, most first
    chunks: Span
    seconds: Span
    docpack_bytes: Span


def estimate(
    entries: Iterable[FileEntry],
    *,
    is_parsed: Callable[[str], bool],
    embeddings: bool = True,
    processes: int = 2,
) -> Estimate:
    """A range with nothing cached. A scan of known texts takes a small part of ``seconds.low``."""
    files = skipped = size = code_bytes = code_lines = document_lines = 0
    languages: dict[str, int] = {}
    for entry in entries:
        if entry.skip is not None:
            skipped += 1
            continue
        files += 1
        size += entry.size
        languages[entry.language] = languages.get(entry.language, 0) + 1
        if is_parsed(entry.language):
            code_bytes += entry.size
            code_lines += entry.lines
        if entry.language in DOCUMENT_LANGUAGES:
            document_lines += entry.lines
    low = files + code_lines * _CHUNKS_PER_LINE[0] + document_lines * _SECTIONS_PER_LINE[0]
    high = files + code_lines * _CHUNKS_PER_LINE[1] + document_lines * _SECTIONS_PER_LINE[1]
    embed = (low * _SECONDS_PER_TEXT[0], high * _SECONDS_PER_TEXT[1]) if embeddings else (0.0, 0.0)
    parse = [code_bytes / rate / max(processes, 1) for rate in _PARSE_BYTES_PER_SECOND]
    ordered = sorted(languages.items(), key=lambda item: (-item[1], item[0]))
    return Estimate(
        files=files,
        skipped=skipped,
        source_bytes=size,
        languages=dict(ordered),
        chunks=Span(round(low), round(high)),
        seconds=Span(
            round(_FIXED_SECONDS[0] + files * _SECONDS_PER_FILE[0] + parse[1] + embed[0], 1),
            round(_FIXED_SECONDS[1] + files * _SECONDS_PER_FILE[1] + parse[0] + embed[1], 1),
        ),
        docpack_bytes=Span(
            round(low * _DOCPACK_BYTES_PER_TEXT[0] + files * _DOCPACK_BYTES_PER_FILE[0]),
            round(high * _DOCPACK_BYTES_PER_TEXT[1] + files * _DOCPACK_BYTES_PER_FILE[1]),
        ),
    )
