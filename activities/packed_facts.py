"""Facts of many files, of which few are values at a time: the others are the bytes that the cache stores."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from threading import Lock

import msgspec

from docrunch.parsing.codec import decode_facts
from docrunch.parsing.model import FileFacts

UNPACKED_BYTES = 32 << 20  # of facts that are kept as values beside those of the process; ≈ 350 files


class Stored(msgspec.Struct, frozen=True):
    """Facts of one file, ``encoded`` ones being 4 KB where values are 90 KB. Exactly one of both."""

    value: FileFacts | None = None  # of the memory of the process, which holds it anyway
    encoded: bytes = b""


class PackedFacts(Mapping[str, FileFacts]):
    """By path, in the order given. For any thread; a value may be decoded more than once, to equal values."""

    def __init__(self, stored: Mapping[str, Stored], most: int = UNPACKED_BYTES) -> None:
        self._stored = stored
        self._most = most
        self._values: OrderedDict[str, FileFacts] = OrderedDict()
        self._held = 0
        self._lock = Lock()

    def apart(self) -> "PackedFacts":
        """The same facts with values of its own, for a step after which nothing of them should be left."""
        return PackedFacts(self._stored, self._most)

    def __getitem__(self, path: str) -> FileFacts:
        stored = self._stored[path]
        if stored.value is not None:
            return stored.value
        with self._lock:
            known = self._values.get(path)
            if known is not None:
                self._values.move_to_end(path)
                return known
        found = decode_facts(stored.encoded)
        with self._lock:
            if path not in self._values:
                self._values[path] = found
                self._held += memory_of(found)
            while self._held > self._most:
                self._held -= memory_of(self._values.popitem(last=False)[1])
        return found

    def __contains__(self, path: object) -> bool:
        return path in self._stored

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)


def memory_of(facts: FileFacts) -> int:
    """Bytes that decoded facts take, roughly: what the rows of each kind take on average, strings included."""
    small = len(facts.references) + len(facts.bindings) + len(facts.imports) + len(facts.markers) + len(facts.sections)
    return 2_000 + 1_000 * len(facts.symbols) + 260 * small
