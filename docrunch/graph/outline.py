"""What the tree as a whole needs to know of one file before any name is resolved: a small part of its facts."""

import msgspec

from docrunch.graph.languages import Sharing, traits
from docrunch.graph.resolve.flat_names import flat_names
from docrunch.graph.resolve.interface import MEMBERS, is_outside_type
from docrunch.parsing.model import FileFacts, SymbolKind, TableRole

_STATED = frozenset({SymbolKind.TABLE, SymbolKind.VIEW, SymbolKind.COLUMN})
_UNNAMED = frozenset({SymbolKind.CONSTRUCTOR, SymbolKind.NAMESPACE, SymbolKind.KEY})  # no document means these


class StatedTable(msgspec.Struct, frozen=True, array_like=True):
    """A table that a symbol of the file is or maps to. ``name`` and ``model`` as in `docrunch.parsing.model.Table`."""

    name: str
    model: str
    mapped: bool  # by a class; else stated by a schema
    local_name: str  # of the symbol
    kind: str
    ordinal: int


class Outline(msgspec.Struct, frozen=True, array_like=True):
    """A function of the facts alone."""

    language: str
    package: str = ""
    code: bool = False  # makes the directories above it packages
    outside: bool = False  # has methods written outside their type
    mounts: bool = False  # puts routes of routers below addresses
    manifest: dict[str, str | list[str] | dict[str, str]] = {}
    names: tuple[str, ...] = ()  # at the top of the file, where other files of its scope see them
    methods: tuple[str, ...] = ()  # names of methods, as often as they are defined; those of trait impls left out
    properties: tuple[str, ...] = ()
    contracts: tuple[tuple[str, str], ...] = ()  # interfaces that types fulfil unsaid: see `_contracts`
    tables: tuple[StatedTable, ...] = ()
    extensions: tuple[str, ...] = ()  # functions that extend the type of their first parameter (``this T``), sorted
    everywhere: tuple[str, ...] = ()  # C#: namespaces that global usings bring into every file of a project
    exported: tuple[str, ...] = ()  # kind and local name of exported symbols, for documents that mention them


def outline(facts: FileFacts) -> Outline:
    symbols = facts.symbols
    attached = not traits(facts.language).extensions  # a receiver makes a function a method of its type
    return Outline(
        facts.language,
        facts.package,
        traits(facts.language).code and (bool(symbols) or bool(facts.code_lines and facts.imports)),
        attached and any(symbol.receiver for symbol in symbols),
        bool(facts.mounts),
        facts.manifest,
        _names(facts),
        tuple(
            [
                symbol.name
                for symbol in symbols
                if is_method(symbol.kind, symbol.receiver if attached else "", symbol.trait)
            ]
        ),
        tuple(sorted({symbol.name for symbol in symbols if symbol.kind is SymbolKind.PROPERTY})),
        _contracts(facts) if traits(facts.language).structural else (),
        _tables(facts) if facts.tables else (),
        tuple(sorted({s.name for s in symbols if s.params and s.params[0].type.startswith("this ")})),
        tuple(each.module for each in facts.imports if each.reexport and each.name == "*" and each.scope < 0)
        if facts.language == "csharp"
        else (),
        tuple([f"{s.kind.value} {s.local_name}" for s in symbols if s.exported and s.kind not in _UNNAMED]),
    )


def _contracts(facts: FileFacts) -> tuple[tuple[str, str], ...]:
    """(local name, first method); of interfaces that only embed others (local name, "^" and one of those)."""
    first: dict[int, str] = {}
    for symbol in facts.symbols:
        parent = symbol.parent
        if parent >= 0 and symbol.kind is SymbolKind.METHOD and facts.symbols[parent].kind is SymbolKind.INTERFACE:
            first[parent] = min(symbol.name, first.get(parent, symbol.name))
    for number, symbol in enumerate(facts.symbols):
        if symbol.kind is SymbolKind.INTERFACE and symbol.bases and number not in first:
            first[number] = "^" + min(base.name.rsplit(".", 1)[-1] for base in symbol.bases)
    return tuple((facts.symbols[number].local_name, name) for number, name in first.items())


def _tables(facts: FileFacts) -> tuple[StatedTable, ...]:
    ordinals: list[int] = []
    seen: dict[tuple[str, SymbolKind], int] = {}
    for symbol in facts.symbols:
        key = (symbol.local_name, symbol.kind)
        seen[key] = seen.get(key, -1) + 1
        ordinals.append(seen[key])
    found = []
    for table in facts.tables:
        if table.creates and table.symbol >= 0 and table.role is not TableRole.MIGRATION:
            symbol = facts.symbols[table.symbol]
            mapped = table.role is TableRole.MODEL
            place = (symbol.local_name, symbol.kind.value, ordinals[table.symbol])
            found.append(StatedTable(table.name, table.model, mapped, *place))
    return tuple(found)


def is_method(kind: SymbolKind, receiver: str, trait: str) -> bool:
    """Methods called by their name alone; a trait's method may have other implementations."""
    return not trait and (kind is SymbolKind.METHOD or (bool(receiver) and kind is SymbolKind.FUNCTION))


def _names(facts: FileFacts) -> tuple[str, ...]:
    sharing = traits(facts.language).sharing
    if sharing is Sharing.NONE:
        return ()
    if traits(facts.language).flat:
        return tuple(dict.fromkeys(name for name in flat_names(facts.symbols) if name))
    extensions = traits(facts.language).extensions
    hidden = MEMBERS | _STATED  # tables are found by `resolve.tables`, never as names of code
    top = [s.name for s in facts.symbols if s.parent < 0 and (extensions or not s.receiver) and s.kind not in hidden]
    top += [s.local_name for s in facts.symbols if is_outside_type(s.kind, s.receiver)]
    if sharing is Sharing.CRATE_MACROS:
        top = [name for name in top if name.endswith("!")]
    return tuple(dict.fromkeys(top))
