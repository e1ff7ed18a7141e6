"""An estimate is a range that grows with the source and costs nothing to make."""

from docrunch.source.estimate import estimate
from docrunch.source.model import FileEntry, Skip


def entries(count: int) -> list[FileEntry]:
    found = [FileEntry(path=f"{n}.py", size=8_000, language="python", lines=250) for n in range(count)]
    return [*found, FileEntry(path="z.png", size=9_000_000, skip=Skip.BINARY)]


def is_parsed(language: str) -> bool:
    return language == "python"


def test_ranges_are_ordered_and_grow() -> None:
    small, large = (estimate(entries(count), is_parsed=is_parsed) for count in (10, 1_000))
    for found in (small, large):
        for span in (found.chunks, found.seconds, found.docpack_bytes):
            assert 0 < span.low < span.high
    assert large.seconds.low > small.seconds.low
    assert large.chunks.low > 50 * small.chunks.low
    assert (small.files, small.skipped, small.source_bytes, small.languages) == (10, 1, 80_000, {"python": 10})


def test_without_embeddings_it_is_faster() -> None:
    with_them = estimate(entries(500), is_parsed=is_parsed)
    without = estimate(entries(500), is_parsed=is_parsed, embeddings=False)
    assert without.seconds.high < with_them.seconds.high / 5


def test_an_empty_source() -> None:
    assert estimate([], is_parsed=is_parsed).files == 0
