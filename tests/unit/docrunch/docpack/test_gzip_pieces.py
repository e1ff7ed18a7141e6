"""Deflating in pieces must give one member that any gzip reads, and equal bytes whatever the number of cores."""

import gzip as standard
import io
import os
import random

import pytest

from docrunch.docpack import gzip

MEGABYTE = 1 << 20
SIZES = (0, 1, MEGABYTE - 1, MEGABYTE, MEGABYTE + 1, 3 * MEGABYTE)


def text(size: int) -> bytes:
    draw = random.Random(7)
    words = [draw.randbytes(4).hex().encode() for _ in range(500)]
    return b" ".join(draw.choice(words) for _ in range(size // 8 + 1))[:size]


@pytest.mark.parametrize("size", SIZES)
def test_every_reader_gets_the_data_back(size: int) -> None:
    made = gzip.compress(text(size))
    assert standard.decompress(made) == text(size)
    assert b"".join(gzip.decompress(io.BytesIO(made), max_bytes=1 << 30, max_ratio=1 << 20)) == text(size)


def test_the_bytes_do_not_depend_on_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    data = text(5 * MEGABYTE)
    made = gzip.compress(data)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert gzip.compress(data) == made


def test_pieces_refer_back_to_the_ones_before() -> None:
    data = os.urandom(16_000) * (3 * MEGABYTE // 16_000)
    assert len(gzip.compress(data)) < len(data) / 50


def test_parts_may_be_stored_and_end_up_in_the_order_asked_for() -> None:
    first, second = text(2 * MEGABYTE + 5), os.urandom(MEGABYTE + 1)
    with gzip.Deflating() as deflating:
        later = deflating.part([second[:10], second[10:]], gzip.STORED)
        sooner = deflating.part(iter([first]))
        made = gzip.joined([sooner, deflating.part([]), later])
    assert standard.decompress(made) == first + second
    assert len(made) > len(second)
