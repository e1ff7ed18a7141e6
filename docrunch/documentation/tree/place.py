"""The trees of many refs under one roof, each in generations: the port to the place that holds them."""

import re
from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

from docrunch.documentation.tree.check import TreeState
from docrunch.documentation.tree.names import ref_folder
from docrunch.documentation.tree.repository import CommitText
from docrunch.documentation.tree.writer import Written
from docrunch.errors import UsageError

_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]*")
KEY = re.compile(r"r(\d+)_(\d+)_g(\d+)")


class Place(msgspec.Struct, frozen=True):
    """One generation of the tree of one ref.

    Raises:
        UsageError: the slug is no slug.
    """

    repository_id: int
    slug: str
    ref_id: int
    ref: str
    generation: int

    def __post_init__(self) -> None:
        if not _SLUG.fullmatch(self.slug):
            raise UsageError(f"{self.slug!r} is no slug of a repository")

    def at(self, key: str) -> "Place | None":
        """The generation with that key, if it is one of the same ref."""
        found = KEY.fullmatch(key)
        if found is None or (int(found[1]), int(found[2])) != (self.repository_id, self.ref_id):
            return None
        return msgspec.structs.replace(self, generation=int(found[3]))

    @property
    def key(self) -> str:
        return f"r{self.repository_id}_{self.ref_id}_g{self.generation}"

    @property
    def folder(self) -> str:
        """Name of the directory of the ref, below that of the repository."""
        return ref_folder(self.ref)


class Trees(Protocol):
    """Every method may be repeated: the second time changes nothing.

    Raises (all methods):
        OSError, DocrunchError: the place as a whole fails.
    """

    def update(self, place: Place, pages: Mapping[str, str], removed: Iterable[str], text: CommitText) -> Written:
        """`TreeWriter.update` of a tree; what readers see is whole at any time."""

    def check(self, place: Place, expected: Mapping[str, str] | None = None, *, complete: bool = True) -> TreeState:
        """`check_tree` of a tree."""

    def rebuild(self, place: Place) -> None:
        """Make an empty tree that readers do not see until `activate`."""

    def activate(self, place: Place, text: CommitText) -> None:
        """Readers see this generation from now on; what people wrote into the one before is carried over."""

    def drop(self, place: Place, text: CommitText) -> int:
        """Remove a generation; the last one with what people wrote into it. Returns the number of files."""

    def left(self, repository_id: int) -> dict[str, int]:
        """What is still there of a repository, by kind."""

    def recover(self) -> int:
        """Make whole what a killed process left. Returns the number of pages and trees it was about."""

    def generation(self, place: Place) -> Place | None:
        """The generation of the same ref that readers see; None without one."""

    def shown(self, place: Place) -> str:
        """Where people find the tree of the ref, whatever its generation."""

    def health(self) -> dict[str, object]:
        """Where it is, and what it holds. Raises as all methods where it takes no writes."""
