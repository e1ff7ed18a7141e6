"""The list of our bytes: the same pages give the same file, and a damaged one is never guessed at."""

import pytest

from docrunch.documentation.tree.manifest import Entry, Manifest, decode_manifest, encode_manifest
from docrunch.errors import Conflict

ONE = Entry("c1", "w1", "b1", "", "text", gone=True)


def test_it_is_read_as_it_was_written_whatever_the_order() -> None:
    made = encode_manifest(Manifest("r1_2_g3", True, {"b.md": Entry("c2", "w2"), 'a},"x.md': ONE}))
    assert made == encode_manifest(Manifest("r1_2_g3", True, {'a},"x.md': ONE, "b.md": Entry("c2", "w2")}))
    found = decode_manifest(made)
    assert (found.owner, found.building, found.pages["b.md"]) == ("r1_2_g3", True, Entry("c2", "w2"))
    assert encode_manifest(Manifest("", False, {})).count(b"\n") == 2


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b"[" * 100_000, b'{"about":"","schema":"docrunch.pages/9"}'])
def test_a_damaged_one_is_refused(data: bytes) -> None:
    with pytest.raises(Conflict, match="cannot be read"):
        decode_manifest(data)


def test_bytes_of_nobody_are_not_ours() -> None:
    assert not Entry().is_ours("")
    assert not Entry().is_ours_beside("")
