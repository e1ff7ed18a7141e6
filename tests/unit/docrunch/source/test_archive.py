"""Archives from strangers: what is honest is read, what is not is listed or refused, nothing lands on disk."""

import gzip
import io
import struct
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from docrunch.errors import DocrunchError, InvalidArchive, LimitExceeded
from docrunch.options import Limits, ScanOptions

PY = b"x = 1\n"
SMALL = ScanOptions(limits=Limits(max_files=50, max_total_bytes=1 << 20, max_archive_ratio=20))


def make_zip(path: Path, members: list[tuple[str, bytes]], mode: int = 0o100644) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


def make_tar(path: Path, members: list[tuple[str, bytes]], **fields: Any) -> Path:
    with tarfile.open(path, "w:gz", format=fields.pop("format", tarfile.PAX_FORMAT)) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for key, value in fields.items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(content))
    return path


MAKERS = [(make_zip, "a.zip"), (make_tar, "a.tar.gz"), (make_tar, "a.tgz")]


@pytest.mark.parametrize(("make", "name"), MAKERS)
def test_the_top_folder_of_a_release_is_not_part_of_paths(world: Any, make: Any, name: str) -> None:
    path = make(world.root / name, [("pkg-1.0/setup.py", PY), ("pkg-1.0/src/m.py", PY)])
    tree = world.scan(path)
    assert set(world.read(tree)) == {"setup.py", "src/m.py"}
    assert tree.source.commit == f"tree:{tree.tree_sha256}"
    assert tree.source.repository == "a"


@pytest.mark.parametrize(("make", "name"), MAKERS)
def test_a_python_package_alone_keeps_its_folder(world: Any, make: Any, name: str) -> None:
    path = make(world.root / name, [("pkg/__init__.py", b""), ("pkg/m.py", PY)])
    assert set(world.read(world.scan(path))) == {"pkg/__init__.py", "pkg/m.py"}


def test_zip_tar_and_directory_of_equal_files_are_equal_trees(world: Any) -> None:
    files = {"a.py": b"a = 1\n", "d/b.md": b"# b\n", "d/c.bin": b"\0\1"}
    members = [(f"top/{name}", content) for name, content in files.items()]
    trees = [
        world.scan(make_zip(world.root / "x.zip", members)),
        world.scan(make_tar(world.root / "x.tgz", members[::-1])),
        world.scan(world.put("plain", files)),
    ]
    assert len({tree.tree_sha256 for tree in trees}) == 1


@pytest.mark.parametrize(("make", "name"), MAKERS)
@pytest.mark.parametrize(
    "hostile",
    [
        "../evil.py",
        "/etc/evil.py",
        "a/../../evil.py",
        "a//b.py",
        "a/./b.py",
        "x\\..\\evil.py",
        "a\nb.py",
        "C:\\e.py",
        "..",
        "\u202e/../x",
    ],
)
def test_unsafe_names_are_listed_under_a_safe_one(world: Any, make: Any, name: str, hostile: str) -> None:
    tree = world.scan(make(world.root / name, [(hostile, PY), ("ok.py", PY)]))
    assert set(world.read(tree)) == {"ok.py"}
    [(shown, reason)] = world.skips(tree).items()
    assert reason == "unsafe_path"
    assert not shown.startswith("/")
    assert ".." not in shown.split("/")
    assert "\n" not in shown


def test_different_unsafe_names_stay_different(world: Any) -> None:
    tree = world.scan(make_tar(world.root / "a.tgz", [("../a", PY), ("%2E%2E/a", PY), ("a\x01", PY), ("ok.py", PY)]))
    assert len(tree.entries) == 4


@pytest.mark.parametrize(("make", "name"), MAKERS)
def test_git_data_inside_is_listed_and_never_used(world: Any, make: Any, name: str) -> None:
    members = [(".git/config", b"[core]\n"), (".git/HEAD", b"ref: refs/heads/x\n"), ("ok.py", PY), ("sub/.GIT/x", PY)]
    tree = world.scan(make(world.root / name, members))
    assert set(world.read(tree)) == {"ok.py"}
    assert set(world.skips(tree).values()) == {"excluded"}


def test_links_and_devices_are_listed(world: Any) -> None:
    path = world.root / "a.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for number, kind in enumerate(
            [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
        ):
            info = tarfile.TarInfo(f"special-{number}")
            info.type = kind
            info.linkname = "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("ok.py")
        info.size = len(PY)
        archive.addfile(info, io.BytesIO(PY))
    assert world.skips(world.scan(path)) == {
        "special-0": "symlink",
        **{f"special-{number}": "special" for number in (1, 2, 3, 4)},
    }
    linked = make_zip(world.root / "a.zip", [("link.py", b"/etc/passwd")], mode=0o120777)
    assert world.skips(world.scan(linked)) == {"link.py": "symlink"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("make", "name"), MAKERS)
def test_of_equal_names_the_last_counts_and_it_is_said(world: Any, make: Any, name: str) -> None:
    tree = world.scan(make(world.root / name, [("a.py", b"first = 1\n"), ("b.py", PY), ("a.py", b"last = 1\n")]))
    assert world.read(tree)["a.py"] == b"last = 1\n"
    assert [(issue.path, issue.reason) for issue in tree.issues] == [("a.py", "duplicate_member")]


@pytest.mark.parametrize(("make", "name"), MAKERS)
def test_bombs_and_crowds_are_refused(world: Any, make: Any, name: str) -> None:
    bomb = make(world.root / name, [("a.txt", b"\0" * (60 << 20))])
    with pytest.raises(LimitExceeded, match="times its size"):
        world.scan(bomb)
    crowd = make(world.root / f"b{name}", [(f"{number}.py", PY) for number in range(60)])
    with pytest.raises(LimitExceeded):
        world.scan(crowd, options=SMALL)


def test_a_bomb_of_headers_is_stopped_while_it_unpacks(world: Any) -> None:
    path = world.root / "a.tgz"
    header = tarfile.TarInfo("x" * 50)
    header.type = tarfile.XHDTYPE
    header.size = 1 << 33
    with gzip.open(path, "wb") as out:
        out.write(header.tobuf(tarfile.GNU_FORMAT))
        for _ in range(100):
            out.write(b"\0" * (1 << 20))
    with pytest.raises(InvalidArchive, match="megabyte"):
        world.scan(path)


def test_overlapping_zip_members_are_refused(world: Any) -> None:
    path = make_zip(world.root / "a.zip", [("a.py", b"a" * 5000), ("b.py", PY)])
    data = bytearray(path.read_bytes())
    second = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(bytes(data))
    with pytest.raises(InvalidArchive):
        world.scan(path)


def test_damage_of_one_member_loses_one_member(world: Any) -> None:
    path = world.root / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("bad.py", b"MARKER = 1\n")
        archive.writestr("ok.py", PY)
    path.write_bytes(path.read_bytes().replace(b"MARKER = 1", b"MARKER = 2", 1))
    tree = world.scan(path)
    assert world.read(tree) == {"ok.py": PY}
    assert world.skips(tree) == {"bad.py": "unreadable"}
    assert [issue.reason for issue in tree.issues] == ["damaged_member"]


@pytest.mark.parametrize(("make", "name"), MAKERS)
def test_damaged_archives_end_in_one_kind_of_error(world: Any, make: Any, name: str) -> None:
    """Cut anywhere, or with any byte turned: an error for people or a tree, never another exception or a hang."""
    whole = make(world.root / name, [("a.py", b"a = 1\n" * 40), ("b/c.md", b"# c\n" * 9)]).read_bytes()
    broken = world.root / f"broken-{name}"
    for position in range(0, len(whole), 7):
        for damaged in (whole[:position], whole[:position] + bytes([whole[position] ^ 0x55]) + whole[position + 1 :]):
            broken.write_bytes(damaged)
            try:
                world.scan(broken)
            except DocrunchError:
                continue


def test_the_tar_reader_agrees_with_pythons_on_every_format(world: Any) -> None:
    long = "/".join(["directory-with-a-long-name"] * 8) + "/é.py"
    members = [("a.py", PY), (long, b"z = 1\n" * 300), ("empty.py", b"")]
    for number, style in enumerate((tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)):
        path = make_tar(world.root / f"{number}.tgz", members, format=style)
        with tarfile.open(path) as archive:
            expected = {item.name: archive.extractfile(item).read() for item in archive}  # type: ignore[union-attr]
        assert world.read(world.scan(path)) == expected


def test_archives_in_archives_stay_closed(world: Any) -> None:
    inner = make_zip(world.root / "inner.zip", [("x.py", PY)]).read_bytes()
    assert world.skips(world.scan(make_tar(world.root / "a.tgz", [("lib/inner.zip", inner), ("b.py", PY)]))) == {
        "lib/inner.zip": "binary"
    }


@pytest.mark.parametrize(("kind", "digits"), [(b"0", 5_000), (b"2", 30)])
def test_a_size_of_many_digits_is_refused(world: Any, kind: bytes, digits: int) -> None:
    """Python refuses to read such a number, and the inventory could not hold it."""
    record = b" size=" + b"9" * digits + b"\n"
    length = len(record) + len(str(len(record) + 4))
    record = str(length).encode() + record
    extended = tarfile.TarInfo("x")
    extended.type, extended.size = b"x", len(record)
    member = tarfile.TarInfo("a.py")
    member.type = kind
    raw = extended.tobuf() + record + bytes(-len(record) % 512) + member.tobuf() + bytes(1024)
    path = world.root / "a.tar.gz"
    path.write_bytes(gzip.compress(raw))
    with pytest.raises(InvalidArchive, match="impossible size"):
        world.scan(path)


@pytest.mark.parametrize("zip64", [False, True])
def test_members_are_counted_not_believed(world: Any, zip64: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's reader makes an object of every directory entry, whatever number the end record states."""
    path = make_zip(world.root / "a.zip", [(f"d/{i}.py", b"") for i in range(50)])
    raw = path.read_bytes()
    at = raw.rfind(b"PK\x05\x06")
    length, offset = struct.unpack_from("<II", raw, at + 12)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, 0 if zip64 else length, offset, 0)
    large = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, length, offset)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, at, 1)
    path.write_bytes(raw[:at] + (large + locator if zip64 else b"") + end)
    assert len(zipfile.ZipFile(path).infolist()) == 50
    monkeypatch.setattr(zipfile.ZipFile, "infolist", lambda self: pytest.fail("the reader was reached"))
    with pytest.raises(LimitExceeded, match="members"):
        world.scan(path, options=ScanOptions(limits=Limits(max_files=20)))
