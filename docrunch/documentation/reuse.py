"""Texts kept from one input to the next: a page is made again only where something it read has changed."""

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from docrunch.documentation.reader import Reader, Reads
from docrunch.documentation.world import World

MAX_BYTES = 128_000_000  # of texts and notes; 48 MB were too few for 2,900 files of SymPy and Django
_READ_BYTES = 150  # of one noted read: a tuple, a digest, its share of a path


class Kept(msgspec.Struct, frozen=True, gc=False):
    text: str
    reads: Reads
    size: int  # bytes in memory, estimated


class KeptTexts:
    """The newest text of every name, with what it was made from; the longest unused go first.

    Made for one process: templates and views are those that made the texts. Threads may share it.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[str, str], Kept] = OrderedDict()
        self._lock = threading.Lock()
        self.size = 0  # bytes, estimated
        self.made = 0  # texts that were not found

    def text(self, world: World, of: str, name: str, make: Callable[[Reader], str]) -> str:
        """What ``make`` gives for this world.

        Args:
            of: what the names belong to; one name of it has one text.
            make: a function of what its reader answers and of ``name``, and of nothing else.
        """
        with self._lock:
            kept = self._kept.get((of, name))
        if kept is not None and kept.reads.hold(world):
            with self._lock:
                if (of, name) in self._kept:
                    self._kept.move_to_end((of, name))
            return kept.text
        reader = Reader(world)
        text = make(reader)
        self._keep((of, name), text, reader.reads())
        return text

    def _keep(self, key: tuple[str, str], text: str, reads: Reads) -> None:
        kept = Kept(text, reads, sys.getsizeof(text) + _READ_BYTES * reads.count())
        with self._lock:
            self.made += 1
            self._drop(key)
            self._kept[key] = kept
            self.size += kept.size
            while self.size > self._max_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[str, str]) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self.size -= kept.size
