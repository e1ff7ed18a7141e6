"""The one form of tar (POSIX ustar) that a docpack has: regular files, sorted, zero times and owners, mode 0644.

Written here rather than with `tarfile` so that every byte is ours, and read by comparing each header with the one we
would have written: links, devices, sparse files, extensions and duplicates have no way in.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from docrunch.errors import InvalidArchive, LimitExceeded

BLOCK = 512
END = bytes(2 * BLOCK)
MAX_SIZE = 8**11 - 1  # what the octal size field holds: 8 GiB
_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_NAME = re.compile(rf"docpack(?:/{_SEGMENT}){{1,6}}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


class Member(msgspec.Struct, frozen=True):
    name: str  # starts with ``docpack/``
    data: bytes


def check_name(name: str) -> None:
    """Refuse names that could leave the target directory, hide, or clash on any file system.

    Raises:
        InvalidArchive: the name is not ``docpack/`` plus plain ASCII segments of at most 255 characters in all.
    """
    parts = name.split("/")
    if not _NAME.fullmatch(name) or len(name) > 255 or any(p.endswith(".") or _RESERVED.match(p) for p in parts):
        raise InvalidArchive(f"the docpack has a member with an unsafe name: {name[:100]!r}")


def header(name: str, size: int) -> bytes:
    """The 512 bytes before a member.

    Raises:
        InvalidArchive: the name does not fit ustar's 100 + 155 characters, or the size its field.
    """
    prefix, base = _split(name)
    if not 0 <= size <= MAX_SIZE:
        raise InvalidArchive(f"{name} is too large for a docpack: {size:,} bytes")
    fields = [
        base.ljust(100, b"\0"),
        b"0000644\0",
        b"0000000\0",
        b"0000000\0",
        f"{size:011o}\0".encode(),
        b"00000000000\0",
        b"        ",
        b"0",
        bytes(100),
        b"ustar\x0000",
        bytes(32),
        bytes(32),
        b"0000000\0",
        b"0000000\0",
        prefix.ljust(155, b"\0"),
        bytes(12),
    ]
    block = b"".join(fields)
    return block[:148] + f"{sum(block):06o}\0 ".encode() + block[156:]


def _split(name: str) -> tuple[bytes, bytes]:
    raw = name.encode("ascii")
    if len(raw) <= 100:
        return b"", raw
    for cut in range(len(raw) - 1, 0, -1):
        if raw[cut : cut + 1] == b"/" and cut <= 155 and len(raw) - cut - 1 <= 100:
            return raw[:cut], raw[cut + 1 :]
    raise InvalidArchive(f"the member name {name[:80]}… is too long for a docpack")


def check_names(names: Iterable[str]) -> None:
    """Raises:
    InvalidArchive: an unsafe name, or names that are equal without regard to case.
    """
    seen: set[str] = set()
    for name in names:
        check_name(name)
        if name.lower() in seen:
            raise InvalidArchive(f"two members of the docpack are named {name}")
        seen.add(name.lower())


def chunks(members: Iterable[Member]) -> Iterator[bytes]:
    """The archive of members in name order, up to its `END`.

    Raises:
        InvalidArchive: an unsafe name, or names that are equal without regard to case.
    """
    ordered = sorted(members, key=lambda member: member.name)
    check_names(member.name for member in ordered)
    for member in ordered:
        yield header(member.name, len(member.data))
        yield member.data
        yield bytes(-len(member.data) % BLOCK)


def read(chunks: Iterable[bytes], *, max_members: int, max_member_bytes: int) -> Iterator[Member]:
    """Members of an archive made of `chunks` and `END`, one at a time.

    Raises:
        InvalidArchive: anything that `chunks` would not have written.
        LimitExceeded: too many members, or one that is too large.
    """
    source = _Buffer(chunks)
    previous, seen = "", set[str]()
    while True:
        block = source.take(BLOCK)
        if not any(block):
            if any(source.take(BLOCK)) or source.more():
                raise InvalidArchive("the docpack has data after the end of its archive")
            return
        name, size = _parse(block)
        if name <= previous or name.lower() in seen:
            raise InvalidArchive(f"the members of the docpack are not in order: {name}")
        if len(seen) >= max_members:
            raise LimitExceeded(f"the docpack has more than {max_members:,} members")
        if size > max_member_bytes:
            raise LimitExceeded(f"{name} has {size:,} bytes, more than the {max_member_bytes:,} allowed")
        previous = name
        seen.add(name.lower())
        data = source.take(size)
        if any(source.take(-size % BLOCK)):
            raise InvalidArchive(f"the padding after {name} is not empty")
        yield Member(name, data)


def _parse(block: bytes) -> tuple[str, int]:
    """Name and size of a header, which must be byte for byte the one `header` makes."""
    try:
        base = block[:100].rstrip(b"\0").decode("ascii")
        prefix = block[345:500].rstrip(b"\0").decode("ascii")
        size = int(block[124:135], 8)
    except ValueError as error:
        raise InvalidArchive("the docpack has a damaged member header") from error
    name = f"{prefix}/{base}" if prefix else base
    check_name(name)
    if size < 0 or header(name, size) != block:
        raise InvalidArchive(f"{name} is not a plain file with the fixed mode, owner and time of a docpack")
    return name, size


class _Buffer:
    """Exact reads from an iterator of chunks."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")

    def take(self, size: int) -> bytes:
        made: list[memoryview] = []
        while size > 0:
            if not self._rest:
                chunk = next(self._chunks, None)
                if chunk is None:
                    raise InvalidArchive("the docpack is cut short")
                self._rest = memoryview(chunk)
            part = self._rest[:size]
            self._rest = self._rest[len(part) :]
            size -= len(part)
            made.append(part)
        return b"".join(made)

    def more(self) -> bool:
        """Whether anything is left; reading to the end also lets the source check its trailer."""
        return bool(self._rest) or any(True for chunk in self._chunks if chunk)
