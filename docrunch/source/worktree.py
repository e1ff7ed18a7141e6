"""The working tree of a repository, and whether it differs from its commit."""

from pathlib import Path

import msgspec

from docrunch.options import ScanOptions
from docrunch.source.directory import DirectoryWalk, exclude_file
from docrunch.source.git import GitShim, Row, blob_id
from docrunch.source.intake import Intake
from docrunch.source.layout import GitLayout
from docrunch.source.refs import Target

_SUBMODULE = "160000"


class WorktreeState(msgspec.Struct, frozen=True):
    head: str | None  # sha of the commit checked out; None before the first commit
    dirty: bool

    def commit(self, tree_sha256: str) -> str:
        """``<sha>``, ``<sha>+dirty:<tree>``, or ``tree:<tree>`` before the first commit."""
        if self.head is None:
            return f"tree:{tree_sha256}"
        return f"{self.head}+dirty:{tree_sha256}" if self.dirty else self.head


def read_worktree(
    layout: GitLayout, target: Target | None, options: ScanOptions, workdir: Path, intake: Intake
) -> WorktreeState:
    """Files on disk that are tracked or not ignored. Tracked means: in the commit (the index is not read)."""
    head, rows = _committed(layout, target, workdir)
    comparison = _Comparison(layout.object_format)
    walk = DirectoryWalk(
        intake,
        tracked=frozenset(row.path for row in rows if row.mode != _SUBMODULE),
        submodules={row.path: 0 for row in rows if row.mode == _SUBMODULE},
        on_file=comparison.saw,
        extra_patterns=exclude_file(layout.common_dir),
        max_file_bytes=options.limits.max_file_bytes,
    )
    walk.read(layout.root)
    return WorktreeState(head=head, dirty=comparison.differs(rows, intake))


def _committed(layout: GitLayout, target: Target | None, workdir: Path) -> tuple[str | None, list[Row]]:
    if target is None:
        return None, []
    shim = GitShim(workdir / "shim.git", layout.objects, object_format=layout.object_format)
    head = shim.commit_of(target.revision, target.ref)
    return head, shim.list_tree(head)


class _Comparison:
    """What was read from disk against what the commit lists, by git's own ids, so that no blob is read twice."""

    def __init__(self, algorithm: str) -> None:
        self._algorithm = algorithm
        self._found: dict[str, tuple[str, str]] = {}

    def saw(self, path: str, mode: str, raw: bytes) -> None:
        self._found[path] = (mode, blob_id(raw, self._algorithm))

    def differs(self, rows: list[Row], intake: Intake) -> bool:
        """Over the files that the scan reads; those it skips unread are compared by presence and size."""
        committed = {row.path: row for row in rows if intake.selection.covers(row.path)}
        for path, (mode, oid) in self._found.items():
            row = committed.get(path)
            if row is None or (row.mode, row.oid) != (mode, oid):
                return True
        unread = {path: row.size for path, row in committed.items() if path not in self._found}
        present = intake.unread_sizes()
        own = {path for path in unread if intake.selection.excludes(path)}
        return {p: s for p, s in unread.items() if p not in own and s >= 0} != {
            p: s for p, s in present.items() if p not in own
        }
