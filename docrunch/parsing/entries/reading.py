"""What `find` asks of a language's grammar."""

from typing import NamedTuple, Protocol

from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk


class Arguments(NamedTuple):
    """Of a call: by place and by keyword."""

    places: list[Node]
    keywords: dict[str, Node]


class Reader(Protocol):
    language: str  # of the table

    def arguments(self, walk: Walk, call: Node) -> Arguments: ...

    def literal(self, walk: Walk, node: Node) -> str | None:
        """The text of a string literal without anything computed in it."""

    def words(self, walk: Walk, node: Node, *, constants: bool) -> list[str]:
        """The literals in a list, set or array. Args: ``constants``: names of constants too, as written."""

    def decorated(self, walk: Walk, call: Node) -> Node | None:
        """The name of the definition that a decorator or annotation stands at; None for an ordinary call."""

    def chain(self, walk: Walk, node: Node) -> tuple[str, ...]:
        """What is passed as handler; () for anything without a name."""

    def applied(self, walk: Walk, call: Node) -> Node | None:
        """What a call is applied to where its result is called: ``f`` of ``app.command("x")(f)``."""

    def assigned(self, walk: Walk, call: Node) -> str:
        """The variable that the value of a call goes to; "" for none."""

    def inner(self, walk: Walk, call: Node, name: str) -> Node | None:
        """The call of this name in the chain that a call ends."""
