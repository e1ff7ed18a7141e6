"""What differs between languages, one object per family and link. The base: files that see only themselves.

Methods take the resolver first and ask everything else through it; see `docrunch.graph.resolve` for the rules of the
house. A method that finds nothing answers ``None`` where another rule may go on, and a miss where none may.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from docrunch.graph.resolve import builtin_names, callables, modules, overloads
from docrunch.graph.resolve.annotations import FUNCTION, MAP, SEQUENCE, TUPLE, Parsed, parse
from docrunch.graph.resolve.interface import Definition, Parameter, Using
from docrunch.graph.resolve.values import (
    EXTERNAL,
    EXTERNAL_INSTANCE,
    MISS,
    NO_CANDIDATE,
    NO_MEMBER,
    SYMBOL,
    Value,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.arguments import Passing
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver


SHAPES: Mapping[str, Mapping[str, int]] = {
    SEQUENCE: {"[]": 0},
    MAP: {"[*]": 0, "[]": 1},
    TUPLE: {"[n]": 0},
    FUNCTION: {"()": 0},
}
_NOTHING: Mapping[str, int] = {}


def _last(outside: str) -> str:
    return re.split(r"[.:\\\\]", outside)[-1]


class Family:
    attaches: ClassVar[bool] = False  # members may be written outside their type (`Symbol.receiver`)
    overloads: ClassVar[bool] = False  # those inherited stay, unless one with the same parameters hides them
    capital_types: ClassVar[bool] = True  # a capital letter tells an outside type that is called from a function
    guesses: ClassVar[bool] = True  # the only method of a name may be meant where the receiver is not known
    separate_calls: ClassVar[bool] = False  # functions live apart from values: see `resolve.callables`
    extends: ClassVar[bool] = False  # functions may be called like members of a type they are not written in
    extends_outside: ClassVar[bool] = False  # also types from outside, by names that those do not have
    closed_namespaces: ClassVar[bool] = False  # a body of a namespace does not see the names around it
    call_operator: ClassVar[str] = ""  # the method that a call of an instance runs
    roots: ClassVar[frozenset[str]] = frozenset()  # outside supertypes that bring no members
    subscript_operator: ClassVar[str] = ""  # the methods that ``x[…]`` and an iteration run
    iteration_operator: ClassVar[str] = ""
    super_constructs: ClassVar[bool] = True  # ``super(…)`` runs the constructor of the type above
    selves: ClassVar[frozenset[str]] = frozenset({"this"})  # names of the receiver in a method
    self_types: ClassVar[frozenset[str]] = frozenset()  # annotations that mean the type of the receiver
    containers: ClassVar[Mapping[str, Mapping[str, int]]] = {}  # by the last part of the outside name
    contract_kinds: ClassVar[frozenset[SymbolKind]] = frozenset({SymbolKind.INTERFACE, SymbolKind.TRAIT})  # implemented
    marks_types: ClassVar[bool] = False  # types and values may share a name: parts that are types are marked
    hides_types: ClassVar[bool] = False  # a local value counts before a type of its name, which is no value
    bare_calls: ClassVar[bool] = False  # a function without parameters is called by its name alone
    calls_values: ClassVar[bool] = True  # a call of a variable counts as one where nobody knows what it holds
    right_to_left: ClassVar[bool] = False  # of several supertypes the last one comes first
    follows_aliases: ClassVar[bool] = True  # a type alias is the type that it names

    receivers: ClassVar[frozenset[str]] = frozenset()  # parameters that no caller passes
    open_names: ClassVar[tuple[str, ...]] = ("...",)  # how the names of parameters start that take any number
    open_types: ClassVar[tuple[str, ...]] = ()  # how their types start or end
    checks_arguments: ClassVar[bool] = False  # the only function of a name must fit the call as well
    of_any_value: ClassVar[Mapping[str, str]] = {}  # parts that every value has → type
    passing: ClassVar["Passing | None"] = None  # where references carry words for their arguments

    def __init__(self, key: str, index: "Index") -> None:
        self.key = key
        self.index = index

    # -- names at a place --------------------------------------------------------------------------------------

    def receiver(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        """``self``, ``this``, ``super`` and their like. Args: ``scope`` ≥ 0."""
        return None

    def keyword(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        """Names that no scope can define."""
        return None

    def in_type(self, r: "Resolver", file: int, scope: int, name: str, innermost: bool) -> Value | None:
        """A bare name inside a type. ``innermost``: in the body of the type itself, not in a method."""
        return None

    def in_namespace(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        """A name of a namespace that is written in several places; ``None`` where this block is all of it."""
        return None

    def in_extension(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        """A bare name in a member that is written outside its type. Args: ``scope``: the member."""
        return None

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        """A name at the top of a file, from inside as from outside."""
        return (
            modules.listed(r, file, name)
            or modules.defined(r, file, name)
            or modules.imported(r, file, name)
            or modules.starred(r, file, name)
        )

    def own_name(self, r: "Resolver", file: int, name: str) -> Value | None:
        """What a name at the top of a file means inside it, where others see something else by that name."""
        return None

    def module_value(self, r: "Resolver", file: int) -> Value | None:
        """What a module stands for where it is called, or asked for a member that it has not."""
        return None

    def is_starred_out(self, r: "Resolver", origin: Value, name: str) -> bool:
        """Does a star import bring the name along?"""
        return True

    def is_quiet_star(self, origin: str) -> bool:
        """Whether a star import of something outside cannot hide names of this repository."""
        return False

    def outermost(self, r: "Resolver", file: int, name: str) -> Value:
        """A name that no scope and no import defines."""
        return builtin_names.value(self.key, name)

    def type_name(self, r: "Resolver", file: int, scope: int, name: str, arity: int) -> Value:
        """A name that can only be a type. Args: ``arity``: the number of its type arguments."""
        return r.head(file, scope, name)

    def as_type(self, r: "Resolver", value: Value, arity: int) -> Value | None:
        """The type that shares the name of a value; ``None`` where there is none."""
        return value

    def beside(self, r: "Resolver", value: Value) -> Value:
        """What a name means where only a type can stand, by what it means elsewhere."""
        return value

    def namespace_child(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        """A name below an inline namespace or module that is written elsewhere."""
        return None

    def namespace_name(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        """A name of an inline namespace or module that neither it nor its imports define."""
        return None

    def asked(self, part: str) -> str:
        """A part of a chain as the name that is asked for."""
        return part if self.separate_calls else part.removesuffix("()")

    def callee(self, r: "Resolver", file: int, scope: int, name: str) -> Value:
        """What a call of a bare name runs, in a family with separate calls. Args: ``name``: see `callables.call`."""
        return miss(NO_CANDIDATE)

    def extension(self, r: "Resolver", file: int, value: Value, name: str) -> Value | None:
        """A function that extends a value from outside, in a family that has such. ``value`` may be a miss."""
        return None

    def made(self, value: Value) -> Value:
        """What a call of something outside gives: an instance, where it is a type."""
        outside = str(value[1])
        is_type = self.capital_types and _last(outside)[:1].isupper()
        return (EXTERNAL_INSTANCE, outside if is_type else f"{outside}()", value[2])

    # -- imports -----------------------------------------------------------------------------------------------

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        """The module, package or outside name that an import names, before any member of it."""
        return (EXTERNAL, found.module, 1000) if found.module else miss(NO_CANDIDATE)

    def program(self, path: str, target: str) -> Value | None:
        """The module that the manifest at ``path`` names as a program; None where it is not in the repository."""
        return None

    def target(self, r: "Resolver", file: int, found: Using) -> Value:
        """What the bound name means: the module itself or the member that the import names."""
        start = self.origin(r, file, found)
        if start[0] == MISS or found.name in ("", "*"):
            return start
        value = r.member(start, found.name)
        return miss(NO_MEMBER) if value[0] == MISS and value[1] == NO_CANDIDATE else value

    def sees(self, file: int) -> Sequence[int]:
        """Files whose names a file sees without importing them."""
        return ()

    # -- packages: values ``(PACKAGE, family NUL key, grade)`` -------------------------------------------------

    def package_member(self, r: "Resolver", key: str, name: str) -> Value:
        return miss(NO_CANDIDATE)

    def package_files(self, key: str) -> Sequence[int]:
        """Files that whoever imports the package can name."""
        return ()

    def package_directory(self, key: str) -> str | None:
        """The directory whose node stands for the package; ``None`` without one."""
        return key

    # -- types and members -------------------------------------------------------------------------------------

    def pick(self, found: Sequence[int]) -> Value | None:
        """One of several definitions of a name in one place; ``None`` where nobody can tell."""
        return None

    def member(self, r: "Resolver", symbol: int, name: str, *, skip_own: bool) -> Value:
        """A member of a type, in a family with separate calls."""
        found = callables.method if callables.is_call(name) else callables.value
        return found(r, symbol, name, skip_own=skip_own)

    def word(self, r: "Resolver", symbol: int, name: str) -> Value | None:
        """``Outer.this`` and its like."""
        return None

    def other_parts(self, r: "Resolver", symbol: int) -> Sequence[int]:
        """The other definitions of a type that is written in several places."""
        return ()

    def contracts(self, r: "Resolver", symbol: int) -> Sequence[int]:
        """The interfaces that a type fulfils without naming them."""
        return ()

    def outside_contracts(self, r: "Resolver", symbol: int) -> Sequence[tuple[str, Collection[str]]]:
        """The outside interfaces that a type fulfils without naming them, with their methods."""
        return ()

    def parts(self, written: str) -> tuple[str, ...]:
        """The name of a type as written, in the notation of chains."""
        return tuple(written.replace("::", ".").split("."))

    def of_type(self, r: "Resolver", symbol: int, name: str) -> Value:
        """A member of a type itself."""
        return r.hierarchy.member(symbol, name)

    def of_instance(self, r: "Resolver", symbol: int, name: str, *, skip_own: bool = False) -> Value:
        """A member of the instances of a type. Args: ``skip_own``: as supertypes have it."""
        return r.hierarchy.member(symbol, name, skip_own=skip_own)

    def read(self, r: "Resolver", symbol: int) -> Value | None:
        """What a member gives that is read by a call; ``None`` where it is called like any other value."""
        return None

    def outside(self, symbol: int, name: str) -> Sequence[int]:
        """Types that belong to a type and are written outside it; asked while the methods outside types are found."""
        return ()

    # -- which of several functions a call means: asked by `docrunch.graph.resolve.overloads` ---------------------

    def passed(self, definition: Definition) -> Sequence[Sequence[Parameter]]:
        """The parameters that a caller passes, in each of the ways to call a function."""
        params = definition.params
        if self.receivers and params and any(param.name in self.receivers for param in params):
            params = tuple([param for param in params if param.name not in self.receivers])
        return (params,)

    def is_open(self, param: Parameter) -> bool:
        """Whether a parameter takes any number of arguments."""
        return param.name.startswith(self.open_names) or (
            bool(self.open_types) and (param.type.startswith(self.open_types) or param.type.endswith(self.open_types))
        )

    def accepts(self, definition: Definition, arguments: int, labels: Sequence[str]) -> bool:
        """Whether a call can mean a function. Args: as in `docrunch.parsing.model.Reference`."""
        return overloads.takes(self, definition, arguments)

    def closest(self, kept: list[int], arguments: int) -> list[int]:
        """Of functions that a call can mean, those that come before others: the only one with so many parameters."""
        exact = [number for number in kept if len(self.index.symbols[number].params) == arguments]
        return exact if len(exact) == 1 else kept

    def fitting(self, found: Sequence[int], file: int, arguments: int, labels: Sequence[str]) -> list[int]:
        """Those of several functions that a call can mean. Args: as in `docrunch.parsing.model.Reference`."""
        return overloads.fitting(self, found, arguments, labels)

    def rivals(self, r: "Resolver", chosen: int, arguments: int) -> Sequence[int]:
        """What a call may mean beside the only function that fits."""
        return ()

    def unfit(self, r: "Resolver", found: Sequence[int], arguments: int) -> Value | None:
        """What a call means where none of the functions fits; ``None`` where it is left open."""
        return None

    def shape(self, definition: Definition) -> tuple[str, ...]:
        """What tells one overload from another."""
        return tuple(param.type for param in definition.params)

    def makes(self, r: "Resolver", symbol: int) -> Value | None:
        """What a call of a type gives, ``None`` where that is an instance of it."""
        return None

    def runs(self, r: "Resolver", symbol: int) -> Value:
        """What a call of a type runs: the type itself, or its constructors (an ambiguous miss where it has several)."""
        return (SYMBOL, symbol, 1000)

    def declarations(self, r: "Resolver", symbol: int) -> Sequence[int]:
        """The declarations that a definition fulfils, where a language keeps them apart."""
        return ()

    def implementation(self, r: "Resolver", symbol: int) -> int:
        """The definition of what a function only declares; the function itself where there is none, or several."""
        return symbol

    def parse(self, written: str) -> Parsed:
        """An annotation as written, one level deep."""
        return parse(written, self.key)

    def container(self, outside: str) -> Mapping[str, int]:
        """What an outside type gives of its type arguments: part → index of the argument, -1 for itself.

        Parts: "[]" by subscript, "[*]" by iteration, "[n]" by position, "[?]" behind an early return, "()" by a call of
        it, "get()" by its method of that name, "*" by any other name. Shapes of `annotations` have the same on top.
        """
        return SHAPES.get(outside) or self.containers.get(_last(outside), _NOTHING)

    def itself(self, r: "Resolver", file: int, scope: int, name: str) -> int:
        """The type that a word like ``Self`` in an annotation means, -1 for other words."""
        return -1

    def external(self, symbol: Definition, written: str) -> bool:
        """Whether a supertype that was not found may bring members of its own."""
        return written.rsplit(".", 1)[-1] not in self.roots

    # -- the tree as a whole -----------------------------------------------------------------------------------

    def tables(self) -> Mapping[str, dict[str, str]]:
        """Answers that can be compared in full between two links, by the group of their readings."""
        return {}

    def layout(self) -> object:
        """What rules read without noting it; a change links everything anew. JSON-like."""
        return None
