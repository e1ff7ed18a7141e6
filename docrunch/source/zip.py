"""Zip archives: the directory at the end is checked before Python's reader sees it."""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from docrunch.errors import InvalidArchive, LimitExceeded
from docrunch.options import Limits
from docrunch.source.intake import Candidate, Intake
from docrunch.source.members import Member, check_ratio, choose_members
from docrunch.source.model import Skip

MAX_DIRECTORY = 256 << 20  # bytes of the central directory, which is read into memory
_END = struct.Struct("<4sHHHHIIH")
_ENCRYPTED = 0x1
_LOCAL_HEADER = 30  # bytes, without name and extra field
_ENTRY = 46  # bytes of a directory entry, without name, extra field and comment
_END64 = 76  # bytes of the zip64 end record and its locator


def read_zip(file: BinaryIO, intake: Intake, limits: Limits) -> None:
    """
    Raises:
        InvalidArchive, LimitExceeded: as `read_archive`.
    """
    size = file.seek(0, 2)
    _check_directory(file, size, limits)
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
            _refuse_overlaps(infos, size)
            check_ratio(sum(info.file_size for info in infos), size, limits)
            chosen = choose_members(_members(infos), intake, limits)
            for member in chosen:
                if intake.admit(member.candidate):
                    _read(archive, infos[member.position], member.candidate, intake)
    except (zipfile.BadZipFile, struct.error, UnicodeDecodeError, NotImplementedError, ValueError) as error:
        raise InvalidArchive(f"the archive is damaged: {error}") from error


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, candidate: Candidate, intake: Intake) -> None:
    if info.flag_bits & _ENCRYPTED:
        return intake.lose(candidate, "encrypted", "the member needs a password")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return intake.lose(candidate, "unsupported_compression", f"method {info.compress_type}")
    try:
        with archive.open(info) as member:
            raw = member.read(info.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
        return intake.lose(candidate, "damaged_member", "its content does not match its checksum or length")
    if len(raw) != info.file_size:
        return intake.lose(candidate, "damaged_member", "its content does not match its checksum or length")
    return intake.store(candidate, raw)


def _members(infos: Iterable[zipfile.ZipInfo]) -> Iterator[Member]:
    for position, info in enumerate(infos):
        mode = info.external_attr >> 16
        if info.is_dir() or stat.S_ISDIR(mode):
            continue
        name = re.sub(r"^(\./)+", "", info.orig_filename)
        skip = None
        if stat.S_ISLNK(mode):
            skip = Skip.SYMLINK
        elif stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
            skip = Skip.SPECIAL
        executable = bool(mode & 0o100)
        candidate = Candidate(path=name, size=info.file_size, executable=executable, skip=skip)
        yield Member(name=name, position=position, candidate=candidate)


def _refuse_overlaps(infos: Iterable[zipfile.ZipInfo], size: int) -> None:
    """Members that share bytes are how one kilobyte becomes a petabyte (D. Fifield, WOOT 2019)."""
    reached = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < reached or info.header_offset + info.compress_size > size:
            raise InvalidArchive("members of the archive overlap or lie outside it")
        reached = info.header_offset + _LOCAL_HEADER + info.compress_size


def _check_directory(file: BinaryIO, size: int, limits: Limits) -> None:
    """Length of the directory and number of members, before Python's reader makes an object of each.

    Found as that reader finds them; the number is counted, since the one in the end record binds nobody.
    """
    file.seek(max(0, size - (1 << 16) - _END.size - _END64))
    tail_start = file.tell()
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise InvalidArchive("the archive has no directory: it is cut off or no zip")
    length = _END.unpack_from(tail, at)[5]
    if tail[at - 20 : at - 16] == b"PK\x06\x07" and at >= _END64:  # the larger record counts wherever it is present
        at -= _END64
        if tail[at : at + 4] != b"PK\x06\x06":
            raise InvalidArchive("the end of the archive is damaged")
        length = struct.unpack_from("<Q", tail, at + 40)[0]
    start = tail_start + at - length
    if length > MAX_DIRECTORY or start < 0:
        raise InvalidArchive("the directory of the archive is larger than it can be")
    file.seek(start)
    if _count(file.read(length), 2 * limits.max_files) > 2 * limits.max_files:
        raise LimitExceeded(f"the archive has more than {limits.max_files} members", hint="Raise limits.max_files.")
    file.seek(0)


def _count(directory: bytes, enough: int) -> int:
    """Entries of a directory, at most one more than ``enough``."""
    number, position = 0, 0
    while position + _ENTRY <= len(directory) and number <= enough:
        position += _ENTRY + sum(struct.unpack_from("<HHH", directory, position + 28))  # name, extra field, comment
        number += 1
    return number
