"""Facts as stored bytes: what is read back equals what was written, and damage is refused."""

import msgspec
import pytest
import zstandard

from docrunch.errors import InvalidArchive
from docrunch.options import Limits
from docrunch.parsing.codec import decode_facts, encode_facts
from docrunch.parsing.extract import extract

FACTS = extract(
    b'"""Doc."""\nclass A(B):\n    def f(self, x: int = 1) -> C:\n        return g(x)\n', "python", Limits()
)


def test_facts_survive_storage() -> None:
    assert decode_facts(encode_facts(FACTS)) == FACTS
    assert encode_facts(FACTS) == encode_facts(decode_facts(encode_facts(FACTS)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense",
        encode_facts(FACTS)[:-3],
        encode_facts(FACTS) + b"x",
        zstandard.compress(b"not msgpack"),
        zstandard.compress(msgspec.msgpack.encode({"language": 3, "lines": 1})),
        zstandard.compress(b"\x91" * 200_000),
    ],
)
def test_damaged_facts_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidArchive):
        decode_facts(data)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zstandard.compress(b"\0" * 300_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(InvalidArchive):
        decode_facts(bomb)
