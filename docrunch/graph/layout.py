"""Where the projects of a tree are: import roots, Go modules, Rust crates, JavaScript packages.

Read from the inventory and from the manifests that parsing recorded (`FileFacts.manifest`). Rules read it untracked: a
change of what `Layout.description` holds links everything anew.
"""

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from docrunch.source.model import FileEntry

Manifest = Mapping[str, str | list[str] | dict[str, str]]
_PROJECT_FILES = (
    "go.mod",
    "Cargo.toml",
    "package.json",
    "tsconfig.json",
    "jsconfig.json",
    "tsconfig.base.json",
    "Package.swift",
)
_SWIFT_SOURCES = ("Sources", "Source", "src", "srcs", "Tests", "Plugins")
_PYTHON_PROJECT = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})


def parent_of(path: str) -> str:
    """Directory of a path; "" is the root of the repository."""
    return path.rpartition("/")[0]


def join(*parts: str) -> str:
    """Normalised repository path, or ``".."…`` where it leaves the repository."""
    joined = posixpath.normpath(posixpath.join(*parts))
    return "" if joined == "." else joined


def ancestors(directory: str) -> Iterable[str]:
    """The directory itself, then each parent up to the root ""."""
    yield directory
    while directory:
        directory = parent_of(directory)
        yield directory


class Layout:
    """Indexes over paths and manifests. Everything is looked up by repository path."""

    def __init__(self, entries: Sequence[FileEntry], manifests: Mapping[str, Manifest]) -> None:
        self.paths = tuple(sorted(entry.path for entry in entries))
        self.files = frozenset(self.paths)
        self._manifests = manifests
        self._by_name: dict[str, list[str]] = {}
        for path in self.paths:
            self._by_name.setdefault(posixpath.basename(path), []).append(path)

    def named(self, name: str) -> list[str]:
        """Paths of the files with this base name, sorted."""
        return self._by_name.get(name, [])

    @cached_property
    def directories(self) -> frozenset[str]:
        found: set[str] = set()
        for path in self.paths:
            for directory in ancestors(parent_of(path)):
                if directory in found:
                    break
                found.add(directory)
        return frozenset(found)

    def text(self, path: str, *keys: str) -> str:
        """First string among the keys of a manifest; "" without."""
        manifest = self._manifests.get(path, {})
        for key in keys:
            value = manifest.get(key)
            if isinstance(value, str) and value:
                return value
        return ""

    def table(self, path: str, key: str) -> dict[str, str]:
        value = self._manifests.get(path, {}).get(key)
        return value if isinstance(value, dict) else {}

    def items(self, path: str, key: str) -> list[str]:
        value = self._manifests.get(path, {}).get(key)
        if isinstance(value, str):
            return [value]
        return value if isinstance(value, list) else []

    def nearest(self, name: str, directory: str) -> str | None:
        """Path of the closest file of that name in the directory or above it."""
        for place in ancestors(directory):
            path = join(place, name)
            if path in self.files:
                return path
        return None

    @cached_property
    def python_projects(self) -> frozenset[str]:
        """Directories with a Python project file, and the root of the repository."""
        return frozenset(parent_of(path) for name in _PYTHON_PROJECT for path in self.named(name)) | {""}

    @cached_property
    def python_source_roots(self) -> tuple[str, ...]:
        """Import roots that projects state: ``src/`` of a project, and ``where``/``from`` of its project file."""
        found = {join(project, "src") for project in self.python_projects}
        for path in (path for name in sorted(_PYTHON_PROJECT) for path in self.named(name)):
            places = [*self.items(path, "where"), self.table(path, "package_dir").get("", "")]
            places += [parent_of(package) for package in self.items(path, "packages") if "." not in package]
            found.update(join(parent_of(path), place) for place in places if place)
        return tuple(sorted((found & self.directories) - {""}, key=lambda place: (-len(place), place)))

    @cached_property
    def go_modules(self) -> dict[str, str]:
        """Directory of a ``go.mod`` → its module path."""
        return {parent_of(path): name for path in self.named("go.mod") if (name := self.text(path, "name"))}

    @cached_property
    def rust_crates(self) -> dict[str, str]:
        """Directory of a ``Cargo.toml`` → crate name with ``_``."""
        found = {}
        for path in self.named("Cargo.toml"):
            name = self.text(path, "lib_name", "name")
            if name:
                found[parent_of(path)] = name.replace("-", "_")
        return found

    @cached_property
    def swift_targets(self) -> dict[str, str]:
        """Directory of a SwiftPM target → its name, longest directory first; by path or by convention."""
        found: dict[str, str] = {}
        for path in self.named("Package.swift"):
            home = parent_of(path)
            for name, stated in self.table(path, "targets").items():
                usual = [join(home, place, name) for place in _SWIFT_SOURCES]
                places = [join(home, stated)] if stated else usual
                place = next((each for each in places if each in self.directories), None)
                if place is not None:
                    found.setdefault(place, name)
        return dict(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))

    def swift_target(self, path: str) -> str:
        """The module of a Swift file: its SwiftPM target, else ``Sources/<Target>`` of its package, else "" for all."""
        targets = self.swift_targets
        for place in ancestors(parent_of(path)) if targets else ():
            if place in targets:
                return targets[place]
        package = self.nearest("Package.swift", parent_of(path)) if "Package.swift" in self._by_name else None
        if package is None:
            return ""
        inside = path[len(join(parent_of(package), "x")) - 1 :].split("/")
        return inside[1] if len(inside) > 2 and inside[0] in _SWIFT_SOURCES else ""

    @cached_property
    def javascript_packages(self) -> dict[str, str]:
        """Package name → directory of its ``package.json``; the shallowest where several share a name."""
        found: dict[str, str] = {}
        for path in sorted(self.named("package.json"), key=lambda path: (path.count("/"), path)):
            name = self.text(path, "name")
            if name:
                found.setdefault(name, parent_of(path))
        return found

    @cached_property
    def namespace_macros(self) -> dict[str, str]:
        """Macro → the namespace that it opens or names (C, C++), where all definitions agree; "a.b" where nested."""
        stated: dict[str, set[str]] = {}
        for path in sorted(self._manifests):
            for macro, name in self.table(path, "namespace_macros").items():
                stated.setdefault(macro, set()).add(name)
        return {macro: min(names) for macro, names in sorted(stated.items()) if len(names) == 1}

    def without_macros(self, local_name: str) -> str:
        """A dotted name with the namespaces that macros open by their own names."""
        macros = self.namespace_macros
        return ".".join(macros.get(part, part) for part in local_name.split("."))

    @cached_property
    def description(self) -> list[object]:
        """Everything that is read of the layout besides which source files exist."""
        named = {path for name in (*_PROJECT_FILES, *_PYTHON_PROJECT) for path in self.named(name)}
        stated = {path: self._manifests[path] for path in sorted(self._manifests) if self._manifests[path]}
        extended = {
            path: path in self.files
            for config in stated
            for base in self.items(config, "extends")
            for path in (join(parent_of(config), base if base.endswith(".json") else base + ".json"),)
        }
        return [sorted(named), stated, extended, self.python_source_roots, list(self.swift_targets.items())]
