"""What people wrote into one generation of a tree, brought into the next one."""

from msgspec.structs import replace

from docrunch.documentation.tree.check import read_manifest
from docrunch.documentation.tree.files import Files, Found, Kind
from docrunch.documentation.tree.manifest import NEW, Entry, Manifest, encode_manifest, sha256
from docrunch.documentation.tree.names import BESIDE, PageRefused

KEPT = ".kept"  # appended to the name of what finds no room in the new tree


def carry_edits(old: Files, new: Files) -> int:
    """Copy edited pages and files of people; our newer page then lies beside the edited one. Returns how many.

    What is in the new tree already and is not ours stays: it is what people wrote last.
    """
    before, after = read_manifest(old), read_manifest(new)
    entries = dict(after.pages)
    carried = 0
    for path in old.everything():
        found = old.read(path)
        if found.kind is not Kind.FILE or _is_ours(before, path, sha256(found.data)):
            continue
        carried += 1
        try:
            _carry(new, path, found.data, before.pages.get(path), entries)
        except PageRefused:
            _carry_aside(new, path, found.data)
    made = encode_manifest(Manifest(after.owner, after.building, entries))
    if made != new.read_manifest():
        new.write_manifest(made)
    return carried


def _is_ours(manifest: Manifest, path: str, found: str) -> bool:
    page = manifest.pages.get(path.removesuffix(BESIDE), NEW)
    return page.is_ours_beside(found) if path.endswith(BESIDE) else page.is_ours(found)


def _carry(new: Files, path: str, data: bytes, base: Entry | None, entries: dict[str, Entry]) -> None:
    """Raises:
    PageRefused: something is in the way.
    """
    now = new.read(path)
    page = path.removesuffix(BESIDE)
    if path != page and page in entries:  # what was ours beside an edited page, and then was edited as well
        if now.kind is Kind.ABSENT or _hash(now) == entries[page].beside:
            new.place(new.stage(data), path, now)
            entries[page] = replace(entries[page], beside="")
    elif now.kind is Kind.ABSENT:
        new.place(new.stage(data), path, now)
        if base is not None:
            entries[path] = Entry(wrote=base.wrote, gone=True)
    elif now.kind is not Kind.FILE:
        raise PageRefused(f"{path} is in the way")
    elif path in entries:
        entries[path] = _carry_page(new, path, data, now, base.wrote if base else "", entries[path])


def _carry_page(new: Files, path: str, data: bytes, now: Found, wrote: str, entry: Entry) -> Entry:
    """An edit of a page that is there: it takes its place, and ours goes beside it where it is another version.

    ``wrote``: what the edit is of.
    """
    found = _hash(now)
    newer = new.read(path + BESIDE)
    if found == sha256(data):  # it was brought before, perhaps by somebody who was killed then
        told = entry.wrote != wrote and _hash(newer) == entry.wrote
        return replace(entry, wrote=wrote, beside=entry.wrote) if told else entry
    if not entry.is_ours(found):
        return entry
    beside = ""
    if found != wrote and newer.kind is Kind.ABSENT:
        new.place(new.stage(now.data), path + BESIDE, newer)
        beside = found
    new.place(new.stage(data), path, now)
    return Entry(entry.content, wrote, beside, text=entry.text)


def _carry_aside(new: Files, path: str, data: bytes) -> None:
    """A folder where a file was, or the other way round: nothing is lost, but it gets another name."""
    place = path.replace("/", "-") + KEPT
    now = new.read(place)
    if now.kind is Kind.ABSENT:
        new.place(new.stage(data), place, now)


def _hash(found: Found) -> str:
    return sha256(found.data) if found.kind is Kind.FILE else ""
