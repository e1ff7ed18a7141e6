"""A hostile index costs no more than its bytes: no depth, no number and no length in it makes us take more."""

import tracemalloc
from random import Random

import pytest

from docrunch.errors import InvalidArchive, LimitExceeded
from docrunch.scip import match as reasons
from docrunch.scip import read
from docrunch.scip.match import Matched, match
from docrunch.scip.read import check_index
from docrunch.scip.scip_pb2 import Document, Occurrence
from tests.support.linking import inputs

TREE = {"lib.py": "def make(): ...\n", "app.py": "def run(x):\n    x.make()\n"}
MADE = "t . p . make()."
DEFINED = Occurrence(range=[0, 4, 8], symbol=MADE, symbol_roles=1)
CALLED = Occurrence(range=[1, 6, 10], symbol=MADE)


def index(*documents: Document | bytes) -> memoryview:
    parts = [each if isinstance(each, bytes) else each.SerializeToString() for each in documents]
    return memoryview(b"".join(field(2, part) for part in parts))


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def document(path: str, *occurrences: Occurrence) -> Document:
    return Document(relative_path=path, occurrences=occurrences)


def matched(*indexes: memoryview) -> Matched:
    return match(indexes, inputs(TREE).facts, lambda path: TREE[path].encode())


LIB, APP = document("lib.py", DEFINED), document("app.py", CALLED)


def test_definition_and_reference_may_be_in_two_indexes() -> None:
    found = matched(index(LIB), index(APP))
    assert (found.definitions, found.references, found.left_out) == (1, 1, {})
    assert matched(index(APP), index(LIB)) == found == matched(index(LIB, APP), index(LIB, APP))


def test_two_indexes_that_disagree_tell_nothing() -> None:
    twice = document("lib.py", Occurrence(range=[0, 4, 8], symbol="t . p . local_make().", symbol_roles=1))
    other = document("app.py", Occurrence(range=[1, 6, 10], symbol="local 1"))
    assert matched(index(LIB, APP), index(twice)).references == 1
    found = matched(index(LIB, APP), index(other))
    assert (found.references, found.left_out) == (0, {reasons.CONTRADICTED: 1})


def test_symbols_and_relationships_are_not_decoded_however_deep_or_many() -> None:
    """A symbol may hold a document as its signature, which may hold symbols…"""
    deep = b""
    for _ in range(20_000):
        deep = field(3, field(7, deep))
    groups = b"\x1b" * 50  # of an unknown kind, opened and never closed: damage, not depth
    many = field(3, field(1, b"s") + field(4, field(1, b"t")) * 100_000)
    found = matched(index(LIB, APP.SerializeToString() + deep + many))
    assert (found.references, found.left_out) == (1, {})
    for data in (groups, b"\x1b" * 1_000 + b"\x1c" * 1_000):
        with pytest.raises(InvalidArchive):
            check_index(index(LIB, data))


@pytest.mark.parametrize(
    "data",
    [
        b"\x12" + b"\x80" * 11 + b"\x01",  # a number of twelve bytes
        b"\x12" + b"\xff" * 9 + b"\x7f",  # a document of more than 2⁶³ bytes
        b"\x80" * 100_000,
        field(2, field(2, b"\x80" * 20)),  # an occurrence that is none
        field(2, field(2, field(2, b"\xff"))),  # a symbol that is no text
        field(2, field(1, b"\xff")),
    ],
)
def test_numbers_and_texts_that_are_none_are_damage(data: bytes) -> None:
    with pytest.raises(InvalidArchive):
        check_index(memoryview(data))


def test_occurrences_above_the_limits_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    long = Occurrence(range=[1, 6, 10], symbol=MADE + "x" * read.MAX_SYMBOL_LENGTH)
    wide = Occurrence(range=[1, 6, 10] * 40_000, symbol=MADE)
    far = Occurrence(range=[2**31 - 1, 2**31 - 2, 2**31 - 1], symbol=MADE)
    assert matched(index(LIB, document("app.py", long, wide, far))).left_out == {
        reasons.TOO_LARGE: 2,
        reasons.NO_WORD: 1,
    }
    monkeypatch.setattr(read, "MAX_DOCUMENT_OCCURRENCES", 1)
    assert matched(index(LIB, document("app.py", CALLED, CALLED))).left_out == {reasons.TOO_LARGE: 1}


@pytest.mark.parametrize(("name", "part"), [("MAX_FIELDS", b"\x20\x01"), ("MAX_DOCUMENTS", b"\x12\x00")])
def test_parts_are_counted(name: str, part: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, name, 9)
    check_index(memoryview(bytes(index(LIB)) + part * 8))
    with pytest.raises(LimitExceeded):
        check_index(memoryview(bytes(index(LIB)) + part * 9))


def test_occurrences_are_counted_over_all_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_OCCURRENCES", 2)
    check_index(index(LIB, APP))
    for refused in (check_index, matched):
        with pytest.raises(LimitExceeded):
            refused(index(LIB, APP, APP))


def test_empty_occurrences_do_not_grow() -> None:
    """Two bytes each in an index; decoded together they would take a hundred, and a document of 64 MB all memory."""
    data = index(b"\x12\x00" * 400_000)
    tracemalloc.start()
    check_index(data)
    assert tracemalloc.get_traced_memory()[1] < 40 * len(data)
    tracemalloc.stop()


def test_bytes_changed_anywhere_are_damage_or_another_index() -> None:
    good, random = bytes(index(LIB, APP)), Random(4)
    damaged = 0
    for _ in range(3_000):
        data = bytearray(good)
        for _ in range(random.randint(1, 4)):
            data[random.randrange(len(data))] = random.randrange(256)
        del data[random.randrange(len(data)) + 1 :]
        try:
            check_index(memoryview(data))
            matched(memoryview(data))
        except InvalidArchive:
            damaged += 1
    assert 0 < damaged < 3_000
