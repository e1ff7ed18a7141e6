"""Where a tree is: the port that `docrunch.documentation.tree.writer` writes through."""

from collections.abc import Iterator
from enum import Enum
from typing import Protocol

import msgspec

MAX_PAGE_BYTES = 64 << 20  # a larger file at the path of a page is not of ours


class Kind(Enum):
    ABSENT = "absent"
    FILE = "file"
    FOLDER = "folder"
    OTHER = "other"  # a link, a device, a file too large to be ours


class Found(msgspec.Struct, frozen=True):
    """What is at a path. ``stamp`` changes whenever somebody else changes it."""

    kind: Kind
    data: bytes = b""
    stamp: object = None


ABSENT = Found(Kind.ABSENT)


class Changed(Exception):
    """Somebody changed a file between the look at it and its replacement."""


class Files(Protocol):
    """Files of one tree. Paths are checked by the caller (`names.check_page_path`) and stay below the root anyway.

    Raises (all methods):
        PageRefused: something that is not ours is in the way of this path.
        OSError: the place as a whole fails: full, read-only, gone.
    """

    def expect(self, paths: list[str]) -> None:
        """These paths will be read soon."""

    def read(self, path: str) -> Found:
        """What is at a path."""

    def exists(self, path: str) -> bool:
        """Whether there is a regular file."""

    def stage(self, data: bytes) -> object:
        """Bring bytes to where they can be put in place at once, whatever the room left."""

    def place(self, staged: object, path: str, before: Found) -> None:
        """Put staged bytes at a path, in one step. Raises `Changed` where ``before`` is not there any more."""

    def remove(self, path: str, before: Found) -> None:
        """Take a file away, and folders that it leaves empty. Raises `Changed`, as `place`."""

    def read_manifest(self) -> bytes | None:
        """The bytes of the manifest."""

    def write_manifest(self, data: bytes) -> None:
        """Replace it in one step; what is in place by now is on the disk before."""

    def is_empty(self) -> bool:
        """Whether there is nothing of anybody."""

    def everything(self) -> Iterator[str]:
        """Paths of all regular files below the root but the manifest, sorted."""
