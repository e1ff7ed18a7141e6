"""What an outbox row carries is read back as it was, by whatever version wrote it."""

import msgspec

from db.publishing.payload import FileState, decode_file, encode_file
from db.publishing.rows import FileRow, RelationshipRow, SymbolRow

FILE = FileRow("a.py", "python", 10, 2, None, "00" * 32, "11" * 32)
SYMBOL = SymbolRow("n_1", "a.py", "function", "f", "a.f", "python", 1, 2, 0, 9, "f()", "doc", True)
CALL = RelationshipRow("n_1", "n_2", "calls", "a.py", "exact", 1.0, 2, [1, 2])


def test_a_file_is_read_back_as_it_was_written() -> None:
    state = decode_file(msgspec.json.decode(encode_file(FILE, [SYMBOL], [CALL])))
    assert state == FileState(FILE, (SYMBOL,), (CALL,))


def test_what_belongs_to_no_file_has_no_file() -> None:
    assert decode_file(msgspec.json.decode(encode_file(None, [], []))) == FileState(None, (), ())


def test_rows_are_found_by_the_names_of_their_columns() -> None:
    """An older row may have its columns in another order, or more of them."""
    payload = msgspec.json.decode(encode_file(FILE, [SYMBOL], []))
    payload["columns"]["symbols"] = [*reversed(SymbolRow._fields), "dropped"]
    payload["symbols"] = [[*reversed(SYMBOL), "x"]]
    assert decode_file(payload).symbols == (SYMBOL,)
