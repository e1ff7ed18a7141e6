"""Methods written outside their type (Go, Rust, ``Type.create = …`` in JavaScript), and the type each belongs to.

Found file by file before anything else is resolved, by a resolver that knows of no attached methods: a receiver
names a type, and no type is a member of a method.
"""

from collections.abc import Mapping

import msgspec


class SymbolName(msgspec.Struct, frozen=True, array_like=True):
    """A symbol by what stays when its file changes elsewhere."""

    path: str
    local_name: str
    kind: str
    ordinal: int


class Receiver(msgspec.Struct, frozen=True, array_like=True):
    """A method with a receiver. ``owner`` and ``trait`` are null where they are not in the repository."""

    symbol: int  # index in its file
    name: str
    owner: SymbolName | None
    trait: SymbolName | None


class Attachments:
    def __init__(self, receivers: Mapping[str, tuple[Receiver, ...]]) -> None:
        """Args: receivers by the path of the file they are written in."""
        self._owners: dict[tuple[str, int], SymbolName] = {}
        self._methods: dict[SymbolName, list[tuple[str, Receiver]]] = {}
        for path in sorted(receivers):
            for receiver in receivers[path]:
                if receiver.owner is not None:
                    self._owners[path, receiver.symbol] = receiver.owner
                    self._methods.setdefault(receiver.owner, []).append((path, receiver))

    def owner(self, path: str, symbol: int) -> SymbolName | None:
        """The type of a method, by its file and index there."""
        return self._owners.get((path, symbol))

    def methods(self, type_: SymbolName) -> list[tuple[str, Receiver]]:
        """(path, method) of the methods of a type that are written outside it, in file and source order."""
        return self._methods.get(type_, [])
