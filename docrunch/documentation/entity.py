"""A page as what derived stores and searches know of it: its kind, its title, its bytes."""

import hashlib
import posixpath
import re

import msgspec

from docrunch.documentation import paths
from docrunch.documentation.model import Page

_KINDS_OF_PAGES = {
    paths.INDEX: "index",
    paths.ARCHITECTURE: "architecture",
    paths.MODULE_INDEX: "module_index",
    paths.SCHEMA: "schema",
}
_KINDS_OF_FOLDERS = {
    "modules": "module",
    "functions": "function",
    "schemas": "schema",
    "patterns": "pattern",
    "decisions": "decision",
    "tasks": "task",
}
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
MAX_TITLE = 200  # characters


class PageEntity(msgspec.Struct, frozen=True):
    """``text`` is what can be stored anywhere; ``content_hash`` is the sha256 of its UTF-8 bytes."""

    path: str
    kind: str
    title: str
    text: str
    content_hash: bytes

    @property
    def size(self) -> int:
        """Bytes of the text."""
        return len(self.text.encode())


def page_entity(page: Page) -> PageEntity:
    """Lone surrogates and NUL, which no store takes, become question marks."""
    text = page.text.replace("\0", "?").encode("utf-8", "replace").decode()
    return PageEntity(page.path, page_kind(page.path), page_title(text) or page.path, text, page_hash(text))


def page_hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def page_kind(path: str) -> str:
    """``index | architecture | module_index | schema | module | function | pattern | decision | task | page``."""
    return _KINDS_OF_PAGES.get(path) or _KINDS_OF_FOLDERS.get(posixpath.dirname(path), "page")


def page_title(text: str) -> str:
    """The first heading, without markup; empty without one."""
    heading = next((line[2:] for line in text.split("\n", 20)[:20] if line.startswith("# ")), "")
    return _ESCAPED.sub(r"\1", heading.replace("`", "")).strip()[:MAX_TITLE]
