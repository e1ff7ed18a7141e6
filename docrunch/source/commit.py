"""The files of one commit, from git to the intake."""

from docrunch.source.git import GitShim, Row
from docrunch.source.intake import Candidate, Intake
from docrunch.source.model import Skip

_SYMLINK, _SUBMODULE, _EXECUTABLE = "120000", "160000", "100755"


def candidate_of(row: Row) -> Candidate:
    skip = None
    if row.mode == _SYMLINK:
        skip = Skip.SYMLINK
    elif row.mode == _SUBMODULE:
        skip = Skip.SUBMODULE
    elif row.kind != "blob":
        skip = Skip.SPECIAL
    return Candidate(path=row.path, size=max(row.size, 0), executable=row.mode == _EXECUTABLE, skip=skip)


def read_commit(shim: GitShim, commit: str, intake: Intake, known_by: str = "") -> None:
    """All files of a commit through the intake.

    Args:
        known_by: the directory of objects, where it lasts: its blobs are then known by their ids, and those that were
            read before are not read again.
    """
    wanted: list[Row] = []
    for row in shim.list_tree(commit):
        candidate = candidate_of(row)
        if intake.admit(candidate):
            if row.size < 0:
                intake.lose(candidate, "object_missing", "not in this clone")
            elif not (known_by and intake.recall(candidate, _content(known_by, row))):
                wanted.append(row)
    if not wanted:
        return
    for row, content in shim.blobs(wanted):
        if content is None:
            intake.lose(candidate_of(row), "object_damaged", "git could not give the content that its id promises")
        else:
            intake.store(candidate_of(row), content, _content(known_by, row) if known_by else "")


def _content(known_by: str, row: Row) -> str:
    """As `FileKey` names it."""
    return f"git:{known_by}:{row.oid}"
