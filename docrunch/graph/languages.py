"""What linking must know of a language before any name is resolved. The rules themselves are `resolve.families`."""

from enum import StrEnum

import msgspec

from docrunch.graph.layout import parent_of


class Sharing(StrEnum):
    """Which files see each other's top-level names without importing them."""

    NONE = "none"
    DIRECTORY = "directory"  # files of one directory with one package clause (Go)
    CRATE_MACROS = "crate_macros"  # macros, anywhere in a crate (Rust)
    PACKAGE = "package"  # files that declare one package or namespace, wherever they are
    PREFIX = "prefix"  # files whose symbols have one prefix by `naming.ModuleNames.prefix`
    REPOSITORY = "repository"  # all files of the language


class LanguageTraits(msgspec.Struct, frozen=True):
    family: str  # languages that share naming and linking rules
    separator: str = "."  # between the parts of a qualified name
    inner: str = ""  # between a type and its members; "" for the separator
    sharing: Sharing = Sharing.NONE
    extensions: bool = False  # `Symbol.receiver` is what a function extends; it stays a name of its own file
    structural: bool = False  # a type fulfils an interface by its methods, without naming it
    code: bool = True  # its files make modules and packages; settings and data do only where they hold jobs or services
    declares: bool = False  # qualified names start with the package that the file declares
    flat: bool = False  # names below a namespace are names of the file (`resolve.flat_names`)


_JAVASCRIPT = LanguageTraits("javascript")
_JVM = LanguageTraits("jvm", sharing=Sharing.PACKAGE, declares=True, extensions=True)
_C = LanguageTraits("c", separator="::", sharing=Sharing.REPOSITORY, declares=True, flat=True)
_TRAITS = {
    "javascript": _JAVASCRIPT,
    "typescript": _JAVASCRIPT,
    "tsx": _JAVASCRIPT,
    "jsx": _JAVASCRIPT,
    "go": LanguageTraits("go", sharing=Sharing.DIRECTORY, structural=True),
    "rust": LanguageTraits("rust", separator="::", sharing=Sharing.CRATE_MACROS),
    "elixir": LanguageTraits("elixir", sharing=Sharing.REPOSITORY, declares=True),
    "graphql": LanguageTraits("graphql", sharing=Sharing.REPOSITORY, declares=True),
    "proto": LanguageTraits("proto", sharing=Sharing.PACKAGE, declares=True),
    "swift": LanguageTraits("swift", sharing=Sharing.PREFIX),
    "csharp": LanguageTraits("csharp", sharing=Sharing.PACKAGE, declares=True),
    "scala": LanguageTraits("scala", sharing=Sharing.PACKAGE, declares=True),
    "java": _JVM,
    "kotlin": _JVM,
    "yaml": LanguageTraits("yaml", code=False),
    "toml": LanguageTraits("toml", code=False),
    "json": LanguageTraits("json", code=False),
    "hcl": LanguageTraits("hcl", sharing=Sharing.DIRECTORY),
    "php": LanguageTraits("php", separator="\\", inner="::", sharing=Sharing.PACKAGE, declares=True),
    "ruby": LanguageTraits("ruby", separator="::", sharing=Sharing.REPOSITORY, declares=True),
    "c": _C,
    "cpp": _C,
}


def traits(language: str) -> LanguageTraits:
    """A language without an entry is a family of its own, whose files share nothing."""
    return _TRAITS.get(language) or LanguageTraits(language)


def family(language: str) -> str:
    found = _TRAITS.get(language)
    return found.family if found is not None else language


def scope_key(language: str, path: str, package: str, module: str, prefix: str) -> str:
    """The scope whose names a file shares, "" where it shares none. Args: as in `Project.place`."""
    sharing = traits(language).sharing
    if sharing is Sharing.DIRECTORY:
        return f"{parent_of(path)}\0{package}"
    if sharing is Sharing.CRATE_MACROS:
        return module.split("::", 1)[0]
    if sharing is Sharing.PACKAGE:
        return package or "\0"
    if sharing is Sharing.PREFIX:
        return prefix or "\0"
    return "*" if sharing is Sharing.REPOSITORY else ""
