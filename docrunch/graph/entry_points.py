"""Entry points of one file: what its text and its place say that something outside starts, and what that is."""

import re

from docrunch.graph.layout import ancestors, join, parent_of
from docrunch.graph.model import EntryPoint
from docrunch.graph.mounts import router_of
from docrunch.graph.place import Place
from docrunch.graph.resolve import flow
from docrunch.graph.resolve.mounts import Mounts
from docrunch.graph.resolve.values import MODULE, SYMBOL, Value
from docrunch.graph.testing import is_test_file
from docrunch.ids import NodeId
from docrunch.parsing.entries.address import below
from docrunch.parsing.entries.find import MAX_LABEL
from docrunch.parsing.model import Entry

PROGRAMS = ("main", "command", "route", "job")
_TESTED_BY_PATH = frozenset({"python", "javascript", "typescript", "tsx", "go"})
_MANIFESTS = {"pyproject": "scripts", "setup.cfg": "scripts", "package.json": "bins"}
_ROUTE_FILE = re.compile(r"(?:^|/)app/(?:(.*)/)?route\.[cm]?[jt]sx?$")
_PAGE_FILE = re.compile(r"(?:^|/)app/(?:(.*)/)?page\.[cm]?[jt]sx?$")
_API_FILE = re.compile(r"(?:^|/)pages/(api(?:/.*)?)\.[cm]?[jt]sx?$")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_GROUP = re.compile(r"(?:^|/)(?:\([^/]*\)|@[^/]*)")  # folders that are in no address


def find(here: Place, mounts: Mounts) -> tuple[EntryPoint, ...]:
    """Sorted, each once."""
    found = [point for entry in here.facts.entries if _counts(here, entry) for point in _linked(here, entry, mounts)]
    found += _scripts(here)
    if here.facts.language in ("javascript", "typescript", "tsx"):
        found += _next_routes(here)
    return tuple(sorted(set(found)))


def _counts(here: Place, entry: Entry) -> bool:
    """A test is one only where its runner looks for it."""
    language = here.facts.language
    if entry.kind == "test":
        return language not in _TESTED_BY_PATH or is_test_file(here.path, language)
    return entry.kind == "main" or not is_test_file(here.path, language)  # a test serves what it makes up to itself


def _linked(here: Place, entry: Entry, mounts: Mounts) -> list[EntryPoint]:
    place = here.source(entry.symbol if entry.symbol >= 0 else entry.scope)
    handler = place
    if entry.chain:
        value = flow.plain(here.r, here.r.chain(here.file, entry.scope, entry.chain))
        handler = _handler(here, value) or place
    return [
        EntryPoint(place, entry.line, entry.kind, label, entry.framework, handler)
        for label in _labels(here, entry, mounts)
    ]


def _labels(here: Place, entry: Entry, mounts: Mounts) -> list[str]:
    """What a route is called at each address that its router is put below."""
    router = router_of(here, entry.holder, entry.router, entry.scope) if entry.kind == "route" else ""
    if not router:
        return [entry.label]
    return [
        below(entry.label, each.prefixes, entry.framework, entry.own if each.replaces else "")[:MAX_LABEL]
        if each.prefixes or each.replaces
        else entry.label
        for each in mounts.addresses(router)
    ]


def _handler(here: Place, value: Value) -> NodeId | None:
    """A function or type of the repository, or a module."""
    return here.node(value) if value[0] in (SYMBOL, MODULE) else None


def _scripts(here: Place) -> list[EntryPoint]:
    """Programs that a manifest installs; without those whose code is not here."""
    manifest = here.facts.manifest
    kind = str(manifest.get("kind", ""))
    programs = manifest.get(_MANIFESTS.get(kind, ""), {})
    family = here.r.language("javascript" if kind == "package.json" else "python")
    if family is None or not isinstance(programs, dict):
        return []
    found = []
    for name, target in programs.items():
        module, _, member = target.partition(":") if kind != "package.json" else (target, "", "")
        value = family.program(here.path, module.strip())
        if value is not None and value[0] == MODULE and isinstance(value[1], int) and member:
            value = flow.plain(here.r, here.r.module_member(value[1], member.split("[", 1)[0].strip()))
        handler = _handler(here, value) if value is not None else None
        if handler is not None:
            found.append(EntryPoint(here.module, 1, "script", name, "", handler))
    return found


def _next_routes(here: Place) -> list[EntryPoint]:
    """Next.js: the address is the path of the file."""
    matched = _ROUTE_FILE.search(here.path)
    if matched is not None and _uses_next(here):
        return [
            _route(here, f"{method} {_address(matched[1])}", method)
            for method in _METHODS
            if any(s.name == method and s.parent < 0 and s.exported for s in here.facts.symbols)
        ]
    matched = _PAGE_FILE.search(here.path) or _API_FILE.search(here.path)
    default = next((local for public, local in here.facts.exports if public == "default"), "")
    if matched is None or not default or not _uses_next(here):
        return []
    return [_route(here, _address(matched[1]), default)]


def _route(here: Place, label: str, name: str) -> EntryPoint:
    symbols = here.facts.symbols
    number = next((n for n, symbol in enumerate(symbols) if symbol.local_name == name), -1)
    node = here.source(number)
    return EntryPoint(node, symbols[number].line if number >= 0 else 1, "route", label, "next", node)


def _address(folders: str | None) -> str:
    path = _GROUP.sub("", folders or "").removesuffix("/index").strip("/")
    return f"/{path}"


def _uses_next(here: Place) -> bool:
    layout = here.index.names.layout
    for folder in ancestors(parent_of(here.path)):
        manifest = join(folder, "package.json")
        if manifest in layout.files:
            return "next" in [*layout.items(manifest, "dependencies"), *layout.items(manifest, "dev_dependencies")]
    return False
