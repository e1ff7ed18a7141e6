"""What resolution may see of a file: its interface, without lines, bytes, documentation and references.

Every rule reads this projection and never `FileFacts`, of its own file as of others, so that the answer to a question
is the same whoever asks. An interface is cut into parts, one for each name at the top of the file and one for the
body of each definition (what is bound, imported and named in it). A part has a digest over everything in it, so that a
change of one definition is seen by those only who asked for its name, and a change of a body by who looked into it.
"""

import hashlib
from collections.abc import Iterable

import msgspec

from docrunch.graph.languages import traits
from docrunch.graph.resolve.flat_names import flat_names
from docrunch.parsing.model import Binding, FileFacts, Import, Symbol, SymbolKind

CALLABLE = frozenset({SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.CONSTRUCTOR})
TYPES = frozenset(
    {SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.TRAIT, SymbolKind.STRUCT, SymbolKind.ENUM, SymbolKind.TYPE}
)
MEMBERS = frozenset({SymbolKind.METHOD, SymbolKind.CONSTRUCTOR, SymbolKind.PROPERTY})
VALUES = frozenset({SymbolKind.VARIABLE, SymbolKind.CONSTANT, SymbolKind.PROPERTY})
WHOLE = "*"  # the part for what is no single name: star imports, whether the file lists its public names
ANYTHING = "**"  # the reading of who looked for something in a file in vain; no part, so it has no digest
RETURN = "<return>"  # the target of bindings of what a function returns
_DIGEST_BYTES = 16
_encoder = msgspec.msgpack.Encoder()


class Parameter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    name: str
    type: str
    optional: bool  # has a default


class Definition(msgspec.Struct, frozen=True, gc=False):
    """A symbol. Fields as in `docrunch.parsing.model.Symbol` unless said otherwise."""

    name: str
    kind: SymbolKind
    local_name: str
    parent: int
    ordinal: int  # source order among the symbols of the file with this name and kind
    modifiers: tuple[str, ...]
    decorators: tuple[str, ...]
    params: tuple[Parameter, ...]
    returns: str
    bases: tuple[str, ...]  # as written
    type: str
    receiver: str
    extends: str  # the receiver, where it makes no member of another type (`LanguageTraits.extensions`)
    trait: str
    has_body: bool
    plain_function: bool  # JavaScript: written with the word `function`, which has a `this` of its own
    type_params: tuple[tuple[str, str], ...]  # (name, bound)
    base_args: tuple[tuple[str, ...], ...]  # type arguments, parallel to ``bases``; () where no base has any


class Using(msgspec.Struct, frozen=True, gc=False):
    """An import. Fields as in `docrunch.parsing.model.Import`."""

    module: str
    name: str
    alias: str
    level: int
    scope: int
    dynamic: bool


class Bound(msgspec.Struct, frozen=True, gc=False):
    """A binding. Fields as in `docrunch.parsing.model.Binding`."""

    target: tuple[str, ...]
    scope: int
    type: str
    value: tuple[str, ...]


class Interface(msgspec.Struct, frozen=True, gc=False):
    """Sequences are in source order; ``usings`` are parallel to `FileFacts.imports`."""

    language: str
    package: str
    definitions: tuple[Definition, ...]
    usings: tuple[Using, ...]
    bounds: tuple[Bound, ...]
    exports: tuple[tuple[str, str], ...]
    locals: dict[int, tuple[str, ...]]


def interface(facts: FileFacts) -> Interface:
    ordinals: dict[tuple[str, SymbolKind], int] = {}
    return Interface(
        facts.language,
        facts.package,
        tuple([_definition(symbol, facts.language, ordinals) for symbol in facts.symbols]),
        tuple([_using(found) for found in facts.imports]),
        tuple([_bound(binding) for binding in facts.bindings]),
        facts.exports,
        facts.locals,
    )


def _definition(symbol: Symbol, language: str, ordinals: dict[tuple[str, SymbolKind], int]) -> Definition:
    key = (symbol.local_name.replace(".", "::") if language == "rust" else symbol.local_name, symbol.kind)
    ordinal = ordinals[key] = ordinals.get(key, -1) + 1
    extensions = bool(symbol.receiver) and traits(language).extensions
    return Definition(
        symbol.name,
        symbol.kind,
        symbol.local_name,
        symbol.parent,
        ordinal,
        symbol.modifiers,
        symbol.decorators,
        tuple([Parameter(p.name, p.type, bool(p.default)) for p in symbol.params]) if symbol.params else (),
        symbol.returns,
        tuple([base.name for base in symbol.bases]) if symbol.bases else (),
        symbol.type,
        "" if extensions else symbol.receiver,
        symbol.receiver if extensions else "",
        symbol.trait,
        symbol.complexity > 0,
        symbol.signature.startswith(("function", "async function")),
        tuple([(p.name, p.type) for p in symbol.type_params]) if symbol.type_params else (),
        tuple([base.args for base in symbol.bases]) if any(base.args for base in symbol.bases) else (),
    )


def _using(found: Import) -> Using:
    return Using(found.module, found.name, found.alias, found.level, found.scope, found.dynamic)


def _bound(binding: Binding) -> Bound:
    return Bound(binding.target, binding.scope, binding.type, binding.value)


def is_outside_type(kind: SymbolKind, receiver: str) -> bool:
    """Swift: a type in an extension of another one; it is found by its whole local name, like one at the top."""
    return bool(receiver) and kind in TYPES and kind is not SymbolKind.TYPE


def part_of(definition: Definition) -> str:
    """The part of a definition at the top of its file. Those that no name leads to have parts of their own."""
    if is_outside_type(definition.kind, definition.receiver):
        return definition.local_name
    if definition.receiver or definition.kind in MEMBERS:
        return "." + definition.name
    return definition.name


def tops(seen: Interface) -> list[int]:
    """For each definition, the outermost one around it."""
    found: list[int] = []
    for number, definition in enumerate(seen.definitions):
        parent = definition.parent
        found.append(found[parent] if 0 <= parent < number else number)
    return found


def part_names(seen: Interface) -> list[str]:
    """For each definition, the name of its part."""
    parts: list[str] = []
    for number, definition in enumerate(seen.definitions):
        parent = definition.parent
        parts.append(parts[parent] if 0 <= parent < number else part_of(definition))
    return parts


def body_of(definition: Definition) -> str:
    """The part that holds what is bound, imported and named inside a definition, but not inside those within it."""
    return definition.local_name + "()"


def digests(seen: Interface) -> dict[str, bytes]:
    """Part → digest of everything in it. Positions count from the outermost definition: what stands above a part in
    the file does not change it.
    """
    parts, outermost = part_names(seen), tops(seen)
    rows: dict[str, list[object]] = {WHOLE: [seen.language, seen.package, bool(seen.exports)]}
    order: dict[int, int] = {}
    counted: dict[str, int] = {}
    for number, definition in enumerate(seen.definitions):
        part, top, parent = parts[number], outermost[number], definition.parent
        if top == number:
            order[number] = counted[part] = counted.get(part, -1) + 1
        row = (order[top], number - top, parent - top if parent >= 0 else -1, *_fields(definition))
        rows.setdefault(part, []).append(row)

    def rows_of(scope: int, name: str) -> tuple[list[object], object]:
        """The rows of the part that a scope is, and which scope of that name it is; without one, of a name."""
        if not 0 <= scope < len(parts):
            return rows.setdefault(name, []), -1
        definition = seen.definitions[scope]
        return rows.setdefault(body_of(definition), []), (definition.kind, definition.ordinal)

    for found in seen.usings:
        into, place = rows_of(found.scope, import_part(found, seen.language))
        into.append((1, place, found.module, found.name, found.alias, found.level, found.dynamic))
    for bound in seen.bounds:
        single = len(bound.target) == 1 and bound.target[0] != RETURN
        if single or not 0 <= bound.scope < len(parts):
            into, place = rows_of(bound.scope, bound.target[0] if len(bound.target) == 1 else WHOLE)
        else:  # an attribute or a result: seen by who has its type or function
            top = outermost[bound.scope]
            into, place = rows.setdefault(parts[bound.scope], []), (order[top], bound.scope - top)
        into.append((2, place, bound.target, bound.type, bound.value))
    for public, local in seen.exports:
        rows.setdefault(public, []).append((3, public, local))
    if traits(seen.language).flat:  # the name is a part of its own: what it means is in the part of the definition
        for number, name in enumerate(flat_names(seen.definitions)):
            if name and name != parts[number]:
                rows.setdefault(name, []).append((5, seen.definitions[number].kind))
    for scope, names in seen.locals.items():
        into, place = rows_of(scope, WHOLE)
        into.append((4, place, names))
    return {part: _digest(found) for part, found in rows.items()}


def _fields(d: Definition) -> tuple[object, ...]:
    return (
        d.name,
        d.kind,
        d.local_name,
        d.ordinal,
        d.modifiers,
        d.decorators,
        d.params,
        d.returns,
        d.bases,
        d.type,
        d.receiver,
        d.extends,
        d.trait,
        d.has_body,
        d.plain_function,
        d.type_params,
        d.base_args,
    )


def _digest(rows: Iterable[object]) -> bytes:
    return hashlib.blake2b(_encoder.encode(rows), digest_size=_DIGEST_BYTES).digest()


def import_part(found: Using, language: str) -> str:
    """The part of an import at the top of a file. What a Go import binds depends on other files: one part for all."""
    if language == "go":
        return WHOLE
    return bound_name(found, language) or WHOLE


def bound_name(found: Using, language: str) -> str:
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
