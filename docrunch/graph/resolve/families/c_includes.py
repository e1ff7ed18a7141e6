"""Rule: includes. Which file of the repository an include names, and which files a file sees through them.

No build says which directories a compiler searches, so they are read off the tree: the file's own directory for a
quoted include; else the files whose path ends in what is written, of which one must be closest or be in a directory
called ``include`` or ``src``. What the standard library provides is never a file of the repository for ``<…>``.
"""

import posixpath

from docrunch.graph.layout import join, parent_of
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.interface import WHOLE
from docrunch.graph.resolve.reads import C_HEADERS

_STANDARD_WORDS = """
    assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic
    stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype unistd fcntl dirent
    pthread strings dlfcn poll sched semaphore syslog termios netdb memory malloc alloca io windows
"""
_STANDARD = frozenset(f"{word}.h" for word in _STANDARD_WORDS.split())
_ROOTS = frozenset({"include", "inc", "src", "source", "lib"})
Seen = frozenset[int]


class Includes:
    def __init__(self, index: Index) -> None:
        self._index = index
        self._by_name: dict[str, list[str]] = {}
        for number, path in enumerate(index.paths):
            if index.families[number] == "c":
                self._by_name.setdefault(posixpath.basename(path), []).append(path)
        self._direct: dict[int, tuple[tuple[str, ...], tuple[int, ...]]] = {}
        self._seen: dict[int, tuple[Seen, int]] = {}

    def table(self) -> dict[str, str]:
        """What `file` reads of the tree, by the name of the reading."""
        return {name: "\n".join(paths) for name, paths in self._by_name.items()}

    def file(self, file: int, module: str) -> int:
        """The file that an include names (``"a.h"`` or ``<a.h>``, as written), -1 without exactly one."""
        base = posixpath.basename(module[1:-1])
        self._index.reads.note(C_HEADERS, base)
        return self._find(file, module)

    def seen(self, file: int) -> Seen:
        """The file itself and what it includes, directly or not."""
        return self._index.reads.remembered(self._seen, file, self._closure)

    def _closure(self, file: int) -> Seen:
        found = {file}
        pending = [file]
        reads, paths = self._index.reads, self._index.paths
        while pending:
            current = pending.pop()
            reads.note(paths[current], WHOLE)
            bases, direct = self._includes(current)
            for base in bases:
                reads.note(C_HEADERS, base)
            for each in direct:
                if each not in found:
                    found.add(each)
                    pending.append(each)
        return frozenset(found)

    def _includes(self, file: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Base names of the includes of a file, and the files they name."""
        known = self._direct.get(file)
        if known is None:
            modules = dict.fromkeys(
                using.module for using in self._index.usings(file) if using.module[:1] in ('"', "<")
            )
            bases = tuple(dict.fromkeys(posixpath.basename(module[1:-1]) for module in modules))
            targets = tuple(dict.fromkeys(at for module in modules if (at := self._find(file, module)) >= 0))
            known = self._direct[file] = (bases, targets)
        return known

    def _find(self, file: int, module: str) -> int:
        written, quoted = module[1:-1], module[0] == '"'
        candidates = self._by_name.get(posixpath.basename(written), [])
        if not candidates or (not quoted and written in _STANDARD):
            return -1
        own = self._index.paths[file]
        if quoted:
            beside = join(parent_of(own), written)
            if beside in candidates:
                return self._index.file_of[beside]
        tail = posixpath.normpath(written).lstrip("./")
        fitting = [path for path in candidates if (path == tail or path.endswith("/" + tail)) and path != own]
        chosen = _closest(own, tail, fitting)
        return self._index.file_of[chosen] if chosen else -1


def _closest(own: str, tail: str, fitting: list[str]) -> str:
    """The only file, else the only one below an include root, of those that share most directories with ``own``."""
    if len(fitting) > 1:
        shared = {
            path: len(posixpath.commonpath([own, path]).split("/")) if _meet(own, path) else 0 for path in fitting
        }
        most = max(shared.values())
        fitting = [path for path in fitting if shared[path] == most]
    if len(fitting) > 1:
        rooted = [path for path in fitting if posixpath.basename(path[: -len(tail)].rstrip("/")) in _ROOTS]
        fitting = rooted or fitting
    return fitting[0] if len(fitting) == 1 else ""


def _meet(first: str, second: str) -> bool:
    return bool(posixpath.commonpath([first, second]))
