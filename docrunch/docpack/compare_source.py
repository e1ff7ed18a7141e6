"""Comparing a source map, which is untrusted, with the files it claims to describe."""

import hashlib
import os
import stat
from pathlib import Path

from docrunch.docpack.schema import SourceMapMember
from docrunch.documentation.problem import Problem
from docrunch.source.model import TreeReader

_CHUNK = 1 << 20


def compare_tree(source_map: SourceMapMember, tree: TreeReader) -> tuple[int, list[Problem]]:
    """Number of files compared, and what differs between the map and the inventory of a tree."""
    entries = {entry.path: entry for entry in tree.entries}
    problems = []
    for path in sorted(set(entries) | set(source_map.files)):
        entry, file = entries.get(path), source_map.files.get(path)
        if entry is None or file is None:
            problems.append(Problem("source", path, "not in the source" if entry is None else "not in the docpack"))
        elif (entry.sha256, entry.text_sha256, entry.size, entry.lines) != (
            file.sha256,
            file.text_sha256,
            file.size,
            file.lines,
        ):
            problems.append(Problem("source", path, "the file has another content"))
    return len(entries), problems


def compare_directory(source_map: SourceMapMember, root: Path) -> tuple[int, list[Problem]]:
    """Number of files compared, and what differs below a directory. No symbolic link is followed."""
    problems = []
    compared = 0
    for path, file in sorted(source_map.files.items()):
        if not file.sha256:
            continue  # not read when it was scanned, so there is nothing to compare
        compared += 1
        found = _hash_below(root, path)
        if found is None:
            problems.append(Problem("source", path, "the file is missing, or is no plain file"))
        elif found != file.sha256:
            problems.append(Problem("source", path, "the file has another content"))
    return compared, problems


def _hash_below(root: Path, path: str) -> str | None:
    parts = path.split("/")
    if any(part in {"", ".", ".."} or "\0" in part for part in parts):
        return None
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        for part in parts[:-1]:
            below = os.open(part, flags | os.O_DIRECTORY, dir_fd=folder)
            os.close(folder)
            folder = below
        handle = os.open(parts[-1], flags | os.O_NONBLOCK, dir_fd=folder)
    except (OSError, ValueError):
        return None
    finally:
        os.close(folder)
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        digest = hashlib.sha256()
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
