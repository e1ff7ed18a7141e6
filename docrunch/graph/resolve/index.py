"""All symbols, imports and bindings of a tree, numbered and indexed for name resolution.

Files are numbered in path order and symbols in file and source order, so numbers are deterministic.
``scope`` is always the index of a symbol inside its file, -1 for the file itself.
"""

from collections.abc import Mapping

from docrunch.graph.naming import ModuleNames, family
from docrunch.parsing.model import Binding, FileFacts, Import, Symbol, SymbolKind

CALLABLE = frozenset({SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.CONSTRUCTOR})
TYPES = frozenset(
    {SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.TRAIT, SymbolKind.STRUCT, SymbolKind.ENUM, SymbolKind.TYPE}
)
MEMBERS = frozenset({SymbolKind.METHOD, SymbolKind.CONSTRUCTOR, SymbolKind.PROPERTY})
VALUES = frozenset({SymbolKind.VARIABLE, SymbolKind.CONSTANT, SymbolKind.PROPERTY})
Names = dict[str, list[int]]


class Index:
    """Immutable after construction. Methods written outside their type are attached to it by `hierarchy`."""

    def __init__(self, facts: Mapping[str, FileFacts], names: ModuleNames) -> None:
        self.names = names
        self.paths = tuple(sorted(facts))
        self.facts = tuple(facts[path] for path in self.paths)
        self.families = tuple(family(f.language) for f in self.facts)
        self.file_of = {path: number for number, path in enumerate(self.paths)}
        self.offsets: list[int] = []
        self.symbols: list[Symbol] = []
        self.symbol_file: list[int] = []
        self.parents: list[int] = []  # global number of the enclosing symbol, -1 at the top of a file
        for number, file_facts in enumerate(self.facts):
            offset = len(self.symbols)
            self.offsets.append(offset)
            self.symbols.extend(file_facts.symbols)
            for symbol in file_facts.symbols:
                self.symbol_file.append(number)
                self.parents.append(offset + symbol.parent if symbol.parent >= 0 else -1)
        self.top: list[Names] = [{} for _ in self.facts]
        self.members: dict[int, Names] = {}
        self._index_symbols()
        self.go_clauses = {
            names.prefix(path): facts.package
            for path, facts in zip(self.paths, self.facts, strict=True)
            if facts.language == "go" and facts.package and not facts.package.endswith("_test")
        }
        self.imports: list[dict[int, dict[str, list[Import]]]] = []
        self.stars: list[dict[int, list[Import]]] = []
        self.bindings: list[dict[int, dict[str, list[Binding]]]] = []
        self.attributes: dict[int, dict[str, list[tuple[int, Binding]]]] = {}
        for number, file_facts in enumerate(self.facts):
            self._index_imports(file_facts)
            self._index_bindings(number, file_facts)

    def _index_symbols(self) -> None:
        for number, symbol in enumerate(self.symbols):
            parent = self.parents[number]
            if symbol.receiver:
                continue  # a method outside its type's braces: `hierarchy` finds its type
            if symbol.kind in MEMBERS and (parent < 0 or self.symbols[parent].kind in CALLABLE):
                continue  # a member of an object that has no name: no name leads to it
            table = self.top[self.symbol_file[number]] if parent < 0 else self.members.setdefault(parent, {})
            table.setdefault(symbol.name, []).append(number)

    def _index_imports(self, facts: FileFacts) -> None:
        scopes: dict[int, dict[str, list[Import]]] = {}
        stars: dict[int, list[Import]] = {}
        for found in facts.imports:
            bound = self.go_clauses.get(found.module, "") if not found.alias else ""
            bound = bound or bound_name(found, facts.language)
            if bound == "*":
                stars.setdefault(found.scope, []).append(found)
            elif bound:
                scopes.setdefault(found.scope, {}).setdefault(bound, []).append(found)
        self.imports.append(scopes)
        self.stars.append(stars)

    def _index_bindings(self, number: int, facts: FileFacts) -> None:
        scopes: dict[int, dict[str, list[Binding]]] = {}
        for binding in facts.bindings:
            if len(binding.target) == 1:
                scopes.setdefault(binding.scope, {}).setdefault(binding.target[0], []).append(binding)
            elif len(binding.target) == 2 and binding.target[0] in ("self", "this", "cls"):
                owner = self.enclosing_type(number, binding.scope)
                if owner >= 0:
                    table = self.attributes.setdefault(owner, {})
                    table.setdefault(binding.target[1], []).append((number, binding))
        self.bindings.append(scopes)

    def enclosing_type(self, file: int, scope: int) -> int:
        """Global number of the innermost class-like symbol around a scope, -1 without."""
        current = self.offsets[file] + scope if scope >= 0 else -1
        while current >= 0 and self.symbols[current].kind not in TYPES:
            current = self.parents[current]
        return current

    def scope_of(self, symbol: int) -> tuple[int, int]:
        """File and scope in which the symbol's own header (bases, annotations) is read."""
        file = self.symbol_file[symbol]
        return file, self.symbols[symbol].parent


def bound_name(found: Import, language: str) -> str:
    """The local name that an import makes, "*" for a star import, "" for none."""
    if found.dynamic and not found.alias and not found.name:
        return ""
    if found.name == "*":
        return found.alias or "*"
    if found.alias:
        return "*" if found.alias == "." else "" if found.alias == "_" else found.alias
    if found.name:
        return found.name
    if language == "python":
        return found.module.split(".", 1)[0]
    if language == "go":
        return go_package_name(found.module)
    return found.module.rsplit("::", 1)[-1] if language == "rust" else ""


def go_package_name(module: str) -> str:
    """The usual package name of an import path: last element, a major version aside (``chi/v5`` → ``chi``)."""
    parts = module.rstrip("/").split("/")
    last = parts[-1]
    if len(parts) > 1 and len(last) > 1 and last[0] == "v" and last[1:].isdigit():
        last = parts[-2]
    last = last.split(".v", 1)[0] if last.startswith("yaml.v") else last
    return last.removeprefix("go-").replace("-", "_")
