"""What a tree holds, against what it should hold. Files are read; the manifest only says which of them are ours."""

from collections.abc import Mapping

import msgspec

from docrunch.documentation.tree.files import Files, Found, Kind
from docrunch.documentation.tree.manifest import NEW, Entry, Manifest, decode_manifest, sha256
from docrunch.documentation.tree.names import BESIDE, PageRefused


class TreeState(msgspec.Struct, frozen=True):
    """Paths, sorted. ``edited``: pages that somebody changed; ``beside``: those of them with a newer version in a
    ``*.new``; ``kept``: edited pages that are no pages any more; ``unlinked``: indexes without some of their links."""

    pages: int = 0
    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    unlinked: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()  # of people, never touched

    def counts(self) -> dict[str, int]:
        """What is no drift, as numbers."""
        told = ("edited", "beside", "kept", "unlinked", "foreign")
        return {"pages": self.pages, **{name: len(getattr(self, name)) for name in told}}


def read_manifest(files: Files) -> Manifest:
    data = files.read_manifest()
    return decode_manifest(data) if data is not None else Manifest()


def check_tree(files: Files, expected: Mapping[str, str] | None = None, *, complete: bool = True) -> TreeState:
    """Args:
    expected: page → sha256 (hex) of its text; None: what the manifest says.
    complete: there are no other pages.
    """
    manifest = read_manifest(files)
    known = manifest.pages
    wanted = dict(expected) if expected is not None else {p: e.content for p, e in known.items() if not e.gone}
    found: dict[str, list[str]] = {name: [] for name in TreeState.__struct_fields__}
    files.expect(sorted({*wanted, *known}))
    for path, content in sorted(wanted.items()):
        for verdict in _verdicts(files, path, content, known.get(path, NEW)):
            found[verdict].append(path)
    if complete:
        for path in sorted(known.keys() - wanted.keys()):
            now = _read(files, path)
            if now.kind is not Kind.ABSENT:
                ours = now.kind is Kind.FILE and known[path].is_ours(sha256(now.data))
                found["extra" if ours and not known[path].gone else "kept"].append(path)
        ours_beside = {path + BESIDE for path, entry in known.items() if entry.beside}
        found["foreign"] = [each for each in files.everything() if each not in known and each not in ours_beside]
        found["foreign"] = [each for each in found["foreign"] if each not in wanted]
    pages = len(wanted) - len(found["missing"])
    return TreeState(pages, **{name: tuple(paths) for name, paths in found.items() if name != "pages"})


def _verdicts(files: Files, path: str, content: str, entry: Entry) -> list[str]:
    """Names of the fields of `TreeState` that a page belongs to."""
    now = _read(files, path)
    if now.kind is Kind.ABSENT:
        return ["missing"]
    found = sha256(now.data) if now.kind is Kind.FILE else ""
    if found and found == content:
        return []
    if found and entry.is_ours(found):
        return ["unlinked"] if entry.text and entry.content == content else ["stale"]
    if entry.wrote == content or (entry.content == content and not entry.beside):
        return ["edited"]  # of this very version
    newer = _read(files, path + BESIDE)
    current = newer.kind is Kind.FILE and entry.content == content and sha256(newer.data) == entry.beside
    return ["edited", "beside"] if current else ["edited", "stale"]


def _read(files: Files, path: str) -> Found:
    try:
        return files.read(path)
    except PageRefused:
        return Found(Kind.OTHER)
