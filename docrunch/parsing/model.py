"""File facts: what one file says, independent of where the file is.

Facts are cached by sha256(stored text) + language + extractor id, so nothing in them may depend on the path,
on other files, on the clock or on the host. Names are local (``Outer.inner``); `docrunch.graph.naming` puts the
module in front. Lines are 1-based and inclusive and end at LF; byte offsets are into the stored text.
"""

from enum import StrEnum

import msgspec

from docrunch.source.model import Issue


class SymbolKind(StrEnum):
    NAMESPACE = "namespace"
    CLASS = "class"
    INTERFACE = "interface"
    TRAIT = "trait"
    STRUCT = "struct"
    ENUM = "enum"
    FUNCTION = "function"
    METHOD = "method"
    CONSTRUCTOR = "constructor"
    PROPERTY = "property"
    CONSTANT = "constant"
    TYPE = "type"
    VARIABLE = "variable"
    MACRO = "macro"  # C and C++: what `#define` names
    TABLE = "table"
    VIEW = "view"
    COLUMN = "column"
    KEY = "key"  # of a YAML, TOML or JSON document
    BLOCK = "block"  # HCL resource, GraphQL or protobuf service, Dockerfile stage
    TARGET = "target"  # of a Makefile


class Param(msgspec.Struct, frozen=True, array_like=True, gc=False):
    name: str
    type: str = ""  # annotation as written
    default: str = ""  # as written, at most 80 characters
    doc: str = ""  # from the docstring, where its style names parameters


class Base(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A supertype as written, without type arguments: ``module.Base`` for ``class A(module.Base[int])``."""

    name: str
    line: int
    relation: str  # inherits | implements (what the syntax says; link corrects by the target's kind)
    args: tuple[str, ...] = ()  # type arguments as written: ("int",)


class Symbol(msgspec.Struct, frozen=True, gc=False):
    name: str
    kind: SymbolKind
    local_name: str  # dotted path of names inside the file; Go/Rust methods: Type.method
    parent: int  # index in FileFacts.symbols of the enclosing symbol, -1 at the top of the file
    line: int  # of the name
    start_line: int  # of the whole definition, decorators, attributes and modifiers included
    end_line: int
    start_byte: int
    end_byte: int
    signature: str  # one line, whitespace collapsed, no body, ≤ 300 characters
    doc: str = ""  # docstring or doc comment, markers and common indentation removed, as written otherwise
    doc_line: int = 0  # first line of the documentation, 0 without
    doc_end_line: int = 0
    exported: bool = False  # part of the file's public surface by the rules of the language
    modifiers: tuple[str, ...] = ()  # sorted: abstract async const generator override private static test unsafe …
    decorators: tuple[str, ...] = ()  # as written, without "@" and arguments
    params: tuple[Param, ...] = ()
    returns: str = ""  # annotation as written
    returns_doc: str = ""
    bases: tuple[Base, ...] = ()
    type: str = ""  # annotation of a variable, constant or property
    complexity: int = 0  # cyclomatic (McCabe 1976): 1 + decision points; 0 for what has no body
    receiver: str = ""  # Go receiver type, Rust impl type, "" otherwise
    trait: str = ""  # Rust: what an impl block implements; Java, Kotlin: supertype of the nameless class around
    type_params: tuple[Param, ...] = ()  # generics: ``type`` is the bound, ``default`` the default, as written
    cognitive: int = 0  # cognitive complexity (Campbell 2018, SonarSource); `docrunch.parsing.cognitive`


class Import(msgspec.Struct, frozen=True, gc=False):
    """One imported name, or one imported module.

    ``import a.b as c`` → module "a.b", alias "c". ``from .a import b as c`` → module "a", level 1, name "b", alias "c".
    ``from a import *`` → name "*". TS ``import d, {x as y} from "./m"`` → two rows, names "default" and "x".
    ``export {x} from "./m"`` / ``export * from`` / ``pub use`` → ``reexport`` true. Side-effect import → name "".
    Rust ``use a::b::{c as d}`` → module "a::b", name "c", alias "d". Go ``import f "net/http"`` → module, alias "f".
    """

    module: str
    line: int
    name: str = ""  # "" imports the module itself
    alias: str = ""
    level: int = 0  # Python: number of leading dots
    scope: int = -1  # enclosing symbol, -1 for the file
    reexport: bool = False
    type_only: bool = False
    dynamic: bool = False  # require(), import(), importlib with a literal


class Reference(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A use of a name that may be a symbol somewhere.

    ``chain`` holds the dotted parts as written: ``self.client.get()`` → ("self", "client", "get").
    A part that is itself a call ends in "()": ``make().run()`` → ("make()", "run"). An element of a container,
    by subscript or by iteration, is the part "[]"; the n-th of a tuple, by unpacking, is "[n]". A part that is none of
    these (literal, expression) is "?". Rust and C++ paths are split at ``::``. Where a language keeps types and values
    apart, a last part that can only be a type starts with ":" and may say how many type arguments it has:
    ``new a.Box<int>(x)`` → ("a", ":Box`1").
    """

    kind: str  # call | use (type positions, decorators, bare names passed on) | write | one of `DOCUMENT_KINDS`
    chain: tuple[str, ...]
    line: int
    scope: int  # index of the innermost enclosing symbol, -1 for the file
    args: int = -1  # number of arguments of a call, -1 unknown or with spreads
    # Of each argument what tells overloads apart. Swift: its label, "" for none, "{" for the first closure behind the
    # call; Java: what it is (`docrunch.parsing.languages.java.arguments`).
    labels: tuple[str, ...] = ()


# What documents and settings refer to. link: a place, as written (``../a.py``; with "/" in front from the root of the
# repository); path: code that may be a path; mention: code that may be a name, with ``args`` 0 where it is called.
DOCUMENT_KINDS = frozenset({"link", "path", "mention"})


class Binding(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a local name, parameter or attribute is known to hold, from syntax alone.

    ``target`` is ("x",) for a local, ("self", "client") for an attribute. Exactly one source: ``type`` is an
    annotation as written; ``value`` is the chain of the assigned expression, in the notation of `Reference.chain`
    (``x = Client()`` → ("Client()",); ``x = y.z`` → ("y", "z"); ``for x in y`` → ("y", "[]")). What a function without
    annotation returns is bound to ("<return>",) in its scope, once for each ``return`` with a value.
    """

    target: tuple[str, ...]
    scope: int
    line: int
    type: str = ""
    value: tuple[str, ...] = ()


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A place where a program, a framework or a test runner starts code, as far as one file can tell.

    The handler is symbol ``symbol`` of this file, or what ``chain`` means in ``scope``, or else the scope itself
    (an anonymous function, the whole file).
    """

    kind: str  # main | command | script | route | job | test
    label: str  # "GET /users/{id}", the name of a command or test; "" for main
    line: int
    symbol: int = -1
    chain: tuple[str, ...] = ()
    scope: int = -1
    framework: str = ""
    # What the address of a route hangs from, where other code may put something in front of it: symbol ``holder`` of
    # this file (a function that is given the router, or returns it), or what ``router`` means in ``scope``.
    holder: int = -1
    router: tuple[str, ...] = ()
    own: str = ""  # the part of the address that the router itself was made with


class Mount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A place that puts all routes of one router below an address: ``app.include_router(users, prefix="/users")``.

    The router is symbol ``symbol``, or what ``router`` means in ``scope``, there the default of ``module`` where one is
    named. ``above`` and ``holder`` say what the whole is put on, as in `Entry`.
    """

    prefix: str  # literal; "{…}" for a part that is computed
    line: int
    scope: int
    router: tuple[str, ...] = ()
    module: str = ""
    symbol: int = -1
    holder: int = -1
    above: tuple[str, ...] = ()
    own: str = ""  # what ``above`` was made with, in front of the prefix
    replaces: bool = False  # the prefix takes the place of the one that the router was made with


class Section(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A heading of a documentation file with the text up to the next heading of any level."""

    title: str
    level: int
    line: int
    end_line: int
    start_byte: int
    end_byte: int


class Marker(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """TODO, FIXME, HACK or XXX in a comment."""

    kind: str
    line: int
    text: str
    scope: int = -1  # index of the innermost symbol around or below (its documentation) the comment


class Column(msgspec.Struct, frozen=True, array_like=True, gc=False):
    name: str
    line: int
    type: str = ""  # as written
    nullable: bool = True
    primary: bool = False
    unique: bool = False
    default: str = ""  # as written, at most 80 characters
    doc: str = ""


class ForeignKey(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one row says about a row elsewhere. Exactly one of ``table`` and ``model`` names the other side."""

    columns: tuple[str, ...]
    line: int
    table: str = ""  # as written, without quotes; with its schema where one is given
    model: str = ""  # class name, where the framework names classes: ``Author``, ``blog.Author``
    targets: tuple[str, ...] = ()  # columns there, where given
    many: bool = False  # many to many


class TableIndex(msgspec.Struct, frozen=True, array_like=True, gc=False):
    columns: tuple[str, ...]  # as written; expressions included
    line: int
    name: str = ""
    unique: bool = False


class TableRole(StrEnum):
    SCHEMA = "schema"  # states the table: SQL, a Prisma schema, schema.rb
    MODEL = "model"  # a class whose instances are rows
    MIGRATION = "migration"  # a step that makes or changes the table


class Table(msgspec.Struct, frozen=True, gc=False):
    """A table or view, as one place in one file states it, maps to it or changes it."""

    name: str  # as written, without quotes; "" where the framework makes it from app and model (Django)
    role: TableRole
    source: str  # sql | prisma | sqlalchemy | alembic | django | rails | jpa
    line: int
    end_line: int
    symbol: int = -1  # the symbol that is the table, maps to it, or holds the step
    model: str = ""  # name of the mapped class
    creates: bool = False  # not a change to a table that is defined elsewhere
    view: bool = False
    columns: tuple[Column, ...] = ()
    keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[TableIndex, ...] = ()
    reads: tuple[tuple[str, int], ...] = ()  # (table, line) that a view selects from, or a table is made like
    doc: str = ""


class FileFacts(msgspec.Struct, frozen=True):
    """All that one file says. Sequences are in source order."""

    language: str
    lines: int
    code_lines: int = 0  # lines that hold more than white space and comments
    comment_lines: int = 0
    doc: str = ""  # module docstring, crate or package comment
    doc_line: int = 0
    doc_end_line: int = 0
    symbols: tuple[Symbol, ...] = ()
    imports: tuple[Import, ...] = ()
    references: tuple[Reference, ...] = ()
    bindings: tuple[Binding, ...] = ()
    exports: tuple[tuple[str, str], ...] = ()  # (public name, local name): __all__, export {a as b}
    sections: tuple[Section, ...] = ()
    markers: tuple[Marker, ...] = ()
    tables: tuple[Table, ...] = ()
    package: str = ""  # Go package clause, Java-like package declaration
    manifest: dict[str, str | list[str] | dict[str, str]] = {}  # what naming and docs need of package manifests
    entries: tuple[Entry, ...] = ()
    mounts: tuple[Mount, ...] = ()
    entry_point: bool = False  # `if __name__ == "__main__"`, func main in package main, shebang script, bin
    locals: dict[int, tuple[str, ...]] = {}  # symbol index → local names that references there start with, sorted
    identifiers: dict[int, tuple[str, ...]] = {}  # symbol index → salient identifiers of its body, for the card
    issues: tuple[Issue, ...] = ()  # with an empty path; the caller fills it in
