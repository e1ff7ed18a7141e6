"""Trees on one branch of a local git repository, each in its folder ``<slug>/<ref>``; never pushed.

A generation that is being built is on a ref of its own below ``refs/docrunch/``, which no clone fetches.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from docrunch.documentation.tree.branch import BranchFiles, on_branch
from docrunch.documentation.tree.check import TreeState, check_tree, read_manifest
from docrunch.documentation.tree.files import Kind
from docrunch.documentation.tree.manifest import decode_manifest
from docrunch.documentation.tree.names import MANIFEST
from docrunch.documentation.tree.place import Place
from docrunch.documentation.tree.repository import CommitText, Repository
from docrunch.documentation.tree.writer import TreeWriter, Written

_BUILDING = "refs/docrunch/"


class Branches:
    """Implements `Trees` on a branch.

    Raises:
        NotFound: there is no such repository.
    """

    def __init__(self, root: Path, branch: str) -> None:
        self.repository = Repository(root)
        self.branch = branch

    def update(self, place: Place, pages: Mapping[str, str], removed: Iterable[str], text: CommitText) -> Written:
        gone = list(removed)
        ref, prefix = self._where(place)

        def work(files: BranchFiles) -> tuple[Written, CommitText]:
            writer = TreeWriter(files, "" if files.read_manifest() else place.key)
            done = writer.update(pages, gone)
            return done, described(text, done)

        return on_branch(self.repository, ref, prefix, work)[0]

    def check(self, place: Place, expected: Mapping[str, str] | None = None, *, complete: bool = True) -> TreeState:
        building = _BUILDING + place.key
        if self.repository.head(building) is not None:
            return check_tree(BranchFiles(self.repository, building), expected, complete=complete)
        files = BranchFiles(self.repository, f"refs/heads/{self.branch}", _prefix(place))
        return check_tree(files, expected, complete=complete)

    def rebuild(self, place: Place) -> None:
        ref = _BUILDING + place.key
        if self._owner(place) == place.key:
            return  # it is read already, and may hold what people committed
        while (head := self.repository.head(ref)) is not None:
            self.repository.delete(ref, head)

        def work(files: BranchFiles) -> tuple[None, CommitText]:
            TreeWriter(files, place.key).save(building=True)
            return None, CommitText(f"Pages of {place.slug} {place.ref}, being made anew\n", 0)

        on_branch(self.repository, ref, "", work)

    def activate(self, place: Place, text: CommitText) -> None:
        building = _BUILDING + place.key
        head = self.repository.head(building)
        if head is None:
            return
        pages = _texts(BranchFiles(self.repository, building))

        def work(files: BranchFiles) -> tuple[None, CommitText]:
            writer = TreeWriter(files, place.key)
            done = writer.mirror(pages)
            return None, described(text, done)

        on_branch(self.repository, self._branch(), _prefix(place), work)
        self.repository.delete(building, head)

    def drop(self, place: Place, text: CommitText) -> int:
        building = _BUILDING + place.key
        head = self.repository.head(building)
        if head is not None:
            number = sum(1 for _ in BranchFiles(self.repository, building).everything())
            self.repository.delete(building, head)
            return number
        if self._owner(place) != place.key:
            return 0  # never there, or a later generation took its place

        def work(files: BranchFiles) -> tuple[int, CommitText]:
            return files.clear(), text

        return on_branch(self.repository, self._branch(), _prefix(place), work)[0]

    def left(self, repository_id: int) -> dict[str, int]:
        """Of the newest commit; commits before it keep what they hold until the branch is rewritten."""
        mine = f"r{repository_id}_"
        refs = sum(1 for ref in self.repository.refs(_BUILDING) if ref.startswith(_BUILDING + mine))
        files = BranchFiles(self.repository, f"refs/heads/{self.branch}")
        manifests = [path for path in files.paths() if path.endswith(f"/{MANIFEST}")]
        trees = 0
        for path in manifests:
            found = files.read(path)
            trees += found.kind is Kind.FILE and decode_manifest(found.data).owner.startswith(mine)
        return {kind: number for kind, number in (("trees", trees), ("refs", refs)) if number}

    def recover(self) -> int:
        """A commit is there whole or not at all."""
        return 0

    def generation(self, place: Place) -> Place | None:
        return place.at(self._owner(place))

    def shown(self, place: Place) -> str:
        return f"{self.repository.root}, branch {self.branch}, {_prefix(place)}"

    def health(self) -> dict[str, object]:
        head = self.repository.head(self._branch())
        return {"path": str(self.repository.root), "branch": self.branch, "commit": head}

    def _owner(self, place: Place) -> str:
        """Key of the generation that the branch shows."""
        return read_manifest(BranchFiles(self.repository, f"refs/heads/{self.branch}", _prefix(place))).owner

    def _branch(self) -> str:
        return self.repository.check_branch(self.branch)

    def _where(self, place: Place) -> tuple[str, str]:
        building = _BUILDING + place.key
        if self.repository.head(building) is not None:
            return building, ""
        return self._branch(), _prefix(place)


def described(text: CommitText, done: Written) -> CommitText:
    """The message of a commit, with what it does."""
    counted = [
        f"{len(found)} {what}"
        for found, what in ((done.written, "written"), (done.removed, "removed"), (done.kept, "kept as edited"))
        if found
    ]
    return CommitText(f"{text.message.rstrip()}\n\nPages: {', '.join(counted) or 'none changed'}.\n", text.seconds)


def _prefix(place: Place) -> str:
    return f"{place.slug}/{place.folder}/"


def _texts(files: BranchFiles) -> dict[str, str]:
    """Pages of a tree as they were given."""
    manifest = read_manifest(files)
    files.expect(sorted(manifest.pages))
    found = {}
    for path, entry in manifest.pages.items():
        with suppress(UnicodeDecodeError):
            found[path] = entry.text or files.read(path).data.decode()
    return found
