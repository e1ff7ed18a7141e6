"""What people wrote into one generation of a tree, brought into the next one."""

from docrunch.documentation.tree.check import read_manifest
from docrunch.documentation.tree.files import Files, Kind
from docrunch.documentation.tree.manifest import Entry, Manifest, encode_manifest, sha256
from docrunch.documentation.tree.names import BESIDE, PageRefused


def carry_edits(old: Files, new: Files) -> int:
    """Copy edited pages and files of people; our newer page then lies beside the edited one. Returns how many.

    What is in the new tree already and is not ours stays: it is what people wrote last.
    """
    before, after = read_manifest(old), read_manifest(new)
    entries = dict(after.pages)
    ours_beside = {path + BESIDE for path, entry in before.pages.items() if entry.beside}
    carried = 0
    for path in old.everything():
        entry = before.pages.get(path)
        found = old.read(path)
        if found.kind is not Kind.FILE or path in ours_beside or (entry and entry.is_ours(sha256(found.data))):
            continue
        made = _carry_one(new, path, found.data, entry, entries.get(path))
        if made is not None:
            carried += 1
            if entry is not None or path in entries:
                entries[path] = made
    made_manifest = encode_manifest(Manifest(after.owner, after.building, entries))
    if made_manifest != new.read_manifest():
        new.write_manifest(made_manifest)
    return carried


def _carry_one(new: Files, path: str, data: bytes, base: Entry | None, entry: Entry | None) -> Entry | None:
    """Returns the entry of the page in the new tree; None where nothing was to be done."""
    now = new.read(path)
    wrote = base.wrote if base else ""
    if now.kind is Kind.ABSENT:
        new.place(new.stage(data), path, now)
        return Entry(wrote=wrote, gone=True)
    found = sha256(now.data) if now.kind is Kind.FILE else ""
    if entry is not None and found == sha256(data):
        return _carried_before(new, path, wrote, entry)
    if entry is None or not entry.is_ours(found):
        return None
    beside = ""
    if found != wrote:  # the page changed since it was edited
        place = new.read(path + BESIDE)
        if place.kind is not Kind.ABSENT:
            raise PageRefused(f"{path}{BESIDE} is in the way")
        new.place(new.stage(now.data), path + BESIDE, place)
        beside = found
    new.place(new.stage(data), path, now)
    return Entry(entry.content, wrote, beside, text=entry.text)


def _carried_before(new: Files, path: str, wrote: str, entry: Entry) -> Entry | None:
    """The edit is there. Where whoever brought it was killed before the manifest was written, it is told now."""
    newer = new.read(path + BESIDE)
    if entry.wrote == wrote or newer.kind is not Kind.FILE or sha256(newer.data) != entry.wrote:
        return None
    return Entry(entry.content, wrote, entry.wrote, text=entry.text)
