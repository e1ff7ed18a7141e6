"""Release archives: nothing is extracted to disk, nothing is trusted before it is counted."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from docrunch.errors import InvalidArchive, LimitExceeded
from docrunch.options import Limits
from docrunch.source.intake import Candidate, Intake
from docrunch.source.members import Member, check_ratio, choose_members
from docrunch.source.model import Skip
from docrunch.source.paths import decode_path
from docrunch.source.tar import TarMember, TarStream
from docrunch.source.zip import read_zip

_SKIPS = {"symlink": Skip.SYMLINK, "hardlink": Skip.SPECIAL, "special": Skip.SPECIAL}


def read_archive(path: Path, intake: Intake, limits: Limits) -> None:
    """All files of a .zip, .tar.gz or .tgz through the intake.

    Raises:
        InvalidArchive: damaged, or made to mislead.
        LimitExceeded: larger than allowed, packed or unpacked.
    """
    size = path.stat().st_size
    if size > limits.max_archive_bytes:
        raise LimitExceeded(
            f"the archive is larger than {limits.max_archive_bytes} bytes", hint="Raise limits.max_archive_bytes."
        )
    with path.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        if magic[:2] == b"PK":
            read_zip(file, intake, limits)
        elif magic[:2] == b"\x1f\x8b":
            _read_tar(file, intake, limits)
        else:
            raise InvalidArchive("the file is neither a zip nor a gzip-compressed tar")


def _read_tar(file: BinaryIO, intake: Intake, limits: Limits) -> None:
    """Two passes over the stream: names decide about the top folder and duplicates before content is read."""
    with _tar(file, limits) as stream:
        chosen = choose_members(_tar_members(stream), intake, limits)
    wanted = {member.position: member.candidate for member in chosen if intake.admit(member.candidate)}
    file.seek(0)
    with _tar(file, limits) as stream:
        for position, member in enumerate(stream):
            candidate = wanted.get(position)
            if candidate is not None:
                intake.store(candidate, stream.content(member))


def _tar_members(stream: TarStream) -> Iterator[Member]:
    for position, member in enumerate(stream):
        if member.kind != "directory":
            yield _member(position, member)


def _member(position: int, member: TarMember) -> Member:
    name = decode_path(member.name)
    while name.startswith("./"):
        name = name[2:]
    candidate = Candidate(
        path=name, size=member.size, executable=bool(member.mode & 0o100), skip=_SKIPS.get(member.kind)
    )
    return Member(name=name, position=position, candidate=candidate)


@contextmanager
def _tar(file: BinaryIO, limits: Limits) -> Iterator[TarStream]:
    with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
        read = _counted(unpacked.read, file, limits)
        try:
            yield TarStream(read)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InvalidArchive(f"the archive is damaged: {error}") from error


def _counted(read: Callable[[int], bytes], packed: BinaryIO, limits: Limits) -> Callable[[int], bytes]:
    """Stops a bomb while it unpacks: the claims of headers play no part."""
    total = 0

    def counted(size: int) -> bytes:
        nonlocal total
        data = read(size)
        total += len(data)
        check_ratio(total, packed.tell(), limits)
        if total > 2 * limits.max_total_bytes:
            raise LimitExceeded("the archive unpacks to more than limits.max_total_bytes allows")
        return data

    return counted
