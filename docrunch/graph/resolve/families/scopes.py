"""Scopes that several files share: packages, namespaces, crates. Who is in them, and which files define a name."""

from collections.abc import Sequence

from docrunch.graph.languages import scope_key
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.reads import SCOPE_BELOW, SCOPE_FILES, SCOPE_NAME


class SharedScopes:
    """Of one family. Keys are those of `docrunch.graph.languages.scope_key`; every look is noted."""

    def __init__(self, family: str, index: Index) -> None:
        self._family = family
        self._index = index
        self._keys: dict[int, str] = {}
        self._files: dict[str, list[int]] = {}
        self._above: dict[str, None] | None = None  # made when first asked for
        self._names: dict[str, dict[str, list[int]]] = {}  # scope → name → files that define it
        for number, outline in enumerate(index.outlines):
            if index.families[number] != family:
                continue
            path, names = index.paths[number], index.names
            key = scope_key(outline.language, path, outline.package, names.module(path), names.prefix(path))
            self._keys[number] = key
            self._files.setdefault(key, []).append(number)
            table = self._names.setdefault(key, {})
            for name in outline.names:
                table.setdefault(name, []).append(number)

    def key(self, file: int) -> str:
        """The scope of a file: its own place, not noted."""
        return self._keys[file]

    def files(self, key: str) -> Sequence[int]:
        self._index.reads.note(SCOPE_FILES, f"{self._family}\0{key}")
        return self._files.get(key, ())

    def definitions(self, key: str, name: str) -> list[int]:
        """Symbols of that name at the top of the files of a scope, in path and source order."""
        self._index.reads.note(SCOPE_NAME, f"{self._family}\0{key}\0{name}")
        files = self._names.get(key, {}).get(name, ())
        return [number for file in files for number in self._index.top(file, name)]

    def below(self, key: str) -> bool:
        """Whether there are scopes below a dotted key, which need not be a scope itself."""
        self._index.reads.note(SCOPE_BELOW, f"{self._family}\0{key}")
        return key in self._starts()

    def _starts(self) -> dict[str, None]:
        if self._above is None:
            self._above = {}
            for key in self._files:
                parts = key.split(".")
                self._above.update((".".join(parts[:end]), None) for end in range(1, len(parts)))
        return self._above

    def exists(self, key: str) -> bool:
        return bool(self.files(key))

    def starts_table(self) -> dict[str, str]:
        """What `below` answers, by the name of the reading."""
        return dict.fromkeys((f"{self._family}\0{key}" for key in self._starts()), "")

    def table(self) -> dict[str, str]:
        """What `files` answers, by the name of the reading."""
        paths = self._index.paths
        return {
            f"{self._family}\0{key}": "\n".join(paths[each] for each in found) for key, found in self._files.items()
        }
