"""Names of entities and texts: a function of one row alone, so that any file can name what it refers to."""

import hashlib
import re
from pathlib import PurePosixPath

MAX_NAME = 512  # characters; what the store's columns hold
MAX_KEY = 255
SEPARATOR = "<SEP>"  # joins several values in the store's columns

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"\s+")
_INDEX = frozenset({"__init__", "index", "mod"})


def clean(text: str) -> str:
    """Text that every store takes: line feeds and tabs are the only control characters, no lone surrogates."""
    return _CONTROL.sub("", text)


def bounded(text: str, most: int) -> str:
    """At most ``most`` characters; a longer one ends with a hash of the whole."""
    if len(text) <= most:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{text[: most - 18]}..{digest}"


def one_line(text: str) -> str:
    """A name as part of a row: no line breaks, nothing that separates values."""
    return _SPACE.sub(" ", clean(text)).replace(SEPARATOR, "<sep>").strip()


def entity_name(kind: str, path: str, qualified_name: str) -> str:
    """``<path>::<name in the file>``; the path alone for a file, ``ext::…`` for an external, ``pkg::…`` for a package.

    Symbols of one file with one qualified name (overloads, merged declarations) have one name.
    """
    if kind == "external":
        return bounded(f"ext::{one_line(qualified_name)}", MAX_NAME)
    if kind in ("package", "repository"):
        return bounded(f"{'pkg' if kind == 'package' else 'repo'}::{one_line(qualified_name)}", MAX_NAME)
    if kind == "module":
        return bounded(one_line(path), MAX_NAME)
    return bounded(f"{one_line(path)}::{one_line(local_name(path, qualified_name))}", MAX_NAME)


def document_name(kind: str, key: str) -> str:
    """Entity of a page, finding, decision or report."""
    return bounded(f"{kind}::{one_line(key)}", MAX_NAME)


def local_name(path: str, qualified_name: str) -> str:
    """The name without what the path says already: ``pkg.cart.Cart.add`` in ``src/pkg/cart.py`` is ``Cart.add``."""
    if "/" in qualified_name:  # Go, TypeScript: import/path.Type.Method
        tail = qualified_name.rsplit("/", 1)[1]
        return tail.split(".", 1)[1] if "." in tail else tail
    parts = list(PurePosixPath(path).parts)
    if parts:
        parts[-1] = parts[-1].split(".", 1)[0]
    names = qualified_name.split(".")
    for places in (parts, parts[:-1]):  # of the module, else of its package or namespace
        found = _after(places if not places or places[-1] not in _INDEX else places[:-1], names)
        if found:
            return ".".join(found)
    return qualified_name


def _after(places: list[str], names: list[str]) -> list[str]:
    """What follows the longest beginning of ``names`` that is an end of ``places``; nothing where none is."""
    for size in range(min(len(places), len(names) - 1), 0, -1):
        if places[-size:] == names[:size]:
            return names[size:]
    return []


def piece_id(home: str, entity: str, part: int) -> str:
    """Id of one text. It says where the text stands and not what it says: a changed text replaces its row."""
    digest = hashlib.sha256(f"{home}\0{entity}\0{part}".encode("utf-8", "replace")).hexdigest()
    return f"chunk-{digest[:32]}"
