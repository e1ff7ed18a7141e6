"""Identifiers that other tools rely on (architecture §4.1), each made by one function here."""

import hashlib
import re
from typing import NewType

NodeId = NewType("NodeId", str)
ChunkId = NewType("ChunkId", str)
Sha256 = NewType("Sha256", str)

_SLUG_UNSAFE = re.compile(r"[^a-z0-9._-]+")
_ARCHIVE_SUFFIX = re.compile(r"\.(zip|tar\.gz|tgz)$", re.IGNORECASE)


_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = tuple(first + second for first in _BASE32 for second in _BASE32)
_SHIFTS = tuple(range(120, -1, -10))


def _short_hash(*parts: str) -> str:
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
    bits = int.from_bytes(digest[:17], "big") >> 6  # 130 bits: 26 characters
    pairs = _PAIRS
    return "".join([pairs[bits >> shift & 1023] for shift in _SHIFTS])


def node_id(path: str, qualified_name: str, kind: str, ordinal: int) -> NodeId:
    """``n_`` + 26 base32 characters of sha256(path NUL qualified name NUL kind NUL ordinal).

    ``ordinal`` counts, in source order and from 0, the nodes that are equal in the other three. External
    nodes have an empty path. The repository is not part of the id.
    """
    return NodeId("n_" + _short_hash(path, qualified_name, kind, str(ordinal)))


def chunk_id(path: str, local_name: str, kind: str, ordinal: int, part: int) -> ChunkId:
    """``c_`` + 26 base32 characters; ``part`` numbers the windows of one symbol or section from 0."""
    return ChunkId("c_" + _short_hash(path, local_name, kind, str(ordinal), str(part)))


def text_sha(text: str) -> Sha256:
    """The key of a text in the embedding cache: sha256 of its UTF-8 bytes, hexadecimal."""
    return Sha256(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


def slug(repository: str) -> str:
    """``[a-z0-9._-]+``; the caller appends ``-2``, ``-3`` … where another repository owns the slug already."""
    made = _SLUG_UNSAFE.sub("-", repository.lower()).strip("-.")
    return made[:80] or "repository"


def strip_archive_suffix(name: str) -> str:
    """``flask-3.0.tar.gz`` → ``flask-3.0``."""
    return _ARCHIVE_SUFFIX.sub("", name)


def request_hash(*parts: str) -> str:
    """First 12 hexadecimal characters of the sha256 over options, extractor and encoder ids."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def job_id(slug_: str, commit: str, request: str) -> str:
    """Workflow id of the main job: ``docpack:{slug}:{commit[:12]}:{request_hash}``."""
    return f"docpack:{slug_}:{short_commit(commit)}:{request}"


def short_commit(commit: str) -> str:
    """Twelve characters that tell commits apart, also for ``tree:<sha256>`` and ``<sha>+dirty:<sha256>``."""
    if "+dirty:" in commit:
        sha, dirty = commit.split("+dirty:", 1)
        return sha[:7] + dirty[:5]
    return commit.removeprefix("tree:")[:12]
