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
    components: bool = False  # the label is given part by part, from the first argument on
    keys: tuple[str, ...] = ()
    methods: str = ""  # keyword that lists HTTP methods
    handler: int | None = None
    handler_keys: tuple[str, ...] = ()
    framework: str = ""  # what the form itself tells
    alone: bool = False  # only where nothing stands in front of the name
    frameworks: tuple[str, ...] = ()  # only in files that import one of these
    receivers: tuple[str, ...] = ()  # or where the call is on one of these names
    slash: bool = False  # the label starts with "/", or is empty or "*"
    closure: bool = False  # only with a nameless function as last argument
    bare: bool = False  # without arguments the label is empty
    optional: bool = False  # without a literal the name of the handler is the label
    # No entry: the label goes in front of others. "type": of what is in the type that is decorated; "any": or function;
    # "variable": of what is called on the variable that the call is assigned to (and names commands of it); "block": of
    # what is inside of the call.
    prefix: str = ""
    # Kind "mount", no entry: the label goes in front of all routes of the routers that are passed.
    router: int | None = None  # place of the router
    router_keys: tuple[str, ...] = ()
    every: bool = False  # every argument may be a router; the first may be the label
    wrapped: str = ""  # the router is the first argument of a call of this name
    inline: bool = False  # or the routes stand in the call themselves
    replaces: bool = False  # the label takes the place of what the router itself was made with
    listed: bool = False  # on the list that the call stands in, not on what is in front of its dot
    inner: str = ""  # the label is that of the call of this name in the chain that the call ends
    arguments: int = 0  # at least as many


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``frameworks``: start of an imported module → name of the framework, the first match in order counts."""

    rule: tuple[Rule, ...]
    includes: tuple[str, ...] = ()  # tables of other languages that come after this one
    frameworks: dict[str, str] = {}
    passing: tuple[str, ...] = ()  # those whose routers are given to functions that add routes to them
    commands: tuple[str, ...] = ()  # those of them that are for command lines
    jobs: tuple[str, ...] = ()  # for queues and schedules


@cache
def table(language: str) -> Table:
    source = files("docrunch.parsing.entries").joinpath(f"{language}.toml").read_text("utf-8")
    found = msgspec.convert(tomllib.loads(source), Table)
    for each in map(table, found.includes):
        found = msgspec.structs.replace(
            found,
            rule=(*found.rule, *each.rule),
            frameworks={**found.frameworks, **each.frameworks},
            passing=(*found.passing, *each.passing),
            commands=(*found.commands, *each.commands),
            jobs=(*found.jobs, *each.jobs),
        )
    return found


@cache
def rules(language: str) -> dict[str, tuple[Rule, ...]]:
    """Rules by name, in the order of the table."""
    found: dict[str, list[Rule]] = {}
    for rule in table(language).rule:
        for name in rule.names:
            found.setdefault(name, []).append(rule)
    return {name: tuple(each) for name, each in found.items()}


@cache
def passing(language: str) -> tuple[str, ...]:
    """Starts of modules: in files that import one, any call may be given a router."""
    known = table(language)
    return tuple(start for start, name in known.frameworks.items() if name in known.passing)


def marked_names(language: str) -> frozenset[str]:
    """Names that the handlers of a language note."""
    return frozenset(rules(language))
