"""What was read while something was computed, so that it is computed again when one of these readings changes.

A reading is a (group, name) pair: the group is the path of a file and the name one of its parts
(`docrunch.graph.resolve.interface`), or the group is one of the questions about the tree as a whole listed here.
Readings are noted in the frame of the question that is being answered. An answer that is kept remembers its frame as
a node, and whoever is given the answer notes that node: a look-up costs one addition to a set, and what a file read
is found afterwards by following the nodes (`Reads.closure`).
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import NamedTuple, TypeVar

# Groups that are no path: no path holds a NUL.
SLOT = "\0slot"  # name: a path up to the first "." of its base name; which files of that kind exist
DIRECTORY = "\0directory"  # name: a directory; whether Python files are below it
PACKAGE_NODE = "\0package"  # name: a directory; whether it is a package of the graph, and which node
UNIQUE = "\0unique"  # name: family NUL method name; which files define such methods, and whether a property does
ATTACHED = "\0attached"  # name: path NUL local name of a type; the methods written outside it
OWNERS = "\0owners"  # name: path; the types of the methods with a receiver in that file
SCOPE_FILES = "\0scope-files"  # name: family NUL key of a shared scope; its files
SCOPE_NAME = "\0scope-name"  # name: family NUL key NUL name; the definitions of that name in all files of the scope
SCOPE_BELOW = "\0scope-below"  # name: family NUL key; whether it is the start of the key of a shared scope
GO_IMPORT = "\0go-import"  # name: import path; the package it means
C_HEADERS = "\0c-headers"  # name: a base name; the C and C++ files called so
CONTRACT = "\0contract"  # name: a method; the interfaces that types fulfil unsaid of which it is the first
TABLE = "\0table"  # name: of a table or model in lower case; the tables of that name
MENTION = "\0mention"  # name: the last part of a local name; the exported symbols of that name, of any language
NAMESPACE = "\0namespace"  # name: family NUL full name; whether files declare it or something below it
MOUNTED = "\0mounted"  # name: path NUL local name of a router; what puts its routes below addresses
EXTENSION = "\0extension"  # name: family NUL name; the files that define extension methods of that name
RUST_PLACE = "\0rust-place"  # name: crate::module path; the file of that module

_Key = TypeVar("_Key", bound=Hashable)
_Answer = TypeVar("_Answer")


def slot(path: str) -> str:
    """``a/b.test.ts`` → ``a/b``: every suffix that a module name may stand for has one slot."""
    cut = path.find(".", path.rfind("/") + 1)
    return path[:cut] if cut >= 0 else path


class Numbered(NamedTuple):
    """Readings in the order of their numbers, and the numbers by group and name. Never changed."""

    keys: tuple[tuple[str, str], ...]
    numbers: Mapping[str, dict[str, int]]

    @classmethod
    def of(cls, keys: Iterable[tuple[str, str]]) -> "Numbered":
        """Of readings that are all different."""
        listed = tuple(keys)
        numbers: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for number, (group, name) in enumerate(listed):
            numbers[group][name] = number
        return cls(listed, dict(numbers))


class Reads:
    """``frame`` holds nodes (≥ 0) and readings (< 0, the complement of their number in ``keys``)."""

    __slots__ = ("_numbers", "_shared", "frame", "keys", "nodes")

    def __init__(self) -> None:
        self.frame: set[int] = set()
        self.keys: list[tuple[str, str]] = []
        self.nodes: list[tuple[int, ...]] = [()]
        self._numbers: dict[str, dict[str, int]] = {}
        self._shared: set[str] = set()  # groups whose dictionary belongs to a `Numbered`, too

    def note(self, group: str, name: str) -> None:
        self.frame.add(~self.number(group, name))

    def number(self, group: str, name: str) -> int:
        """The number of a reading, made when first asked for."""
        numbers = self._numbers.get(group)
        if numbers is None:
            numbers = self._numbers[group] = {}
        number = numbers.get(name)
        if number is None:
            if group in self._shared:
                self._shared.remove(group)
                numbers = self._numbers[group] = dict(numbers)
            number = numbers[name] = len(self.keys)
            self.keys.append((group, name))
        return number

    def take(self, known: Numbered) -> None:
        """Go on from readings that have numbers, before any other is made."""
        self.keys, self._numbers, self._shared = list(known.keys), dict(known.numbers), set(known.numbers)

    def numbered(self) -> Numbered:
        """All readings. What is returned does not change any more."""
        self._shared = set(self._numbers)
        return Numbered(tuple(self.keys), dict(self._numbers))

    def numbers(self, group: str) -> Mapping[str, int]:
        """The readings of a group by name."""
        return self._numbers.get(group, {})

    def node(self, frame: set[int]) -> int:
        """The node of an answer made from a frame; 0 where nothing was read."""
        if not frame:
            return 0
        self.nodes.append(tuple(frame))
        return len(self.nodes) - 1

    def remembered(
        self, cache: dict[_Key, tuple[_Answer, int]], key: _Key, answer: Callable[[_Key], _Answer]
    ) -> _Answer:
        """An answer that no circle can cut, from the cache where it is known; its readings are noted either way."""
        found = cache.get(key)
        if found is None:
            outer = self.frame
            self.frame = set()
            try:
                value = answer(key)
            finally:
                frame, self.frame = self.frame, outer
                outer |= frame
            found = cache[key] = (value, self.node(frame))
        self.frame.add(found[1])
        return found[0]

    def closure(self, frame: Iterable[int], own: str) -> frozenset[int]:
        """Numbers of all readings that a frame leads to, those of the group ``own`` left out."""
        found: set[int] = set()
        nodes = self.nodes
        pending = set(frame)
        seen: set[int] = {0}
        while pending:
            item = pending.pop()
            if item < 0:
                found.add(~item)
            elif item not in seen:
                seen.add(item)
                pending.update(nodes[item])
        return frozenset(found.difference(self._numbers.get(own, {}).values()))
