"""Routers of the whole tree: which routes are put below which addresses, by files that may be far from them.

A router is a variable, or a function that is given a router or returns one, or a file whose default it is: known by the
path of its file and its local name. What puts it somewhere is found file by file before files are linked
(`docrunch.graph.mounts`); every question about a router is noted, so that a route is named anew when a file that mounts
its router changes.
"""

from collections.abc import Mapping

import msgspec

from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.reads import MOUNTED

MAX_ADDRESSES = 16  # of one route; one that more places mount has that many
MAX_DEPTH = 12  # routers inside of routers
MAX_STEPS = 500  # of one route, however many ways lead to the same address


class Mounted(msgspec.Struct, frozen=True, array_like=True):
    """``router`` and ``above`` as `key` makes them; ``above`` is "" where nothing is known of it."""

    router: str
    above: str
    own: str  # what ``above`` itself was made with, in front of the prefix
    prefix: str
    replaces: bool


class Address(msgspec.Struct, frozen=True, array_like=True):
    """Prefixes from the outermost in; with ``replaces`` the router's own one does not count."""

    prefixes: tuple[str, ...]
    replaces: bool


def key(path: str, local_name: str) -> str:
    return f"{path}\0{local_name}"


class Mounts:
    def __init__(self, index: Index, mounted: Mapping[str, tuple[Mounted, ...]]) -> None:
        """Args: mounts by the path of the file that says so."""
        self._reads = index.reads
        self._by_router: dict[str, list[Mounted]] = {}
        self._known: dict[str, tuple[tuple[Address, ...], int]] = {}
        for path in sorted(mounted):
            for each in mounted[path]:
                self._by_router.setdefault(each.router, []).append(each)

    def table(self) -> dict[str, str]:
        """What a look-up answers, by the name of the reading."""
        return {
            router: "\n".join(f"{each.above}\0{each.own}\0{each.prefix}\0{each.replaces}" for each in found)
            for router, found in self._by_router.items()
        }

    def addresses(self, router: str) -> tuple[Address, ...]:
        """Where the routes of a router are, each once, in the order of the files that say so; one that nothing mounts
        is where it is. Readings are noted.
        """
        return self._reads.remembered(self._known, router, self._found)

    def _found(self, router: str) -> tuple[Address, ...]:
        found: dict[Address, None] = {}
        open_: list[tuple[str, tuple[Mounted, ...], frozenset[str]]] = [(router, (), frozenset((router,)))]
        for _ in range(MAX_STEPS):
            if not open_ or len(found) >= MAX_ADDRESSES:
                break
            current, inner, seen = open_.pop()
            further = [each for each in self._mounting(current) if each.above not in seen]
            if further and len(inner) < MAX_DEPTH:
                open_ += [
                    (each.above, (each, *inner), seen | {each.above}) for each in reversed(further[:MAX_ADDRESSES])
                ]
            else:
                found[_address(inner)] = None
        return tuple(found)

    def _mounting(self, router: str) -> list[Mounted]:
        if not router:
            return []
        self._reads.note(MOUNTED, router)
        return self._by_router.get(router, [])


def _address(chain: tuple[Mounted, ...]) -> Address:
    prefixes: list[str] = []
    replaced = False
    for each in chain:
        prefixes += [each.prefix] if replaced else [each.own, each.prefix]
        replaced = each.replaces
    return Address(tuple([prefix for prefix in prefixes if prefix]), replaced)
