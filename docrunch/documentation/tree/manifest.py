"""What we wrote into a tree: a file in it, so that a directory or a branch says itself which of its bytes are ours."""

import hashlib
from collections.abc import Mapping

import msgspec

from docrunch.documentation.tree.files import Found, Kind
from docrunch.errors import Conflict

ABOUT = (
    "Written by docrunch. Pages that you edit are kept; newer versions are put beside them as *.new,"
    " which are replaced when they change again."
)
SCHEMA = "docrunch.pages/1"
MAX_BYTES = 64 << 20


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One page. Hashes are sha256 in hex, of bytes in files; "": none."""

    content: str = ""  # of the page that this stands for, as it was given
    wrote: str = ""  # what we last put at its path
    beside: str = ""  # and at its path + ".new"
    writing: str = ""  # what may be at either since a write that did not end
    text: str = ""  # the page as given, where what is written leaves out links to pages that are not there
    gone: bool = False  # there is no such page any more; its file was edited, and was kept

    def is_ours(self, found: str) -> bool:
        """Whether bytes at the path are of ours; also those that somebody took from beside it."""
        return bool(found) and found in (self.wrote, self.beside, self.writing)

    def is_ours_beside(self, found: str) -> bool:
        """The same for the path + ".new"."""
        return bool(found) and found in (self.beside, self.writing)


NEW = Entry()


def bytes_of(found: Found, place: str, hint: str) -> bytes | None:
    """What is at the path of a manifest; None where nothing is.

    Raises:
        Conflict: something that is not of ours is there; ``hint`` says what to do.
    """
    if found.kind is Kind.ABSENT:
        return None
    if found.kind is not Kind.FILE or len(found.data) > MAX_BYTES:
        raise Conflict(f"{place} is not a file of ours", hint=hint)
    return found.data


class Manifest(msgspec.Struct, frozen=True):
    """``owner``: whose tree this is; ``building``: it is being filled beside the one that is read."""

    owner: str = ""
    building: bool = False
    pages: Mapping[str, Entry] = {}


class _Stored(msgspec.Struct, frozen=True):
    about: str
    schema: str
    owner: str
    building: bool
    pages: dict[str, Entry]


_DECODER = msgspec.json.Decoder(_Stored)


def encode_manifest(manifest: Manifest) -> bytes:
    """Deterministic JSON, one page a line."""
    pages = dict(sorted(manifest.pages.items()))
    stored = _Stored(ABOUT, SCHEMA, manifest.owner, manifest.building, pages)
    made = msgspec.json.encode(stored).replace(b'"pages":{', b'"pages":{\n', 1)
    return made.replace(b'},"', b'},\n"') + b"\n"


def decode_manifest(data: bytes) -> Manifest:
    """Raises:
    Conflict: the file was damaged, or a newer version wrote it.
    """
    try:
        stored = _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        stored = None
    if stored is None or stored.schema != SCHEMA:
        raise Conflict(
            "the list of the pages that docrunch wrote cannot be read",
            hint="Move .docrunch-pages.json away: pages that differ from ours are then kept, ours are put beside them.",
        )
    return Manifest(stored.owner, stored.building, stored.pages)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
