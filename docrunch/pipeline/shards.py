"""Cutting a tree into contiguous ranges of equal work."""

from collections.abc import Sequence


def plan_ranges(sizes: Sequence[int], max_files: int, max_bytes: int) -> list[tuple[int, int]]:
    """Half-open ranges that cover ``range(len(sizes))`` in order, balanced by bytes.

    The number of ranges is the least that keeps the average within both limits; each range ends where its share of the
    bytes is reached, so the last is not a remainder. A file larger than ``max_bytes`` makes a larger range.

    Raises:
        ValueError: a limit is not positive.
    """
    if max_files < 1 or max_bytes < 1:
        raise ValueError("a shard needs at least one file and one byte")
    count = max(-(-len(sizes) // max_files), -(-sum(sizes) // max_bytes), 1)
    weights = [size + 1 for size in sizes]  # an empty file is work, too
    total, done, low = sum(weights), 0, 0
    ranges: list[tuple[int, int]] = []
    for index, weight in enumerate(weights):
        done += weight
        full = done * count >= total * (len(ranges) + 1) or index + 1 - low >= max_files
        if full or index + 1 == len(sizes):
            ranges.append((low, index + 1))
            low = index + 1
    return ranges or [(0, 0)]
