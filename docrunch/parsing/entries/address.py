"""Addresses of routes: how a prefix and a path are joined."""

import re
from collections.abc import Sequence

UNKNOWN = "{…}"  # a part that is computed
MAX_ADDRESS = 200  # characters; a thousand groups inside of each other are no longer than that
_LABEL = re.compile(r"(?:([A-Z][A-Z,]*) )?(.*)", re.DOTALL)


def joined(prefix: str, path: str) -> str:
    """``/users`` and ``{id}`` → ``/users/{id}``."""
    if not prefix.strip("/"):
        return path[:MAX_ADDRESS] if path or not prefix else "/"
    return f"/{prefix.strip('/')}/{path.lstrip('/')}".rstrip("/")[:MAX_ADDRESS]


def below(label: str, prefixes: Sequence[str], framework: str, own: str = "") -> str:
    """A route that is put below prefixes, the outermost first. Args: ``own``: the start of its path that goes away."""
    found = _LABEL.fullmatch(label)
    verb, path = (found[1] or "", found[2]) if found is not None else ("", label)
    if own.strip("/"):
        path = path.removeprefix(f"/{own.strip('/')}")
    for prefix in reversed(prefixes):
        path = prefix + path if framework == "django" else joined(prefix, path)
    return f"{verb} {path}".strip()
