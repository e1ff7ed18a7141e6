"""Paths of pages, checked again where they become files: no page leaves its tree, whoever made it."""

import base64
import hashlib
import re
import unicodedata

MANIFEST = ".docrunch-pages.json"
BESIDE = ".new"  # appended to the path of a page that somebody edited
MAX_NAME = 255  # bytes: what file systems take
MAX_PATH = 1_024  # bytes
MAX_DEPTH = 16
MAX_REF = 80  # characters of a ref in the name of its directory

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\\\\\u2028\u2029\ud800-\udfff]")
_PLAIN_REF = re.compile(r"[a-z0-9_@][a-z0-9._@-]*")
_HASHED = re.compile(r"-[a-z2-7]{8}$")


class PageRefused(Exception):
    """One page cannot be where it should be; the others can. The text is the reason, for people."""


def check_page_path(path: str) -> None:
    """Raises:
    PageRefused: the path is not plainly below the root of a tree, or could be taken for a file of ours.
    """
    parts = path.split("/")
    if _CONTROL.search(path):
        raise PageRefused("its path holds characters that no page has")
    if not path.endswith(".md"):
        raise PageRefused("its path does not end in .md")
    if len(parts) > MAX_DEPTH or len(path.encode()) > MAX_PATH or any(len(part.encode()) > MAX_NAME for part in parts):
        raise PageRefused("its path is too long")
    if any(part.startswith(".") or not part.strip() or ":" in part for part in parts):
        raise PageRefused("its path is not a plain path below the documentation")


def same_name(path: str) -> str:
    """Equal for paths that some file systems take for one."""
    return unicodedata.normalize("NFC", path.casefold())


def is_index(path: str) -> bool:
    """Pages that list other pages: their links follow the pages that are there."""
    return path.rpartition("/")[2] == "index.md"


def ref_folder(ref: str) -> str:
    """The directory of a ref: its name where that is plain, else a slug of it with 8 hash characters.

    Two refs never share one, on any file system: what looks like a hashed name is hashed itself.
    """
    if _PLAIN_REF.fullmatch(ref) and len(ref) <= MAX_REF and not _HASHED.search(ref) and ".." not in ref:
        return ref
    short = base64.b32encode(hashlib.sha256(ref.encode("utf-8", "surrogatepass")).digest()).decode().lower()[:8]
    slug = re.sub(r"[^a-z0-9_@-]+", "-", ref.lower())[:MAX_REF].strip("-")
    return f"{slug or 'ref'}-{short}"
