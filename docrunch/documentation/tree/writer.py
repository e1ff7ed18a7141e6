"""Pages into a tree: only what changed, never over what somebody wrote, and whole again after a kill at any instant.

The order is what makes it so. All bytes are staged first: a full disk changes nothing. The manifest then names what is
about to be written, so that bytes found later are known to be ours. Pages are put in place one by one, then the
indexes, which link to no page that is not there, then pages are removed, and last the manifest says what is.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec

from docrunch.documentation.tree.files import Changed, Files, Found, Kind
from docrunch.documentation.tree.links import without_links
from docrunch.documentation.tree.manifest import NEW, Entry, Manifest, decode_manifest, encode_manifest, sha256
from docrunch.documentation.tree.names import BESIDE, PageRefused, check_page_path, is_index, same_name
from docrunch.errors import Conflict

_TAKEN = "another page has this path where case does not count: {}"
_BOTH_EDITED = "it was edited, and so was the newer version beside it (*.new): move one of the two away"


@dataclass(slots=True)
class Written:
    """What an update did. ``kept``: pages that somebody edited, left as they are. ``failed``: path → reason."""

    files: int = 0  # written or removed, ``*.new`` included, the manifest not
    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Step:
    """Bytes for one path, staged; ``entry`` is what the manifest says once they are there."""

    page: str
    path: str
    before: Found
    staged: object
    entry: Entry


class TreeWriter:
    """One update of one tree at a time.

    Args:
        owner: whose tree this is; "" leaves it as it is.
        adopt: files without a manifest are pages of a tree of ours: those that differ from ours are somebody's.

    Raises:
        Conflict: the place holds files and no manifest, or one that cannot be read.
    """

    def __init__(self, files: Files, owner: str = "", *, adopt: bool = False) -> None:
        self._files = files
        self._appeared = False  # a page where none was: indexes may link to it
        data = files.read_manifest()
        if data is None and not adopt and not files.is_empty():
            raise Conflict(
                "the place for the pages holds files that docrunch did not write",
                hint="Choose another directory or branch, or move those files away.",
            )
        self._stored = data
        found = decode_manifest(data) if data is not None else Manifest()
        self.manifest = msgspec.structs.replace(found, owner=owner or found.owner)
        self._pages: dict[str, Entry] = dict(found.pages)

    def update(self, pages: Mapping[str, str], removed: Iterable[str] = ()) -> Written:
        """Bring pages in (path → text) and take others away. What cannot be done for one page is told in ``failed``.

        Raises:
            OSError: the place fails as a whole; what was done so far is whole, and doing it again finishes it.
        """
        done = Written()
        leaving = [path for path in dict.fromkeys(removed) if path not in pages]
        wanted = self._checked(pages, leaving, done)
        self._files.expect(sorted({*wanted, *leaving, *filter(is_index, self._pages)}))
        plain = {path: text for path, text in wanted.items() if not is_index(path)}
        self._write({path: (text, text) for path, text in sorted(plain.items())}, done)
        staying = self._staying(leaving)
        if wanted.keys() - plain.keys() or self._appeared or len(staying) < len(leaving):
            self._write(self._indexes(wanted, set(leaving) - staying), done)
        for path in leaving:
            self._remove(path, done)
        self.save()
        return done

    def mirror(self, pages: Mapping[str, str]) -> Written:
        """`update` to exactly these pages."""
        return self.update(pages, [path for path, entry in self._pages.items() if path not in pages and not entry.gone])

    def save(self, *, building: bool | None = None) -> None:
        """Write the manifest, if it says anything new."""
        building = self.manifest.building if building is None else building
        self.manifest = Manifest(self.manifest.owner, building, dict(self._pages))
        data = encode_manifest(self.manifest)
        nothing = self._stored is None and not self._pages and not building
        if data != self._stored and not nothing:
            self._files.write_manifest(data)
            self._stored = data

    # ── what to do ──

    def _checked(self, pages: Mapping[str, str], leaving: Iterable[str], done: Written) -> dict[str, str]:
        wanted = {}
        taken = {same_name(path): path for path in self._pages.keys() - set(leaving)}
        for path, text in sorted(pages.items()):
            try:
                check_page_path(path)
                other = taken.setdefault(same_name(path), path)
                if other != path:
                    raise PageRefused(_TAKEN.format(other))
            except PageRefused as refused:
                done.failed[path] = str(refused)
            else:
                wanted[path] = text
        return wanted

    def _staying(self, leaving: Iterable[str]) -> set[str]:
        """Those of the pages to be removed that are not ours to remove."""
        found = set()
        for path in leaving:
            try:
                now = self._files.read(path)
            except PageRefused:
                continue
            entry = self._pages.get(path, NEW)
            if now.kind is Kind.OTHER or (now.kind is Kind.FILE and not entry.is_ours(sha256(now.data))):
                found.add(path)
        return found

    def _indexes(self, wanted: Mapping[str, str], leaving: set[str]) -> dict[str, tuple[str, str]]:
        """Index pages, those that do not change included, as (text as given, text to write)."""
        known: dict[str, bool] = {}

        def exists(path: str) -> bool:
            if path not in known:
                known[path] = path in given or (path not in leaving and self._has(path))
            return known[path]

        given = {path: text for path, text in wanted.items() if is_index(path)}
        for path in filter(is_index, self._pages):
            if path not in given and path not in leaving and (text := self._given(path)) is not None:
                given[path] = text
        return {path: (text, without_links(text, path, exists)) for path, text in sorted(given.items())}

    def _has(self, path: str) -> bool:
        try:
            check_page_path(path)
        except PageRefused:
            return False
        return self._files.exists(path)

    def _given(self, path: str) -> str | None:
        """The text that an index was given with; None where somebody's edit is all there is."""
        entry = self._pages[path]
        if entry.text:
            return entry.text
        for place, content in ((path, entry.wrote), (path + BESIDE, entry.beside)):
            with suppress(PageRefused):
                found = self._files.read(place)
                if found.kind is Kind.FILE and content == entry.content == sha256(found.data):
                    return found.data.decode()
        return None

    # ── doing it ──

    def _write(self, texts: Mapping[str, tuple[str, str]], done: Written) -> None:
        steps = []
        for path, (given, text) in texts.items():
            try:
                step = self._plan(path, given, text.encode("utf-8", "replace"), done)
            except PageRefused as refused:
                done.failed[path] = str(refused)
            else:
                if step is not None:
                    steps.append(step)
        if not steps:
            return
        old = {step.page: self._pages.get(step.page) for step in steps}
        for step in steps:
            writing = step.entry.wrote if step.path == step.page else step.entry.beside
            self._pages[step.page] = msgspec.structs.replace(old[step.page] or NEW, writing=writing)
        self.save()
        for step in steps:
            try:
                self._files.place(step.staged, step.path, step.before)
            except (PageRefused, Changed) as error:
                done.failed[step.page] = str(error) or "it was changed while it was being written"
                self._restore(step.page, old[step.page])
            else:
                self._pages[step.page] = step.entry
                done.written.append(step.path)
                done.files += 1
                if step.path == step.page:
                    self._appeared |= step.before.kind is Kind.ABSENT
                    self._drop_beside(step.page, old[step.page] or NEW, done)

    def _plan(self, path: str, given: str, data: bytes, done: Written) -> _Step | None:
        """What to write for one page, staged; None where nothing is to be written."""
        entry, wanted = self._pages.get(path, NEW), sha256(data)
        content = sha256(given.encode("utf-8", "replace"))
        text = given if content != wanted else ""
        now = self._files.read(path)
        found = sha256(now.data) if now.kind is Kind.FILE else ""
        if now.kind is Kind.FOLDER:
            raise PageRefused("a folder is where the page must be: move it away")
        if found == wanted:
            self._pages[path] = Entry(content, wanted, entry.beside, text=text)
            self._drop_beside(path, entry, done)
            return None
        if now.kind is Kind.ABSENT or entry.is_ours(found):
            made = Entry(content, wanted, entry.beside, text=text)
            return _Step(path, path, now, self._files.stage(data), made)
        done.kept.append(path)
        if wanted == entry.wrote:  # what was edited is this version: there is nothing newer to put beside it
            self._pages[path] = Entry(content, wanted, entry.beside, text=text)
            self._drop_beside(path, entry, done)
            return None
        return self._plan_beside(path, Entry(content, entry.wrote, wanted, text=text), data)

    def _plan_beside(self, path: str, made: Entry, data: bytes) -> _Step | None:
        place, entry = path + BESIDE, self._pages.get(path, NEW)
        now = self._files.read(place)
        found = sha256(now.data) if now.kind is Kind.FILE else ""
        if found == made.beside:
            self._pages[path] = made
            return None
        if now.kind is not Kind.ABSENT and not (found and entry.is_ours_beside(found)):
            raise PageRefused(_BOTH_EDITED)
        return _Step(path, place, now, self._files.stage(data), made)

    def _restore(self, path: str, entry: Entry | None) -> None:
        if entry is None:
            self._pages.pop(path, None)
        else:
            self._pages[path] = entry

    def _drop_beside(self, path: str, entry: Entry, done: Written) -> None:
        """The page itself is the newest version: what we put beside it goes, unless somebody wrote into it."""
        now = self._files.read(path + BESIDE) if entry.beside or entry.writing else None
        if now is not None and now.kind is Kind.FILE and entry.is_ours_beside(sha256(now.data)):
            try:
                self._files.remove(path + BESIDE, now)
            except Changed:
                return  # somebody writes into it now: it is theirs
            done.files += 1
        if path in self._pages:
            self._pages[path] = msgspec.structs.replace(self._pages[path], beside="")

    def _remove(self, path: str, done: Written) -> None:
        entry = self._pages.get(path)
        if entry is None:
            return  # nothing of ours is there
        try:
            now = self._files.read(path)
            self._drop_beside(path, entry, done)
            if now.kind is Kind.FILE and entry.is_ours(sha256(now.data)):
                self._files.remove(path, now)
                done.files += 1
                done.removed.append(path)
        except (PageRefused, Changed) as error:
            done.failed[path] = str(error) or "it was changed while it was being removed"
            return
        if now.kind is Kind.OTHER or (now.kind is Kind.FILE and path not in done.removed):
            done.kept.append(path)
            self._pages[path] = Entry(wrote=entry.wrote, gone=True)
        else:
            del self._pages[path]

    # ── after a kill ──

    def settle(self) -> int:
        """Finish the notes about writes that did not end. Returns how many pages they were about."""
        unsettled = [path for path, entry in self._pages.items() if entry.writing]
        self._files.expect(unsettled)
        for path in unsettled:
            entry = self._pages[path]
            placed = [self._hash(path) == entry.writing, self._hash(path + BESIDE) == entry.writing]
            if any(placed):
                # Which page it stands for is not known here: "" makes the next update of the page look at it again.
                wrote, beside = (entry.writing if placed[0] else entry.wrote), entry.beside
                self._pages[path] = Entry("", wrote, entry.writing if placed[1] else beside, text=entry.text)
            elif entry.wrote or entry.beside:
                self._pages[path] = msgspec.structs.replace(entry, writing="")
            else:
                del self._pages[path]
        self.save()
        return len(unsettled)

    def _hash(self, path: str) -> str:
        try:
            found = self._files.read(path)
        except PageRefused:
            return ""
        return sha256(found.data) if found.kind is Kind.FILE else ""
