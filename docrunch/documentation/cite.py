"""Citations: ``path#Lx-Ly`` as inline code, and a link where the source has a public address.

A path may hold characters that would end the citation or deceive the reader (ticks, white space at the ends, control
characters, "%"); they are percent-encoded in it, and `parse` decodes them.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

import msgspec

from docrunch.documentation.escape import visible
from docrunch.source.model import FileEntry, SourceRef

_GIT_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_URL = re.compile(r"https://[a-z0-9.-]+(?::\d+)?/[A-Za-z0-9._~/-]+", re.IGNORECASE)
_PLAIN_PATH = re.compile(r"[\w./+@=,()-]+", re.ASCII)
_CITATION = re.compile(r"`([^`\n]+?)#L(\d{1,9})-L(\d{1,9})`")


class Citation(msgspec.Struct, frozen=True):
    path: str
    start: int  # 1-based, inclusive
    end: int


def parse(markdown: str) -> Iterator[Citation]:
    """Every citation in a page, in order."""
    for path, start, end in _CITATION.findall(markdown):
        yield Citation(decode_path(path.replace("\\|", "|")), int(start), int(end))


def encode_path(path: str) -> str:
    if _PLAIN_PATH.fullmatch(path):
        return path
    made = "".join(quote(c, safe="", errors="replace") if _unsafe(c) else c for c in path)
    kept = made.strip(" ")
    return made if kept == made else made.replace(" ", "%20")


def decode_path(path: str) -> str:
    return unquote(path) if "%" in path else path


def _unsafe(character: str) -> bool:
    return character in "%`\\#|" or not character.isprintable() or visible(character) != character


def blob_base(source: SourceRef) -> str | None:
    """``https://host/owner/name/blob/<commit>/`` for a git commit of a source with an https address, else None."""
    if source.url is None or not _GIT_SHA.fullmatch(source.commit):
        return None
    url = source.url.removesuffix("/").removesuffix(".git")
    return f"{url}/blob/{source.commit}/" if _URL.fullmatch(url) and "/." not in url else None


BASE = "\0"  # stands for the public address in a page that is not placed yet; no escaped text holds it


def placed(text: str, source: SourceRef) -> str:
    """A page with the public address of its commit in every citation.

    The address changes with every commit and is the same for all pages, so pages are made without it.
    """
    base = blob_base(source)
    return text if base is None else text.replace(BASE, base)


class Citer:
    """Makes citations of one tree, to be `placed`; lines beyond the end of a file are clamped to lines that exist."""

    def __init__(self, source: SourceRef, entries: tuple[FileEntry, ...]) -> None:
        self._linked = blob_base(source) is not None
        self._lines = {entry.path: entry.lines for entry in entries}
        self._shown: dict[str, tuple[str, str]] = {}  # path → as text, as part of an address

    @property
    def linked(self) -> bool:
        """Whether citations are links."""
        return self._linked

    def lines(self, path: str) -> int:
        """Lines that can be cited; 0 for a file that is empty or not in the tree."""
        return self._lines.get(path, 0)

    def __call__(self, path: str, start: int, end: int = 0) -> str:
        """``end`` 0 cites one line; an empty file or one that is not in the tree is named without lines."""
        known = self._shown.get(path)
        if known is None:
            known = self._shown[path] = (encode_path(path), quote(path, errors="replace"))
        shown, address = known
        last = self._lines.get(path, 0)
        if last < 1:
            return f"`{shown}`"
        low = last if start > last else start if start > 1 else 1
        high = last if end > last else end if end > low else low
        if not self._linked:
            return f"`{shown}#L{low}-L{high}`"
        return f"[`{shown}#L{low}-L{high}`]({BASE}{address}#L{low}-L{high})"
