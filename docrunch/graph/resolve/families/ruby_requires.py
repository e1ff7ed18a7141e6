"""Which file ``require`` and ``require_relative`` load."""

import posixpath

from docrunch.graph.layout import ancestors, join, parent_of
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.interface import Using
from docrunch.graph.resolve.reads import SLOT, slot
from docrunch.graph.resolve.values import EXACT, EXTERNAL, MISSING_MODULE, MODULE, Value, miss

_ROOTS = ("lib", "app", "spec", "test", "")  # of load paths, below a directory around the file that requires
_MOST_LIBRARIES = 64  # gems of one repository that are looked through


class RubyRequires:
    def __init__(self, key: str, index: Index) -> None:
        self._index = index
        self._found: dict[tuple[str, str, int], tuple[Value, int]] = {}
        libraries = {
            path[: at + 3]
            for path, family in zip(index.paths, index.families, strict=True)
            if family == key and (at := f"/{path}".find("/lib/")) >= 0
        }
        self.libraries = sorted(libraries)[:_MOST_LIBRARIES]

    def module(self, file: int, found: Using) -> Value:
        key = (parent_of(self._index.paths[file]), found.module, found.level)
        return self._index.reads.remembered(self._found, key, self._resolve)

    def _resolve(self, key: tuple[str, str, int]) -> Value:
        directory, module, level = key
        if level:
            return self._at(join(directory, module)) or miss(MISSING_MODULE)
        if not posixpath.isabs(module):
            for place in ancestors(directory):
                for root in _ROOTS:
                    value = self._at(join(join(place, root) if root else place, module))
                    if value is not None:
                        return value
            for library in self.libraries:
                value = self._at(join(library, module))
                if value is not None:
                    return value
        return (EXTERNAL, module, EXACT)

    def _at(self, place: str) -> Value | None:
        self._index.reads.note(SLOT, slot(place))
        for candidate in (f"{place}.rb", place):
            number = self._index.file_of.get(candidate)
            if number is not None:
                return (MODULE, number, EXACT)
        return None
