"""Routers of one file: what stands in front of the paths that are given to them, and what they hang from.

A router is a variable. Its address is known as far as it was made from another one (``v1 = r.Group("/v1")``) or is used
inside of a block (``r.Route("/users", func(r chi.Router) {…})``). What is left is the root: a variable or
function that other code may put below an address (`docrunch.graph.mounts`).
"""

import re
from bisect import bisect_left
from operator import itemgetter
from typing import NamedTuple

from docrunch.parsing.entries.address import MAX_ADDRESS, UNKNOWN, joined
from docrunch.parsing.entries.reading import Reader
from docrunch.parsing.walk import RETURN, Mark, Walk

MAX_BLOCKS = 64  # closed ones that assign one name, looked at for one use of it
_GIVEN_OUT = re.compile(r"Rout|Mux|Handler|Engine|Group|Express|Hono|Koa|Flask|FastAPI|Echo|App\b")


class Router(NamedTuple):
    """``own`` is in front of its paths; all of it hangs from symbol ``holder``, or what ``chain`` means."""

    own: str = ""
    holder: int = -1
    chain: tuple[str, ...] = ()


class _Made(NamedTuple):
    start: int  # bytes
    end: int  # of the block that it is made in
    declared: bool  # there: the name means something else after the block
    router: Router


class _Block(NamedTuple):
    start: int  # bytes
    end: int
    router: Router


class Routers:
    """Asked and told in source order."""

    def __init__(self, walk: Walk, reader: Reader) -> None:
        self._walk = walk
        self._reader = reader
        self._made: dict[tuple[int, str], list[_Made]] = {}  # by scope and name
        self._open: list[_Block] = []
        self._returned = {(b.scope, b.value[0]) for b in walk.bindings if b.target == RETURN and len(b.value) == 1}

    def of(self, mark: Mark) -> Router:
        """What a call or decorator is on."""
        return self.named(plain(mark.chain[:-1]), mark)

    def passed(self, chain: tuple[str, ...], mark: Mark) -> Router:
        """What is given to a call, whatever block that is in."""
        hidden = self._hidden(chain, mark)
        made = self._variable(chain[0], mark, hidden) if len(chain) == 1 else None
        return made if made is not None else self._given(chain, mark.scope, hidden)

    def named(self, chain: tuple[str, ...], mark: Mark) -> Router:
        """What a variable is at the place of a mark: in a block, what the block is about. () names nothing."""
        start = mark.node.start_byte
        while self._open and self._open[-1].end <= start:
            self._open.pop()
        block = self._open[-1] if self._open else None
        hidden = self._hidden(chain, mark)
        after = max(hidden, block.start if block is not None else -1)
        made = self._variable(chain[0], mark, after) if len(chain) == 1 else None
        if made is not None:
            return made
        return block.router if block is not None else self._given(chain, mark.scope, hidden)

    def make(self, name: str, mark: Mark, prefix: str, *, plain: bool = False) -> None:
        """A variable holds a router that is made from another one."""
        above = self.of(mark)
        own = prefix[:MAX_ADDRESS] if plain else joined(above.own, prefix)
        root = above if above.holder >= 0 or above.chain else self._root((name,), mark.scope)
        made = _Made(mark.node.start_byte, *self._reader.lasts(self._walk, mark.node), root._replace(own=own))
        self._made.setdefault((mark.scope, name), []).append(made)

    def open(self, mark: Mark, prefix: str, above: Router, *, plain: bool = False) -> None:
        """What is inside of a call is below an address."""
        own = (above.own + prefix)[:MAX_ADDRESS] if plain else joined(above.own, prefix)
        self._open.append(_Block(mark.node.start_byte, mark.node.end_byte, above._replace(own=own)))

    def _variable(self, name: str, mark: Mark, after: int) -> Router | None:
        """The last one made before a mark, in the innermost scope that makes one; in a block, those of the block."""
        scope = mark.scope
        while True:
            made = _standing(self._made.get((scope, name), []), mark.node.start_byte, after)
            if made is not None:
                return made
            if scope < 0 or self._declares(scope, name):
                return None
            scope = self._walk.symbols[scope].parent

    def _hidden(self, chain: tuple[str, ...], mark: Mark) -> int:
        return self._reader.hidden(self._walk, chain[0], mark.node.start_byte, mark.scope) if len(chain) == 1 else -1

    def _given(self, chain: tuple[str, ...], scope: int, hidden: int) -> Router:
        """What is not made here. What a nameless function is given has the name of nothing around it."""
        if hidden < 0 or (scope >= 0 and any(param.name == chain[0] for param in self._walk.symbols[scope].params)):
            return self._root(chain, scope)
        return Router() if scope >= 0 else Router(chain=(f"{chain[0]}~",))

    def _declares(self, scope: int, name: str) -> bool:
        """Whether a name means something else in a function than around it."""
        given = any(param.name == name for param in self._walk.symbols[scope].params)
        return given or name in self._walk.local_names.get(scope, ())

    def _root(self, chain: tuple[str, ...], scope: int) -> Router:
        if not chain:
            holder = self._reader.implicit(self._walk, scope)
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


def _standing(made: list[_Made], start: int, after: int) -> Router | None:
    """What the last one that counts at a byte holds; of unknown address where a closed block may have changed it."""
    left: Router | None = None
    place = bisect_left(made, start, key=itemgetter(0))
    for number in range(place - 1, max(place - 1 - MAX_BLOCKS, -1), -1):
        each = made[number]
        if each.start <= after:
            break
        if each.end <= start and each.declared:
            continue
        if left is not None and left.own != each.router.own:
            return left._replace(own=UNKNOWN)
        left = each.router
        if each.end > start:
            break
    else:
        return left if place <= MAX_BLOCKS else Router(own=UNKNOWN)
    return left


def plain(chain: tuple[str, ...]) -> tuple[str, ...]:
    """``r.With(x)`` is ``r``; () where a call comes first."""
    while chain and chain[-1].endswith("()"):
        chain = chain[:-1]
    return () if any(part == "?" or part.endswith(("()", "]")) for part in chain) else chain
