"""A forward-only reader of tar streams: regular files with bounded headers, everything else only named.

The standard library's reader loads headers of any claimed length and seeks where sparse maps point. Archives here come
from strangers, so this one knows ustar, GNU long names and pax paths, and refuses the rest by name (POSIX.1-2017 pax).
"""

import re
from collections.abc import Callable, Iterator

import msgspec

from docrunch.errors import InvalidArchive

BLOCK = 512
MAX_HEADER = 1 << 20  # bytes of one long name or pax header
Read = Callable[[int], bytes]

_PAX = re.compile(rb"([0-9]{1,10}) ")


class TarMember(msgspec.Struct, frozen=True):
    name: bytes
    kind: str  # file | directory | symlink | hardlink | special
    size: int  # bytes of content that follow in the stream
    mode: int


class TarStream:
    """Iterate members; `content` or nothing may be asked for before going on."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._left = 0  # bytes of the current member not consumed yet
        self._padding = 0

    def __iter__(self) -> Iterator[TarMember]:
        extended: dict[str, bytes] = {}
        while True:
            self._skip_rest()
            header = self._exactly(BLOCK, end_allowed=True)
            if not header or header.count(0) == BLOCK:
                return
            kind = header[156:157]
            size = _number(header[124:136])
            _check_sum(header)
            if kind in b"LKxg" and kind:
                extended.update(self._extension(kind, size))
                continue
            size = _pax_size(extended["size"]) if "size" in extended else size
            member = _member(header, kind, size, extended)
            self._left = size if kind not in b"12346" or not kind else 0
            self._padding = -self._left % BLOCK
            yield member
            extended = {}

    def content(self, member: TarMember) -> bytes:
        data = self._exactly(member.size)
        self._left = 0
        return data

    def _extension(self, kind: bytes, size: int) -> dict[str, bytes]:
        if size > MAX_HEADER:
            raise InvalidArchive("the archive holds a header of more than a megabyte")
        data = self._exactly(size + -size % BLOCK)[:size]
        if kind == b"L":
            return {"path": data.rstrip(b"\0")}
        return _pax_records(data) if kind == b"x" else {}

    def _skip_rest(self) -> None:
        left = self._left + self._padding
        self._left = self._padding = 0
        while left > 0:
            part = self._read(min(left, 1 << 16))
            if not part:
                raise InvalidArchive("the archive is cut off")
            left -= len(part)

    def _exactly(self, size: int, *, end_allowed: bool = False) -> bytes:
        parts: list[bytes] = []
        left = size
        while left > 0:
            part = self._read(min(left, 1 << 16))
            if not part:
                break
            parts.append(part)
            left -= len(part)
        data = b"".join(parts)
        if len(data) != size and not (end_allowed and not data):
            raise InvalidArchive("the archive is cut off")
        return data


def _member(header: bytes, kind: bytes, size: int, extended: dict[str, bytes]) -> TarMember:
    name = header[:100].split(b"\0", 1)[0]
    prefix = header[345:500].split(b"\0", 1)[0]
    if header[257:263] == b"ustar\0" and prefix:
        name = prefix + b"/" + name
    name = extended.get("path", name)
    kinds = {b"1": "hardlink", b"2": "symlink", b"5": "directory", b"0": "file", b"\0": "file", b"7": "file"}
    found = kinds.get(kind, "special")
    if "GNU.sparse" in extended:
        found = "special"
    if found == "file" and name.endswith(b"/"):
        found = "directory"
    return TarMember(name=name, kind=found, size=size, mode=_number(header[100:108]) & 0o7777)


def _pax_size(text: bytes) -> int:
    if not re.fullmatch(rb"[0-9]{1,15}", text):
        raise InvalidArchive("the archive claims an impossible size")
    return int(text)


def _number(field: bytes) -> int:
    """Octal text, or GNU base-256 when the first bit is set."""
    if field[0] & 0x80:
        value = int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
        if value >= 1 << 50:
            raise InvalidArchive("the archive claims an impossible size")
        return value
    text = field.strip(b" \0")
    if not re.fullmatch(rb"[0-7]*", text):
        raise InvalidArchive("the archive holds a damaged header")
    return int(text or b"0", 8)


def _check_sum(header: bytes) -> None:
    expected = _number(header[148:156])
    if sum(header) - sum(header[148:156]) + 8 * 32 != expected:
        raise InvalidArchive("the archive holds a damaged header")


def _pax_records(data: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    position = 0
    while position < len(data):
        length = _PAX.match(data, position)
        end = position + int(length.group(1)) if length else 0
        if not length or end <= length.end() or end > len(data) or data[end - 1 : end] != b"\n":
            raise InvalidArchive("the archive holds a damaged pax header")
        key, equals, value = data[length.end() : end - 1].partition(b"=")
        if not equals:
            raise InvalidArchive("the archive holds a damaged pax header")
        name = key.decode("utf-8", "replace")
        if name in {"path", "size"} or name.startswith("GNU.sparse"):  # the rest could be any amount
            found["GNU.sparse" if name.startswith("GNU.sparse") else name] = value
        position = end
    return found
