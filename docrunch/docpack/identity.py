"""The bytes of JSON members and the identity of a docpack."""

import msgspec

from docrunch.canonical import canonical_json, sha256_hex
from docrunch.docpack.schema import Manifest


def member_json(value: msgspec.Struct) -> bytes:
    """Compact UTF-8 JSON with keys sorted at every level, and one LF."""
    return canonical_json(value) + b"\n"


def manifest_json(manifest: Manifest) -> bytes:
    """The same form as every other JSON member."""
    return member_json(manifest)


def manifest_id(manifest: Manifest) -> str:
    """sha256 of the canonical manifest (keys sorted at every level, compact, no final LF) without its ``id``."""
    plain = msgspec.to_builtins(manifest)
    del plain["id"]
    return sha256_hex(canonical_json(plain))
