"""Many texts in two arrays: they are read one at a time, from memory or from a mapped file."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Order = npt.NDArray[np.int32]
_ENCODING = ("utf-8", "surrogatepass")  # names of files need not be Unicode


class Texts:
    """``blob``: uint8, all texts in UTF-8 one after another; ``ends``: int64, where each ends."""

    def __init__(self, blob: npt.NDArray[np.uint8], ends: Numbers) -> None:
        self.blob = blob
        self.ends = ends

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Texts":
        encoded = [text.encode(*_ENCODING) for text in texts]
        ends = np.cumsum([len(each) for each in encoded], dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), np.uint8), ends)

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, number: int) -> str:
        return self.raw(number).decode(*_ENCODING)

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def raw(self, number: int) -> bytes:
        start = int(self.ends[number - 1]) if number else 0
        return self.blob[start : int(self.ends[number])].tobytes()

    def order(self) -> Order:
        """The numbers of the texts in the order of their bytes, equal ones by number."""
        return np.array(sorted(range(len(self)), key=self.raw), np.int32)

    def holding(self, pattern: re.Pattern[bytes]) -> list[int]:
        """The numbers of the texts that have a match, which must not be longer than one text."""
        at = [found.start() for found in pattern.finditer(self.blob.data)]
        return [int(number) for number in np.unique(np.searchsorted(self.ends, at, "right"))]

    def find(self, text: str, order: Order) -> list[int]:
        """The numbers of the texts that are equal to ``text``, by `order`."""
        wanted = text.encode(*_ENCODING)
        key: Callable[[int], bytes] = self.raw
        found = []
        for place in range(bisect_left(order, wanted, key=key), len(order)):
            if self.raw(int(order[place])) != wanted:
                break
            found.append(int(order[place]))
        return found
