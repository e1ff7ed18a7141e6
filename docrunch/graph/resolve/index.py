"""All symbols, imports and bindings of a tree, numbered and indexed for name resolution; the only way to them.

Files are numbered in path order and read when first asked about. Symbols are numbered as files are read: a number
names a symbol within one link and is no order. ``scope`` is always the index of a symbol inside its file, -1 for the
file itself.

Every method that leads from a file to something in it notes the reading (`docrunch.graph.resolve.reads`). Who holds
the number of a symbol has noted the part of the file that the symbol is in, and may look at everything in that part:
the symbol, what is around and inside it, and the attributes that its methods assign. What is bound, imported and named
in the body of a symbol is noted when it is asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from docrunch.graph.languages import family
from docrunch.graph.naming import ModuleNames
from docrunch.graph.outline import Outline, is_method
from docrunch.graph.resolve.attachments import SymbolName
from docrunch.graph.resolve.flat_names import flat_names
from docrunch.graph.resolve.interface import (
    ANYTHING,
    CALLABLE,
    MEMBERS,
    RETURN,
    TYPES,
    WHOLE,
    Bound,
    Definition,
    Interface,
    Using,
    body_of,
    bound_name,
    go_package_name,
    interface,
    is_outside_type,
    part_names,
)
from docrunch.graph.resolve.reads import Reads
from docrunch.ids import NodeId, node_id
from docrunch.parsing.model import FileFacts

Names = dict[str, list[int]]
_NO_NAMES: Names = {}


class Inside(NamedTuple):
    """What is written in one body about one name."""

    nested: Sequence[int] | None  # definitions
    bindings: Sequence[Bound] | None
    imports: Sequence[Using] | None
    stars: Sequence[Using]  # star imports, which may bring any name
    own: bool  # references in the body start with it, and it comes from nowhere else


class _Table:
    """One file, indexed."""

    __slots__ = (
        "bindings",
        "entered",
        "exports",
        "flat",
        "imports",
        "local_names",
        "locals",
        "names",
        "offset",
        "parts",
        "seen",
        "stars",
        "top",
    )

    def __init__(self, seen: Interface, offset: int) -> None:
        self.seen = seen
        self.offset = offset
        self.parts = part_names(seen)
        self.entered: list[int | None] = [None] * len(seen.definitions)  # readings of bodies, once made
        self.top: Names = {}
        # made when first asked for
        self.flat: Names | None = None
        self.names: dict[str, list[int]] | None = None  # → places among the definitions
        self.local_names: dict[tuple[str, str, int], int] | None = None
        self.imports: dict[tuple[int, str], list[Using]] = {}
        self.stars: dict[int, list[Using]] = {}
        self.bindings: dict[tuple[int, str], list[Bound]] = {}
        self.exports: dict[str, str] = {}
        self.locals = seen.locals
        for public, local in seen.exports:
            known = self.exports.get(public, "")
            if not known:
                self.exports[public] = local if local not in ("", "?", public) else ""

    def named(self, name: SymbolName) -> int | None:
        """The place of a symbol among the definitions."""
        if self.local_names is None:
            self.local_names = {}
            for scope, each in enumerate(self.seen.definitions):
                self.local_names.setdefault((each.local_name, each.kind, each.ordinal), scope)
        return self.local_names.get((name.local_name, name.kind, name.ordinal))

    def called(self, name: str) -> Sequence[int]:
        """The places of all definitions of a name, wherever they are in the file."""
        if self.names is None:
            self.names = {}
            for scope, each in enumerate(self.seen.definitions):
                self.names.setdefault(each.name, []).append(scope)
        return self.names.get(name, ())


class Index:
    def __init__(self, names: ModuleNames, outlines: Mapping[str, Outline], facts: Mapping[str, FileFacts]) -> None:
        self.names = names
        self.reads = Reads()
        self.paths = tuple(sorted(outlines))
        self.outlines = tuple(outlines[path] for path in self.paths)
        self.families = tuple(family(each.language) for each in self.outlines)
        self.file_of = {path: number for number, path in enumerate(self.paths)}
        self.facts = facts
        self.symbols: list[Definition] = []
        self.symbol_file: list[int] = []
        self.parents: list[int] = []  # number of the enclosing symbol, -1 at the top of a file
        self.members: dict[int, Names] = {}
        self.nameless: dict[tuple[int, int, str], Names] = {}  # (file, scope, supertype) of nameless classes → members
        self._tables: list[_Table | None] = [None] * len(self.paths)
        self._attributes: dict[int, dict[str, list[tuple[int, Bound]]]] = {}
        self._returned: dict[int, list[Bound]] = {}
        self._ids: dict[int, NodeId] = {}
        self._go_clauses = go_clauses(names, outlines)

    # -- from a file to what is in it: noted -------------------------------------------------------------------

    def top(self, file: int, name: str) -> Sequence[int]:
        """Definitions of a name at the top of a file."""
        self.reads.note(self.paths[file], name)
        return self._table(file).top.get(name, ())

    def flat(self, file: int, name: str) -> Sequence[int]:
        """Definitions of a flattened name (`flat_names`) in a file."""
        path, table = self.paths[file], self._table(file)
        self.reads.note(path, name)
        if table.flat is None:
            table.flat = {}
            for scope, known in enumerate(flat_names(table.seen.definitions)):
                if known:
                    table.flat.setdefault(known, []).append(table.offset + scope)
        found = table.flat.get(name, ())
        for number in found:
            self.reads.note(path, table.parts[number - table.offset])
        return found

    def exported_as(self, file: int, name: str) -> str:
        """The other name, or chain of names, under which a file defines what it lists as ``name``; "" without."""
        self.reads.note(self.paths[file], name)
        return self._table(file).exports.get(name, "")

    def is_listed(self, file: int, name: str) -> bool | None:
        """Whether a file lists a name as public; ``None`` where it lists none at all."""
        self.reads.note(self.paths[file], WHOLE)
        self.reads.note(self.paths[file], name)
        exports = self._table(file).exports
        return name in exports if exports else None

    def imports(self, file: int, scope: int, name: str) -> list[Using] | None:
        """Imports that bind a name in a scope."""
        if scope < 0:
            self.reads.note(self.paths[file], WHOLE if self.families[file] == "go" else name)
        else:
            self._enter(file, scope)
        return self._table(file).imports.get((scope, name))

    def stars(self, file: int, scope: int) -> Sequence[Using]:
        if scope < 0:
            self.reads.note(self.paths[file], WHOLE)
        else:
            self._enter(file, scope)
        return self._table(file).stars.get(scope, ())

    def bindings(self, file: int, scope: int, name: str) -> list[Bound] | None:
        """Bindings of a plain name in a scope."""
        if scope < 0:
            self.reads.note(self.paths[file], name)
        else:
            self._enter(file, scope)
        return self._table(file).bindings.get((scope, name))

    def named(self, name: SymbolName) -> int:
        """The symbol of that name, -1 without: then whatever comes into its file may be it."""
        file = self.file_of.get(name.path, -1)
        table = self._table(file) if file >= 0 else None
        scope = table.named(name) if table is not None else None
        if table is not None and scope is not None:
            self.reads.note(name.path, table.parts[scope])
            return table.offset + scope
        self.reads.note(name.path, ANYTHING)
        return -1

    def method(self, path: str, scope: int) -> int:
        """A method that is written outside its type, by its file and index there."""
        file = self.file_of[path]
        table = self._table(file)
        self.reads.note(path, table.parts[scope])
        return table.offset + scope

    def methods(self, file: int, name: str) -> list[int]:
        """Methods of a name anywhere in a file, as its outline counts them."""
        table, found = self._table(file), []
        for scope in table.called(name):
            symbol = table.seen.definitions[scope]
            if is_method(symbol.kind, symbol.receiver, symbol.trait):
                self.reads.note(self.paths[file], table.parts[scope])
                found.append(table.offset + scope)
        return found

    def extensions(self, file: int, name: str) -> list[int]:
        """Functions of a name anywhere in a file that extend the type of their first parameter."""
        table, found = self._table(file), []
        for scope in table.called(name):
            symbol = table.seen.definitions[scope]
            if symbol.params and symbol.params[0].type.startswith("this "):
                self.reads.note(self.paths[file], table.parts[scope])
                found.append(table.offset + scope)
        return found

    # -- from a symbol in hand to what is in the same part -----------------------------------------------------

    def part(self, symbol: int) -> tuple[str, str]:
        """Path and part of a symbol: the reading that whoever holds its number has noted."""
        table = self._table(self.symbol_file[symbol])
        return self.paths[self.symbol_file[symbol]], table.parts[symbol - table.offset]

    def number(self, file: int, scope: int) -> int:
        """Number of the symbol that a scope of a file belongs to."""
        return self._table(file).offset + scope

    def symbol(self, file: int, scope: int) -> Definition:
        return self.symbols[self._table(file).offset + scope]

    def inside(self, file: int, scope: int, name: str) -> Inside:
        """What a name may be in the body of a symbol, all at once."""
        self._enter(file, scope)
        table, key = self._table(file), (scope, name)
        return Inside(
            self.members.get(table.offset + scope, _NO_NAMES).get(name),
            table.bindings.get(key),
            table.imports.get(key),
            table.stars.get(scope, ()),
            name in table.locals.get(scope, ()),
        )

    def _enter(self, file: int, scope: int) -> None:
        """Note that the body of a symbol is looked into."""
        table = self._tables[file] or self._read(file)
        number = table.entered[scope]
        if number is None:
            body = body_of(self.symbols[table.offset + scope])
            number = table.entered[scope] = ~self.reads.number(self.paths[file], body)
        self.reads.frame.add(number)

    def attributes(self, owner: int, name: str) -> list[tuple[int, Bound]] | None:
        """(file, binding) of the assignments of ``self.name`` in a type."""
        return self._attributes.get(owner, {}).get(name)

    def returned(self, symbol: int) -> Sequence[Bound]:
        """What the results of a function that does not name their type are bound to."""
        return self._returned.get(symbol, ())

    def scope_of(self, symbol: int) -> tuple[int, int]:
        """File and scope in which the symbol's own header (bases, annotations) is read."""
        return self.symbol_file[symbol], self.symbols[symbol].parent

    def place_of(self, symbol: int) -> tuple[int, int]:
        """File of a symbol and its index there."""
        file = self.symbol_file[symbol]
        return file, symbol - self._table(file).offset

    def around(self, symbol: int) -> Iterator[Definition]:
        """A symbol and those around it, innermost first."""
        while symbol >= 0:
            yield self.symbols[symbol]
            symbol = self.parents[symbol]

    def enclosing_type(self, file: int, scope: int) -> int:
        """Number of the innermost class-like symbol around a scope, -1 without."""
        current = self._table(file).offset + scope if scope >= 0 else -1
        while current >= 0 and self.symbols[current].kind not in TYPES:
            current = self.parents[current]
        return current

    def name_of(self, symbol: int) -> SymbolName:
        definition = self.symbols[symbol]
        path = self.paths[self.symbol_file[symbol]]
        return SymbolName(path, definition.local_name, definition.kind.value, definition.ordinal)

    def id_of(self, symbol: int) -> NodeId:
        """The node of a symbol."""
        found = self._ids.get(symbol)
        if found is None:
            definition = self.symbols[symbol]
            path = self.paths[self.symbol_file[symbol]]
            qualified = self.names.symbol(path, definition.local_name)
            found = self._ids[symbol] = node_id(path, qualified, definition.kind.value, definition.ordinal)
        return found

    # -- of the file being linked ------------------------------------------------------------------------------

    def usings(self, file: int) -> tuple[Using, ...]:
        """The imports of a file, as its facts list them. Not noted: for the file's own product only."""
        return self._table(file).seen.usings

    def own_symbols(self, file: int) -> range:
        """Numbers of the symbols of a file. Not noted: for the file's own product only."""
        table = self._table(file)
        return range(table.offset, table.offset + len(table.parts))

    def interface(self, file: int) -> Interface:
        """All that others may see of a file. Not noted: for its digests only."""
        return self._table(file).seen

    # -- reading a file ----------------------------------------------------------------------------------------

    def _table(self, file: int) -> _Table:
        return self._tables[file] or self._read(file)

    def _read(self, file: int) -> _Table:
        seen = interface(self.facts[self.paths[file]])
        offset = len(self.symbols)
        table = self._tables[file] = _Table(seen, offset)
        self.symbols.extend(seen.definitions)
        for definition in seen.definitions:
            self.symbol_file.append(file)
            self.parents.append(offset + definition.parent if definition.parent >= 0 else -1)
        self._index_symbols(table, seen)
        self._index_imports(table, seen)
        self._index_bindings(file, table, seen)
        return table

    def _index_symbols(self, table: _Table, seen: Interface) -> None:
        for number, symbol in enumerate(seen.definitions, table.offset):
            parent = self.parents[number]
            if symbol.trait and not symbol.receiver:
                key = (self.symbol_file[number], symbol.parent, symbol.trait)
                self.nameless.setdefault(key, {}).setdefault(symbol.name, []).append(number)
                continue  # a member of a class without a name: known inside it only
            if is_outside_type(symbol.kind, symbol.receiver):
                table.top.setdefault(symbol.local_name, []).append(number)
            if symbol.receiver:
                continue  # a method outside its type's braces: `hierarchy` finds its type
            if symbol.kind in MEMBERS and (parent < 0 or self.symbols[parent].kind in CALLABLE):
                continue  # a member of an object that has no name: no name leads to it
            names = table.top if parent < 0 else self.members.setdefault(parent, {})
            names.setdefault(symbol.name, []).append(number)

    def _index_imports(self, table: _Table, seen: Interface) -> None:
        for found in seen.usings:
            bound = self._go_clauses.get(found.module, "") if seen.language == "go" and not found.alias else ""
            bound = bound or bound_name(found, seen.language)
            if bound == "*":
                table.stars.setdefault(found.scope, []).append(found)
            elif bound:
                table.imports.setdefault((found.scope, bound), []).append(found)

    def _index_bindings(self, file: int, table: _Table, seen: Interface) -> None:
        for binding in seen.bounds:
            if binding.target[0] == RETURN:
                self._returned.setdefault(table.offset + binding.scope, []).append(binding)
            elif len(binding.target) == 1:
                table.bindings.setdefault((binding.scope, binding.target[0]), []).append(binding)
            elif len(binding.target) == 2 and binding.target[0] in ("self", "this", "cls"):
                owner = self.enclosing_type(file, binding.scope)
                if owner >= 0:
                    names = self._attributes.setdefault(owner, {})
                    names.setdefault(binding.target[1], []).append((file, binding))


def go_clauses(names: ModuleNames, outlines: Mapping[str, Outline]) -> dict[str, str]:
    """Import paths of Go packages that are not called by the usual name: import path → package clause."""
    found = {
        names.prefix(path): outlines[path].package
        for path in sorted(outlines)
        if outlines[path].language == "go" and outlines[path].package and not outlines[path].package.endswith("_test")
    }
    return {module: clause for module, clause in found.items() if clause != go_package_name(module)}
