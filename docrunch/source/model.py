"""What a source is once it has been read: an inventory of files with reasons, and their text."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

import msgspec


class SourceKind(StrEnum):
    GIT = "git"  # a local git repository, read through objects
    WORKTREE = "worktree"  # its working tree, on request only
    REMOTE = "remote"  # an https git URL
    DIRECTORY = "directory"
    ARCHIVE = "archive"


class Skip(StrEnum):
    """Why a file of the inventory is not parsed. Every skipped file has exactly one reason."""

    BINARY = "binary"
    TOO_LARGE = "too_large"
    SYMLINK = "symlink"
    SUBMODULE = "submodule"
    LFS_POINTER = "lfs_pointer"
    VENDORED = "vendored"
    GENERATED = "generated"
    MINIFIED = "minified"
    EXCLUDED = "excluded"
    SPECIAL = "special"  # sockets, devices, FIFOs
    UNREADABLE = "unreadable"
    UNDECODABLE = "undecodable"
    UNSAFE_PATH = "unsafe_path"
    LIMIT = "limit"  # beyond the limit of files or bytes of one scan


class Issue(msgspec.Struct, frozen=True, order=True):
    """One thing that went wrong, or was withheld, in one file. Issues are data: counted, listed, packed.

    ``reason`` is a stable word (``secret_redacted``, ``syntax_errors``, ``parse_timeout``,
    ``parser_crashed``, ``too_deep``, ``too_many_nodes``, ``encoding_guessed``, …); ``detail`` is for a person
    and holds no secret and nothing that depends on the clock, the host or the path of the source.
    """

    path: str
    reason: str
    detail: str = ""
    line: int = 0  # 1-based; 0 where the issue concerns the whole file
    stage: str = "ingest"  # ingest | parse | embed | link | document


class FileEntry(msgspec.Struct, frozen=True):
    """One path of the inventory.

    ``sha256`` is that of the raw bytes as they are in the source (empty where they were not read: symlinks,
    submodules, files over the limits). ``text_sha256`` is that of the stored text: UTF-8, secrets replaced at
    equal length, line ends untouched; empty for skipped files. Byte offsets of symbols refer to the stored text.
    """

    path: str  # repository-relative, "/" separated, NFC untouched, never absolute, never with ".."
    size: int  # raw bytes
    sha256: str = ""
    text_sha256: str = ""
    language: str = "unknown"  # key of the language catalogue, or an `identify` tag, or "unknown"
    lines: int = 0  # number of LF-terminated lines, the last unterminated one included
    encoding: str = "utf-8"
    executable: bool = False
    skip: Skip | None = None


class SourceRef(msgspec.Struct, frozen=True):
    """Where a tree came from, as exported: no credentials, no host paths."""

    repository: str  # --name, else host/owner/name of the origin, else the basename
    commit: str  # git sha | tree:<sha256> | <sha>+dirty:<sha256>
    ref: str  # branch or tag name | @worktree | @source
    kind: SourceKind
    declared_ref: bool = True  # False: a bare sha or undeclared ref, kept as an object only, never published
    url: str | None = None  # https URL without credentials, for links; None for local sources without an origin


class TreeReader(Protocol):
    """An inventory plus the stored text of its unskipped files. Implementations are in `docrunch.source.tree`."""

    @property
    def source(self) -> SourceRef: ...

    @property
    def entries(self) -> tuple[FileEntry, ...]:
        """Sorted by path (code point order), unique."""

    @property
    def issues(self) -> tuple[Issue, ...]: ...

    @property
    def tree_sha256(self) -> str:
        """sha256 over the inventory: equal trees under equal options have equal hashes, on every machine."""

    def text(self, path: str) -> bytes:
        """Stored text of an unskipped file.

        Raises:
            NotFound: the path is not in the inventory or was skipped.
        """

    def parsed_entries(self) -> Iterator[FileEntry]:
        """The entries with ``skip is None``, in path order."""
