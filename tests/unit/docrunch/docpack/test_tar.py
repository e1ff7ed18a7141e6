"""The archive has one form; whatever else a tar can hold has no way into or out of a docpack."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docrunch.docpack import tar
from docrunch.errors import InvalidArchive, LimitExceeded
from tests.unit.docrunch.docpack.archives import write

MEMBERS = [tar.Member("docpack/b.json", b"{}"), tar.Member("docpack/a.json", b"x" * 513)]


def read(data: bytes, members: int = 10, size: int = 10_000) -> list[tar.Member]:
    return list(tar.read([data], max_members=members, max_member_bytes=size))


def test_any_tar_program_can_read_it_and_finds_nothing_that_varies() -> None:
    with tarfile.open(fileobj=io.BytesIO(write(MEMBERS))) as opened:
        found = opened.getmembers()
        assert [(m.name, m.size, m.mtime, m.uid, m.gid, m.uname, m.mode) for m in found] == [
            ("docpack/a.json", 513, 0, 0, 0, "", 0o644),
            ("docpack/b.json", 2, 0, 0, 0, "", 0o644),
        ]
        member = opened.extractfile(found[0])
        assert member is not None
        assert member.read() == b"x" * 513


def test_names_beyond_a_hundred_characters_use_the_prefix() -> None:
    name = "docpack/docs/modules/" + "a" * 90 + ".md"
    data = write([tar.Member(name, b"1")])
    with tarfile.open(fileobj=io.BytesIO(data)) as opened:
        assert opened.getnames() == [name]
    assert read(data) == [tar.Member(name, b"1")]


@given(
    st.dictionaries(
        st.from_regex(r"docpack/x[a-z0-9]{1,20}(/x[a-z0-9]{1,20})?", fullmatch=True), st.binary(max_size=1200)
    )
)
def test_round_trip_in_pieces_of_any_size(files: dict[str, bytes]) -> None:
    members = [tar.Member(name, data) for name, data in files.items()]
    written = write(members)
    chunks = [written[i : i + 700] for i in range(0, len(written), 700)]
    found = list(tar.read(chunks, max_members=1000, max_member_bytes=10_000))
    assert found == sorted(members, key=lambda m: m.name)
    assert write(found) == written


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/etc/passwd",
        "docpack/../evil",
        "docpack//a",
        "docpack/",
        "docpack",
        "other/a.json",
        "docpack/a\\b",
        "docpack/.hidden",
        "docpack/a b",
        "docpack/é",
        "docpack/CON.md",
        "docpack/a.",
        "docpack/" + "a" * 300,
    ],
)
def test_unsafe_names_are_neither_written_nor_read(name: str) -> None:
    with pytest.raises(InvalidArchive):
        write([tar.Member(name, b"")])
    out = io.BytesIO()
    with tarfile.open(
        fileobj=out, mode="w", format=tarfile.USTAR_FORMAT if len(name) < 90 else tarfile.GNU_FORMAT
    ) as t:
        info = tarfile.TarInfo(name)
        info.mode = 0o644
        t.addfile(info, io.BytesIO())
    with pytest.raises(InvalidArchive):
        read(out.getvalue())


@pytest.mark.parametrize(
    "changes",
    [
        {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"},
        {"type": tarfile.LNKTYPE, "linkname": "docpack/b.json"},
        {"type": tarfile.CHRTYPE},
        {"type": tarfile.DIRTYPE},
        {"type": tarfile.FIFOTYPE},
        {"mtime": 1},
        {"uid": 1},
        {"uname": "root"},
        {"mode": 0o4755},
    ],
)
def test_only_plain_files_with_fixed_attributes(changes: dict[str, object]) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as opened:
        info = tarfile.TarInfo("docpack/a.json")
        info.mode = 0o644
        for key, value in changes.items():
            setattr(info, key, value)
        opened.addfile(info)
    with pytest.raises(InvalidArchive):
        read(out.getvalue())


def test_damage_and_surplus_are_refused() -> None:
    good = write(MEMBERS)
    double = tar.header("docpack/a", 0) * 2 + tar.END
    unsorted = tar.header("docpack/b", 0) + tar.header("docpack/a", 0) + tar.END
    same = tar.header("docpack/A", 0) + tar.header("docpack/a", 0) + tar.END
    padding = tar.header("docpack/a", 1) + b"x" * 512 + tar.END
    for bad in (good[:-512], good + b"\0", good + tar.END, b"", double, unsorted, same, padding, good[:700]):
        with pytest.raises(InvalidArchive):
            read(bad)
    for position in (0, 100, 124, 148, 156, 257, 345):
        with pytest.raises(InvalidArchive):
            read(good[:position] + bytes([good[position] ^ 1]) + good[position + 1 :])


def test_limits_hold_before_anything_is_read() -> None:
    with pytest.raises(LimitExceeded):
        read(write(MEMBERS), members=1)
    with pytest.raises(LimitExceeded):
        read(tar.header("docpack/a", tar.MAX_SIZE))  # declared, and never there
    with pytest.raises(InvalidArchive):
        tar.header("docpack/a", tar.MAX_SIZE + 1)
