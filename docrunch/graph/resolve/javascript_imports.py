"""Rule: JavaScript and TypeScript module specifiers: relative paths, tsconfig ``paths``, workspace packages."""

import posixpath
import re

from docrunch.graph.layout import ancestors, join, parent_of
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.interface import Using
from docrunch.graph.resolve.reads import SLOT, slot
from docrunch.graph.resolve.values import EXACT, EXTERNAL, MISSING_MODULE, MODULE, Value, miss

_SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".d.ts", ".d.mts", ".d.cts")
# TypeScript sources are imported by the name of the file they compile to.
_COMPILED = {".js": (".ts", ".tsx", ".d.ts"), ".mjs": (".mts", ".d.mts"), ".cjs": (".cts", ".d.cts"), ".jsx": (".tsx",)}
_CONFIGS = ("tsconfig.json", "jsconfig.json", "tsconfig.base.json")
_SOURCE_OF_BUILD = (("dist/", "src/"), ("lib/", "src/"), ("build/", "src/"), ("", "src/"), ("", ""))
_BUILT = re.compile(r"\.(?:d\.)?[cm]?[jt]sx?$")
_MAX_EXTENDS = 5


class JavaScriptImports:
    def __init__(self, index: Index) -> None:
        self._index = index
        self._layout = index.names.layout
        self._packages = self._layout.javascript_packages
        self._found: dict[tuple[str, str], tuple[Value, int]] = {}
        self._paths: dict[str, list[tuple[str, str]]] = {}

    def module(self, file: int, found: Using) -> Value:
        key = (parent_of(self._index.paths[file]), found.module)
        return self._index.reads.remembered(self._found, key, self._resolve)

    def _resolve(self, key: tuple[str, str]) -> Value:
        directory, specifier = key
        if specifier.startswith("."):
            return self.at(join(directory, specifier)) or miss(MISSING_MODULE)
        return (
            self._aliased(directory, specifier)
            or self._own_import(directory, specifier)
            or self._workspace(specifier)
            or (EXTERNAL, specifier.removeprefix("node:"), EXACT)
        )

    def at(self, place: str) -> Value | None:
        """The file that a path without certain suffix means: itself, with a suffix, or its index."""
        place = place.split("?", 1)[0]
        self._index.reads.note(SLOT, slot(place))
        self._index.reads.note(SLOT, join(place, "index"))
        candidates = [place]
        stem, suffix = posixpath.splitext(place)
        candidates += [stem + other for other in _COMPILED.get(suffix, ())]
        candidates += [place + other for other in _SUFFIXES]
        candidates += [join(place, "index" + other) for other in _SUFFIXES]
        for candidate in candidates:
            number = self._index.file_of.get(candidate)
            if number is not None:
                return (MODULE, number, EXACT)
        return None

    def _aliased(self, directory: str, specifier: str) -> Value | None:
        for pattern, target in self._aliases(directory):
            head, star, tail = pattern.partition("*")
            if (
                star
                and specifier.startswith(head)
                and specifier.endswith(tail)
                and len(specifier) >= len(head) + len(tail)
            ):
                place = target.replace("*", specifier[len(head) : len(specifier) - len(tail)], 1)
            elif not star and specifier == pattern:
                place = target
            else:
                continue
            value = self.at(place)
            if value is not None:
                return value
        return None

    def _aliases(self, directory: str) -> list[tuple[str, str]]:
        """(pattern, target) of the closest configuration, longest pattern first."""
        found = self._paths.get(directory)
        if found is None:
            found = []
            for place in ancestors(directory):
                config = next((join(place, n) for n in _CONFIGS if join(place, n) in self._layout.files), None)
                if config is not None:
                    found = self._read(config, _MAX_EXTENDS)
                    break
            self._paths[directory] = found
        return found

    def _read(self, config: str, depth: int) -> list[tuple[str, str]]:
        place = parent_of(config)
        base = self._layout.text(config, "base_url")
        paths = self._layout.table(config, "paths")
        if not paths and not base and depth:
            for parent in self._layout.items(config, "extends"):
                path = join(place, parent if parent.endswith(".json") else parent + ".json")
                if parent.startswith(".") and path in self._layout.files:
                    return self._read(path, depth - 1)
        root = join(place, base or ".")
        found = [(p, join(root, t)) for p, targets in paths.items() for t in targets.split("\n") if t]
        found.sort(key=lambda item: (-len(item[0].split("*", 1)[0]), item))
        return [*found, ("*", join(root, "*"))] if base else found

    def _own_import(self, directory: str, specifier: str) -> Value | None:
        """``@/x`` and ``~/x`` by the convention that they mean the source folder of the closest package."""
        if not specifier.startswith(("@/", "~/")):
            return None
        for place in ancestors(directory):
            if join(place, "package.json") in self._layout.files:
                return self.at(join(place, "src", specifier[2:])) or self.at(join(place, specifier[2:]))
        return None

    def _workspace(self, specifier: str) -> Value | None:
        parts = specifier.split("/")
        name = "/".join(parts[:2]) if specifier.startswith("@") else parts[0]
        home = self._packages.get(name)
        if home is None:
            return None
        rest = specifier[len(name) :].lstrip("/")
        manifest = join(home, "package.json")
        exports = self._layout.table(manifest, "exports")
        stated = [exports.get(f"./{rest}" if rest else ".", "")]
        if not rest:
            stated += [self._layout.text(manifest, key) for key in ("types", "module", "main")]
        for target in [*stated, *((rest, f"src/{rest}") if rest else ("src/index", "index"))]:
            value = self.source(home, target) if target else None
            if value is not None:
                return value
        return None

    def source(self, home: str, target: str) -> Value | None:
        """The stated file, or the source that it is built from."""
        target = target.removeprefix("./")
        stem = _BUILT.sub("", target)
        for built, source in _SOURCE_OF_BUILD:
            if target.startswith(built):
                rest = source + stem[len(built) :]
                value = self.at(join(home, rest)) or self.at(join(home, source + target[len(built) :]))
                if value is not None:
                    return value
        return None
