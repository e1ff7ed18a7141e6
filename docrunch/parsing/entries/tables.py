"""The table of a language: which names start code, and where their labels and handlers stand."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One form of call, decorator or annotation.

    ``names`` are last parts of chains. ``on``: ``definition`` (it decorates one) or ``call``. ``verb``: ``name`` for
    the name itself in upper case, or the word to use. ``label`` is the place of the argument that holds the path or
    name, -1 for none; ``keys`` are keywords that may hold it instead. ``handler`` is the place of the argument that
    is started, counted from the end where negative; null where that is the definition, or nothing with a name.
    """

    names: tuple[str, ...]
    kind: str
    on: str = "call"
    verb: str = ""
    label: int = 0
    keys: tuple[str, ...] = ()
    methods: str = ""  # keyword that lists HTTP methods
    handler: int | None = None
    handler_keys: tuple[str, ...] = ()
    framework: str = ""  # what the form itself tells
    frameworks: tuple[str, ...] = ()  # only in files that import one of these
    receivers: tuple[str, ...] = ()  # or where the call is on one of these names
    slash: bool = False  # the label starts with "/", or is empty or "*"
    bare: bool = False  # without arguments the label is empty
    optional: bool = False  # without a literal the name of the handler is the label
    # No entry: the label goes in front of others. "type": of what is in the type that is decorated; "any": or function;
    # "variable": of what is called on the variable that the call is assigned to (and names commands of it); "block": of
    # what is inside of the call.
    prefix: str = ""
    inner: str = ""  # the label is that of the call of this name in the chain that the call ends
    arguments: int = 0  # at least as many


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``frameworks``: start of an imported module → name of the framework, the first match in order counts."""

    rule: tuple[Rule, ...]
    frameworks: dict[str, str] = {}
    commands: tuple[str, ...] = ()  # those of them that are for command lines


@cache
def table(language: str) -> Table:
    source = files("docrunch.parsing.entries").joinpath(f"{language}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(source), Table)


@cache
def rules(language: str) -> dict[str, tuple[Rule, ...]]:
    """Rules by name, in the order of the table."""
    found: dict[str, list[Rule]] = {}
    for rule in table(language).rule:
        for name in rule.names:
            found.setdefault(name, []).append(rule)
    return {name: tuple(each) for name, each in found.items()}


def marked_names(language: str) -> frozenset[str]:
    """Names that the handlers of a language note."""
    return frozenset(rules(language))
