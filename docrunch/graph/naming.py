"""Qualified names (architecture §6): what a file is called in its language, and what its symbols start with."""

import posixpath
from collections.abc import Mapping, Sequence

from docrunch.graph.languages import traits
from docrunch.graph.layout import Layout, Manifest, ancestors, parent_of
from docrunch.source.model import FileEntry


def without_suffix(path: str) -> str:
    """``src/a.test.ts`` → ``src/a.test``; ``.d.ts`` goes as a whole; dot files keep their name."""
    if path.endswith((".d.ts", ".d.mts", ".d.cts")):
        return path.rsplit(".d.", 1)[0]
    stem, suffix = posixpath.splitext(path)
    return stem if suffix else path


class ModuleNames:
    """Names of modules and prefixes of symbols, by path. Built once per link by `ModuleNames.build`."""

    def __init__(self, layout: Layout, languages: Mapping[str, str], packages: Mapping[str, str]) -> None:
        self.layout = layout
        self._languages = languages
        self._packages = packages
        self._modules: dict[str, str] = {}
        self._roots: dict[str, str] = {}
        self._imports: dict[str, str] = {}

    @classmethod
    def build(
        cls, entries: Sequence[FileEntry], manifests: Mapping[str, Manifest], packages: Mapping[str, str]
    ) -> "ModuleNames":
        """Args: manifests and declared packages by path, as `FileFacts` has them."""
        return cls(Layout(entries, manifests), {entry.path: entry.language for entry in entries}, packages)

    def module(self, path: str) -> str:
        """Qualified name of the file's module node."""
        name = self._modules.get(path)
        if name is None:
            name = self._modules[path] = self._name(path)
        return name

    def prefix(self, path: str) -> str:
        """What the qualified names of the file's symbols start with: its package where it has one, else its module."""
        language = self._languages.get(path, "")
        if language == "go":
            return self.go_import_path(parent_of(path))
        if language == "swift":
            return self.layout.swift_target(path)
        return self._packages.get(path, "") if traits(language).declares else self.module(path)

    def symbol(self, path: str, local_name: str) -> str:
        """Qualified name of a symbol."""
        language = traits(self._languages.get(path, ""))
        prefix, separator = self.prefix(path), language.separator
        inner = language.inner or separator
        if language.flat and "NAMESPACE" in local_name:
            local_name = self.layout.without_macros(local_name)
        local = local_name.replace(".", inner) if inner != "." else local_name
        return f"{prefix}{separator}{local}" if prefix else local

    def package(self, directory: str) -> str:
        """Qualified name of a directory's package node."""
        if f"{directory}/__init__.py" in self.layout.files:
            return self.module(f"{directory}/__init__.py")
        if any(self._languages.get(path) == "go" for path in self._files_of(directory)):
            return self.go_import_path(directory)
        return directory

    def _files_of(self, directory: str) -> tuple[str, ...]:
        if not hasattr(self, "_listing"):
            self._listing: dict[str, list[str]] = {}
            for path in self.layout.paths:
                self._listing.setdefault(parent_of(path), []).append(path)
        return tuple(self._listing.get(directory, ()))

    def _name(self, path: str) -> str:
        language = self._languages.get(path, "unknown")
        if language == "python":
            return self._python(path)
        if language == "rust":
            return self._rust(path)
        if language == "go":
            return f"{self.go_import_path(parent_of(path))}/{without_suffix(posixpath.basename(path))}"
        return without_suffix(path)

    def python_root(self, directory: str) -> str:
        """Import root of a directory: nearest ancestor without ``__init__.py``, or a stated source root above it."""
        root = self._roots.get(directory)
        if root is None:
            root = next(d for d in ancestors(directory) if not d or f"{d}/__init__.py" not in self.layout.files)
            for stated in self.layout.python_source_roots:
                if root == stated or root.startswith(stated + "/"):
                    root = stated
                    break
            self._roots[directory] = root
        return root

    def _python(self, path: str) -> str:
        root = self.python_root(parent_of(path))
        parts = without_suffix(path[len(root) + 1 :] if root else path).split("/")
        if parts[-1] == "__init__":
            parts.pop()
        return ".".join(parts) or "__init__"

    def go_import_path(self, directory: str) -> str:
        """Import path of a directory by the closest ``go.mod``; the directory itself without one."""
        found = self._imports.get(directory)
        if found is None:
            found = self._imports[directory] = self._go_import_path(directory)
        return found

    def _go_import_path(self, directory: str) -> str:
        for place in ancestors(directory):
            module = self.layout.go_modules.get(place)
            if module is not None:
                rest = directory[len(place) :].lstrip("/") if place else directory
                return f"{module}/{rest}" if rest else module
        return directory or "main"

    def rust_crate(self, path: str) -> tuple[str, str]:
        """Crate name and directory of the closest ``Cargo.toml``; ("crate", "") without one."""
        for place in ancestors(parent_of(path)):
            name = self.layout.rust_crates.get(place)
            if name is not None:
                return name, place
        return "crate", ""

    def rust_place(self, path: str) -> tuple[str, tuple[str, ...]]:
        """Crate name and module path of a Rust file inside its crate.

        ``src/lib.rs`` and ``src/main.rs`` are the root; ``src/bin/x.rs``, ``tests/x.rs``, ``benches/x.rs``,
        ``examples/x.rs`` and ``build.rs`` are crates of their own, named after the file.
        """
        crate, home = self.rust_crate(path)
        inside = path[len(home) + 1 :] if home else path
        parts = inside.removesuffix(".rs").split("/")
        if parts[0] == "src" and len(parts) > 1:
            parts = parts[1:]
            if parts[0] == "bin" and len(parts) > 1:
                return parts[1], _rust_module(parts[2:])
            return crate, _rust_module(parts) if parts not in (["lib"], ["main"]) else ()
        if parts[0] in ("tests", "benches", "examples") and len(parts) > 1:
            return parts[1], _rust_module(parts[2:])
        if parts == ["build"]:
            return "build_script", ()
        return crate, _rust_module(parts) if parts not in (["lib"], ["main"]) else ()

    def _rust(self, path: str) -> str:
        crate, parts = self.rust_place(path)
        return "::".join((crate, *parts))


def _rust_module(parts: Sequence[str]) -> tuple[str, ...]:
    kept = tuple(parts)
    return kept[:-1] if kept and kept[-1] in ("mod", "main") else kept
