"""Routers of one file: what stands in front of the paths that are given to them, and what they hang from.

A router is a variable. Its address is known as far as it was made from another one (``v1 = r.Group("/v1")``) or is used
inside of a block (``r.Route("/users", func(r chi.Router) {…})``). What is left is the root: a variable or
function that other code may put below an address (`docrunch.graph.mounts`).
"""

import re
from bisect import bisect_left
from operator import itemgetter
from typing import NamedTuple

from docrunch.parsing.entries.address import MAX_ADDRESS, joined
from docrunch.parsing.entries.reading import Reader
from docrunch.parsing.walk import RETURN, Mark, Walk

_GIVEN_OUT = re.compile(r"Rout|Mux|Handler|Engine|Group|Express|Hono|Koa|Flask|FastAPI|Echo|App\b")


class Router(NamedTuple):
    """``own`` is in front of its paths; all of it hangs from symbol ``holder``, or what ``chain`` means."""

    own: str = ""
    holder: int = -1
    chain: tuple[str, ...] = ()


class _Block(NamedTuple):
    start: int  # bytes
    end: int
    router: Router


class Routers:
    """Asked and told in source order."""

    def __init__(self, walk: Walk, reader: Reader) -> None:
        self._walk = walk
        self._implicit = reader.implicit
        self._made: dict[tuple[int, str], list[tuple[int, Router]]] = {}  # (scope, name) → first byte, router
        self._open: list[_Block] = []
        self._returned = {(b.scope, b.value[0]) for b in walk.bindings if b.target == RETURN and len(b.value) == 1}

    def of(self, mark: Mark) -> Router:
        """What a call or decorator is on."""
        return self.named(plain(mark.chain[:-1]), mark)

    def passed(self, chain: tuple[str, ...], mark: Mark) -> Router:
        """What is given to a call, whatever block that is in."""
        made = self._variable(chain[0], mark, -1) if len(chain) == 1 else None
        return made if made is not None else self._root(chain, mark.scope)

    def named(self, chain: tuple[str, ...], mark: Mark) -> Router:
        """What a variable is at the place of a mark: in a block, what the block is about. () names nothing."""
        start = mark.node.start_byte
        while self._open and self._open[-1].end <= start:
            self._open.pop()
        block = self._open[-1] if self._open else None
        made = self._variable(chain[0], mark, block.start if block is not None else -1) if len(chain) == 1 else None
        if made is not None:
            return made
        return block.router if block is not None else self._root(chain, mark.scope)

    def make(self, name: str, mark: Mark, prefix: str, *, plain: bool = False) -> None:
        """A variable holds a router that is made from another one."""
        above = self.of(mark)
        at = (mark.node.start_byte, above._replace(own=prefix[:MAX_ADDRESS] if plain else joined(above.own, prefix)))
        if not above.holder >= 0 and not above.chain:
            at = (at[0], at[1]._replace(**self._root((name,), mark.scope)._asdict() | {"own": at[1].own}))
        self._made.setdefault((mark.scope, name), []).append(at)

    def open(self, mark: Mark, prefix: str, above: Router, *, plain: bool = False) -> None:
        """What is inside of a call is below an address."""
        own = (above.own + prefix)[:MAX_ADDRESS] if plain else joined(above.own, prefix)
        self._open.append(_Block(mark.node.start_byte, mark.node.end_byte, above._replace(own=own)))

    def _variable(self, name: str, mark: Mark, after: int) -> Router | None:
        """The last one made before a mark, in the innermost scope that makes one; in a block, those of the block."""
        scope = mark.scope
        while True:
            made = self._made.get((scope, name), [])
            place = bisect_left(made, mark.node.start_byte, key=itemgetter(0))
            if place and made[place - 1][0] > after:
                return made[place - 1][1]
            if scope < 0 or self._declares(scope, name):
                return None
            scope = self._walk.symbols[scope].parent

    def _declares(self, scope: int, name: str) -> bool:
        """Whether a name means something else in a function than around it."""
        given = any(param.name == name for param in self._walk.symbols[scope].params)
        return given or name in self._walk.local_names.get(scope, ())

    def _root(self, chain: tuple[str, ...], scope: int) -> Router:
        if not chain:
            holder = self._implicit(self._walk, scope)
            return Router(holder=holder if holder is not None else -1)
        if len(chain) != 1:
            return Router(chain=chain)
        while scope >= 0:
            draft = self._walk.symbols[scope]
            if any(param.name == chain[0] for param in draft.params):
                return Router(holder=scope)
            if chain[0] in self._walk.local_names.get(scope, ()):
                given = bool(_GIVEN_OUT.search(draft.returns)) or (scope, chain[0]) in self._returned
                return Router(holder=scope) if given else Router()
            scope = draft.parent
        return Router(chain=chain)


def plain(chain: tuple[str, ...]) -> tuple[str, ...]:
    """``r.With(x)`` is ``r``; () where a call comes first."""
    while chain and chain[-1].endswith("()"):
        chain = chain[:-1]
    return () if any(part == "?" or part.endswith(("()", "]")) for part in chain) else chain
