"""What `find` asks of a language's grammar."""

from typing import NamedTuple

from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

NO_END = 1 << 62  # no byte


class Arguments(NamedTuple):
    """Of a call: by place and by keyword."""

    places: list[Node]
    keywords: dict[str, Node]


class Reader:
    """The answers of a language that has nothing of the kind; each language says what it has."""

    language: str  # of the table

    def arguments(self, walk: Walk, call: Node) -> Arguments:
        return Arguments([], {})

    def literal(self, walk: Walk, node: Node) -> str | None:
        """The text of a string literal without anything computed in it."""
        return None

    def words(self, walk: Walk, node: Node, *, constants: bool) -> list[str]:
        """The literals in a list, set or array. Args: ``constants``: names of constants too, as written."""
        return []

    def decorated(self, walk: Walk, call: Node) -> Node | None:
        """The name of the definition that a decorator or annotation stands at; None for an ordinary call."""
        return None

    def chain(self, walk: Walk, node: Node) -> tuple[str, ...]:
        """What is passed as handler; () for anything without a name."""
        return ()

    def router(self, walk: Walk, node: Node) -> tuple[str, ...]:
        """What is passed as router, a call of a function that gives one ("f()") among them; () without a name."""
        return self.chain(walk, node)

    def is_address(self, walk: Walk, node: Node) -> bool:
        """Whether what is passed is an address that is computed, and no router."""
        return False

    def is_closure(self, walk: Walk, node: Node) -> bool:
        """Whether what is passed is a function without a name that may be a handler."""
        return False

    def implicit(self, walk: Walk, scope: int) -> int | None:
        """The function whose receiver is the router of calls without one, -1 for none; None where routers are named."""
        return None

    def module(self, walk: Walk, node: Node) -> str:
        """The module that is passed as router by its name; "" for anything else."""
        return ""

    def listed(self, walk: Walk, call: Node) -> str:
        """The variable that a list with the call in it goes to; "" for none."""
        return ""

    def applied(self, walk: Walk, call: Node) -> Node | None:
        """What a call is applied to where its result is called: ``f`` of ``app.command("x")(f)``."""
        return None

    def assigned(self, walk: Walk, call: Node) -> str:
        """The variable that the value of a call goes to; "" for none."""
        return ""

    def lasts(self, walk: Walk, call: Node) -> tuple[int, bool]:
        """Last byte of the block that an assigned call stands in, and whether the variable is declared there."""
        return NO_END, True

    def hidden(self, walk: Walk, name: str, start: int, scope: int) -> int:
        """First byte of the nameless function around a byte, in a symbol, that gives a name a meaning; -1 for none."""
        return -1

    def inner(self, walk: Walk, call: Node, name: str) -> Node | None:
        """The call of this name in the chain that a call ends."""
        return None
