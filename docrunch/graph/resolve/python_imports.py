"""Rule: Python imports, by the files that exist. Absolute, relative, namespace packages, submodules."""

from collections.abc import Iterable

from docrunch.graph.layout import ancestors, join, parent_of
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.interface import Using
from docrunch.graph.resolve.reads import DIRECTORY, SLOT, slot
from docrunch.graph.resolve.values import EXACT, EXTERNAL, MISSING_MODULE, MODULE, NO_CANDIDATE, PACKAGE, Value, miss


class PythonImports:
    """Looks modules up below the importing file's own root first, then below the roots of the repository's projects."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._layout = index.names.layout
        self.directories = python_directories(
            path for path, family in zip(index.paths, index.families, strict=True) if family == "python"
        )
        stated = set(self._layout.python_source_roots) | self._layout.python_projects
        self._roots = tuple(sorted(stated, key=lambda root: (-root.count("/"), root)))
        self._found: dict[tuple[str, str], tuple[Value | None, int]] = {}

    def at(self, place: str) -> Value | None:
        """The module or package at a path without suffix."""
        if place.startswith(".."):
            return None
        reads = self._index.reads
        reads.note(SLOT, slot(place))
        reads.note(SLOT, f"{place}/__init__" if place else "__init__")
        for path in (
            f"{place}/__init__.py" if place else "__init__.py",
            f"{place}.py",
            f"{place}.pyi",
            f"{place}/__init__.pyi",
        ):
            number = self._index.file_of.get(path)
            if number is not None:
                return (MODULE, number, EXACT)
        reads.note(DIRECTORY, place)
        return (PACKAGE, f"python\0{place}", EXACT) if place in self.directories else None

    def module(self, file: int, found: Using) -> Value:
        """The module that ``import module`` or ``from module import …`` names."""
        path = self._index.paths[file]
        if found.level:
            place = parent_of(path)
            for _ in range(found.level - 1):
                if not place:
                    return miss(MISSING_MODULE)
                place = parent_of(place)
            value = self.at(join(place, found.module.replace(".", "/")) if found.module else place)
            return value if value is not None else miss(MISSING_MODULE)
        if not found.module:
            return miss(NO_CANDIDATE)
        value = self.absolute(path, found.module)
        return value if value is not None else (EXTERNAL, found.module, EXACT)

    def absolute(self, path: str, module: str) -> Value | None:
        """An absolute module name as seen from a file, ``None`` for modules outside the repository."""
        root = self._index.names.python_root(parent_of(path))
        return self._index.reads.remembered(self._found, (root, module), self._absolute)

    def _absolute(self, key: tuple[str, str]) -> Value | None:
        root, module = key
        wanted = module.replace(".", "/")
        namespace: Value | None = None
        for place in dict.fromkeys((root, *self._roots)):
            value = self.at(join(place, wanted) if place else wanted)
            if value is not None and value[0] == MODULE:
                return value
            namespace = namespace or value
        # A directory without Python packages of its own name is no evidence: `import docs` is not our docs/.
        return namespace

    def first_part(self, file: int, found: Using) -> Value:
        """``import a.b.c`` binds ``a``."""
        first = found.module.split(".", 1)[0]
        value = self.absolute(self._index.paths[file], first)
        return value if value is not None else (EXTERNAL, first, EXACT)

    def submodule(self, file: int, name: str) -> Value | None:
        """A submodule of a package's ``__init__.py``."""
        path = self._index.paths[file]
        if not path.endswith(("/__init__.py", "/__init__.pyi")):
            return None
        return self.at(f"{parent_of(path)}/{name}")

    def package_member(self, directory: str, name: str) -> Value:
        """A module below a namespace package."""
        value = self.at(join(directory, name))
        return value if value is not None else miss(NO_CANDIDATE)


def python_directories(paths: Iterable[str]) -> frozenset[str]:
    """Directories that hold Python files somewhere below them."""
    found: set[str] = set()
    for path in paths:
        for directory in ancestors(parent_of(path)):
            if directory in found:
                break
            found.add(directory)
    return frozenset(found)
