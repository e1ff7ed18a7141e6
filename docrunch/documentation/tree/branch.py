"""A tree on a branch of a local git repository: read from its newest commit, written as one commit."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from docrunch.documentation.tree.files import ABSENT, MAX_PAGE_BYTES, Found, Kind
from docrunch.documentation.tree.manifest import bytes_of
from docrunch.documentation.tree.names import BESIDE, MANIFEST, PageRefused
from docrunch.documentation.tree.repository import EXECUTABLE, REGULAR, CommitText, Listed, RefMoved, Repository
from docrunch.errors import Conflict

ATTEMPTS = 5  # when somebody commits to the same branch at the same time

Result = TypeVar("Result")


class BranchFiles:
    """Implements `Files` over one commit; what is written stays in memory until `commit`.

    Args:
        ref: full name.
        prefix: folder of the tree in the branch, "" or ending in /.
    """

    def __init__(self, repository: Repository, ref: str, prefix: str = "") -> None:
        self._repository = repository
        self._ref = ref
        self._prefix = prefix
        self._base = repository.head(ref)
        self._listed = repository.list_files(self._base, prefix) if self._base else {}
        self._folders = {path[:at] for path in self._listed for at, char in enumerate(path) if char == "/"}
        self._contents: dict[str, bytes] = {}  # by object id
        self._changes: dict[str, bytes | None] = {}

    def expect(self, paths: list[str]) -> None:
        both = [each for path in paths for each in (path, path + BESIDE)]
        wanted = {
            found.oid
            for path in both
            if (found := self._listed.get(path)) and _is_page(found) and found.oid not in self._contents
        }
        self._contents.update(self._repository.blobs(sorted(wanted)))

    def read(self, path: str) -> Found:
        if path in self._changes:
            data = self._changes[path]
            return ABSENT if data is None else Found(Kind.FILE, data)
        found = self._listed.get(path)
        if found is None:
            return self._no_file(path)
        if not _is_page(found):
            return Found(Kind.OTHER)
        if found.oid not in self._contents:
            self._contents.update(self._repository.blobs([found.oid]))
        return Found(Kind.FILE, self._contents[found.oid])

    def _no_file(self, path: str) -> Found:
        if path in self._folders:
            return Found(Kind.FOLDER)
        for folder in [path[:at] for at, char in enumerate(path) if char == "/"]:
            if self._changes.get(folder) is not None or (folder in self._listed and folder not in self._changes):
                raise PageRefused(f"{folder} is a link or a file where a folder must be: move it away")
        return ABSENT

    def exists(self, path: str) -> bool:
        if path in self._changes:
            return self._changes[path] is not None
        return path in self._listed and self._listed[path].mode in (REGULAR, EXECUTABLE)

    def stage(self, data: bytes) -> object:
        return data

    def place(self, staged: object, path: str, before: Found) -> None:
        assert isinstance(staged, bytes)  # noqa: S101 - what `stage` gave
        self.read(path)  # what is in the way of it is told
        self._changes[path] = staged

    def remove(self, path: str, before: Found) -> None:
        self._changes[path] = None

    def read_manifest(self) -> bytes | None:
        return bytes_of(self.read(MANIFEST), f"{MANIFEST} of {self._ref}", "Choose another branch.")

    def write_manifest(self, data: bytes) -> None:
        self._changes[MANIFEST] = data

    def is_empty(self) -> bool:
        return not self._listed

    def everything(self) -> Iterator[str]:
        now = {path for path, found in self._listed.items() if found.mode in (REGULAR, EXECUTABLE)}
        for path, data in self._changes.items():
            (now.discard if data is None else now.add)(path)
        yield from sorted(now - {MANIFEST})

    def paths(self) -> list[str]:
        """Of all files of the commit that was read."""
        return sorted(self._listed)

    def clear(self) -> int:
        """Take everything away. Returns the number of files."""
        self._changes = dict.fromkeys(self._listed)
        return len(self._listed)

    def commit(self, text: CommitText) -> str | None:
        """One commit of all that was written; None where that changes nothing.

        Raises:
            RefMoved: somebody else committed meanwhile.
        """
        changes = {
            path: data
            for path, data in self._changes.items()
            if data is not None or path in self._listed
        }  # fmt: skip
        if not changes:
            return None
        return self._repository.commit(self._ref, self._base, self._prefix, changes, text)


def on_branch(
    repository: Repository, ref: str, prefix: str, work: Callable[[BranchFiles], tuple[Result, CommitText]]
) -> tuple[Result, str | None]:
    """What ``work`` gives, committed; it is done again on top of what others commit meanwhile.

    Raises:
        Conflict: others commit faster.
    """
    for _ in range(ATTEMPTS):
        files = BranchFiles(repository, ref, prefix)
        result, text = work(files)
        try:
            return result, files.commit(text)
        except RefMoved:
            continue
    raise Conflict(f"{ref} of {repository.root} moves while we commit", hint="Try again when nobody commits to it.")


def _is_page(found: Listed) -> bool:
    return found.mode in (REGULAR, EXECUTABLE) and 0 <= found.size <= MAX_PAGE_BYTES
