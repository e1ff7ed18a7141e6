"""Names of pages: a readable slug of at most 80 characters and 8 hash characters that make it unique."""

import base64
import hashlib
import posixpath
import re

INDEX = "index.md"
ARCHITECTURE = "architecture.md"
MODULE_INDEX = "modules/index.md"
SCHEMA = "schemas/index.md"

MAX_SLUG = 80
_UNSAFE = re.compile(r"[^a-z0-9._-]+")
_DOTS = re.compile(r"\.{2,}")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\.")  # a file ``con.f.md`` cannot be made on Windows


def page_name(name: str, *identity: str) -> str:
    """``<slug>-<8 base32 characters of sha256(identity)>.md``, lower case only, so unique without regard to case."""
    digest = hashlib.sha256("\0".join(identity).encode("utf-8", "surrogatepass")).digest()
    short = base64.b32encode(digest).decode("ascii").lower()[:8]
    slug = _DOTS.sub(".", _UNSAFE.sub("-", name.lower())).strip("-._")
    slug = slug[-MAX_SLUG:].strip("-._") or "page"
    found = _DEVICE.match(slug)
    return f"{f'{found[1]}-{slug[found.end() :]}' if found else slug}-{short}.md"


def module_page(qualified_name: str, path: str) -> str:
    return "modules/" + page_name(qualified_name or path, "module", path)


def function_page(qualified_name: str, node_id: str) -> str:
    return "functions/" + page_name(qualified_name, "function", node_id)


def decision_page(path: str) -> str:
    stem = posixpath.splitext(posixpath.basename(path))[0]
    return "decisions/" + page_name(stem, "decision", path)


def relative(page: str, target: str) -> str:
    """Link from one page to another, both plain paths from the documentation root.

    `posixpath.relpath` asks the kernel for the working directory each time: a third of the time of all pages.
    """
    above, there = page.split("/")[:-1], target.split("/")
    shared = 0
    while shared < min(len(above), len(there) - 1) and above[shared] == there[shared]:
        shared += 1
    return "/".join([".."] * (len(above) - shared) + there[shared:])
