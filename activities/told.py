"""What the SCIP indexes of a scan say about its references; they are objects, named by the scan's options."""

from collections.abc import Callable, Mapping, Sequence

from activities.worlds import Worlds
from db.objects import ObjectKind, reference
from docrunch.graph.told import NOTHING, Told
from docrunch.options import ScanOptions
from docrunch.parsing.model import FileFacts
from docrunch.scip.match import match


def index_objects(options: ScanOptions) -> dict[str, str]:
    """The indexes as objects of a scan, by the names under which its row keeps them."""
    return {f"scip-{number}": reference(ObjectKind.INDEX, sha) for number, sha in enumerate(options.scip)}


class Telling:
    """Indexes and texts, to be asked with whatever facts a link works with."""

    def __init__(self, indexes: Sequence[memoryview], text: Callable[[str], bytes]) -> None:
        self._indexes = indexes
        self._text = text
        self.counts: dict[str, int] = {}  # of the last answer: definitions, references, and what was left out

    def of(self, facts: Mapping[str, FileFacts], expect: Callable[[Sequence[str]], None] = lambda _: None) -> Told:
        """Raises: InvalidArchive, LimitExceeded: an index is damaged, or too much."""
        if not self._indexes:
            return NOTHING
        found = match(self._indexes, facts, self._text, expect)
        self.counts = found.counts()
        return found.told


async def telling(worlds: Worlds, options: ScanOptions, text: Callable[[str], bytes]) -> Telling:
    """Raises:
    ObjectMissing: an index was cleaned up.
    """
    return Telling([await worlds.index(sha) for sha in options.scip], text)
