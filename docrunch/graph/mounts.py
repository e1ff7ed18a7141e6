"""What a file puts below addresses: its mounts with the routers that they mean."""

from docrunch.graph.place import Place
from docrunch.graph.resolve.interface import Using
from docrunch.graph.resolve.mounts import Mounted, key
from docrunch.graph.resolve.values import MISS, MODULE, SYMBOL, Value
from docrunch.graph.testing import is_test_file
from docrunch.parsing.model import Mount

_URLS = "urlpatterns"  # Django: the routes of a module
_EXPORTING = frozenset({"javascript", "typescript", "tsx"})


def found(here: Place) -> tuple[Mounted, ...]:
    """Each once, in source order. Routers outside the repository are left out, and tests: they mount anything."""
    if is_test_file(here.path, here.facts.language):
        return ()
    mounts: dict[Mounted, None] = {}
    for mount in here.facts.mounts:
        router = _mounted(here, mount)
        above = router_of(here, mount.holder, mount.above, mount.scope)
        if router and router != above:
            mounts[Mounted(router, above, mount.own, mount.prefix, mount.replaces)] = None
    return tuple(mounts)


def _mounted(here: Place, mount: Mount) -> str:
    if mount.module:
        return _default(here, _module(here, mount.module))
    return router_of(here, mount.symbol, mount.router, mount.scope)


def router_of(here: Place, holder: int, chain: tuple[str, ...], scope: int) -> str:
    """The key of a router; "" where it is unknown."""
    if holder >= 0:
        return key(here.path, here.facts.symbols[holder].local_name)
    if not chain:
        return ""
    value = here.r.chain(here.file, scope, (*chain[:-1], chain[-1].removesuffix("()")))
    if value[0] == MISS and len(chain) == 1 and scope < 0 and here.facts.language in _EXPORTING:
        return key(here.path, "")  # what a nameless function is given, which the file exports
    return _default(here, value)


def _module(here: Place, name: str) -> Value:
    if here.facts.language in _EXPORTING:
        return here.r.imported(here.file, Using(name, "", "", 0, -1, True))
    return here.r.family(here.file).program(here.path, name) or (MISS, "", 0)


def _default(here: Place, value: Value) -> str:
    """The router that a value is; of a file what it exports by default."""
    tag, payload, _ = value
    if tag == MODULE and isinstance(payload, int):
        path = here.index.paths[payload]
        if here.index.families[payload] == "python":
            return key(path, _URLS)
        inner = here.r.module_member(payload, "default")
        return _default(here, inner) if inner[0] == SYMBOL else key(path, "")
    if tag != SYMBOL or not isinstance(payload, int):
        return ""
    name = here.index.name_of(payload)
    return key(name.path, name.local_name)
