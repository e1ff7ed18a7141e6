"""Paths of an inventory: which are safe to name, and how one that is not is still listed."""

import re

from docrunch.canonical import sha256_hex

MAX_COMPONENTS = 128

_UNSAFE_CHARACTER = re.compile(r"[\x00-\x1f\x7f\\%\u0080-\u009f\u2028\u2029\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\\u0080-\u009f\u2028\u2029\ud800-\udfff]")


def decode_path(raw: bytes) -> str:
    """Bytes of a path as text; bytes that are not UTF-8 become lone surrogates, which no safe path holds."""
    return raw.decode("utf-8", "surrogateescape")


def is_safe(path: str, max_bytes: int) -> bool:
    """Relative, "/" separated, without ``.``, ``..``, empty parts, backslashes or control characters."""
    if not path or path.startswith("/") or _CONTROL.search(path) or len(path.encode()) > max_bytes:
        return False
    parts = path.split("/")
    return len(parts) <= MAX_COMPONENTS and not any(part in {"", ".", ".."} for part in parts)


def listed_name(path: str) -> str:
    """A safe, recognisable name under which an unsafe path appears in the inventory (percent-encoded, ≤ 240)."""
    raw = path.encode("utf-8", "surrogateescape")
    parts = _UNSAFE_CHARACTER.sub(_percent, path).split("/")
    shown = "/".join("%2E" * len(part) if part in {".", ".."} else part for part in parts)
    shown = shown.replace("//", "/%2F") if "//" in shown else shown
    if shown.startswith("/"):
        shown = "%2F" + shown[1:]
    if shown.endswith("/"):
        shown = shown[:-1] + "%2F"
    if len(shown.encode()) > 240 or shown.count("/") > 20 or not is_safe(shown, 240):
        shown = shown.replace("/", "%2F")[:120].encode("utf-8")[:200].decode("utf-8", "ignore")
        shown += "~" + sha256_hex(raw)[:12]
    return shown


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found.group().encode("utf-8", "surrogateescape"))
