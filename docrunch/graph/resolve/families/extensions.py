"""Extension methods: functions that are called like members of the type of their first parameter (``this T``)."""

from typing import TYPE_CHECKING

from docrunch.graph.resolve.interface import VALUES
from docrunch.graph.resolve.reads import EXTENSION
from docrunch.graph.resolve.values import (
    APPLIED,
    EXTENDED,
    EXTERNAL_INSTANCE,
    INSTANCE,
    NO_MEMBER,
    SYMBOL,
    Value,
    miss,
)

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_MARK = "this "
_NOTHING = miss(NO_MEMBER)


class Extensions:
    """Of one family, by name."""

    def __init__(self, family: str, index: "Index") -> None:
        self._family = family
        self._index = index
        self._files: dict[str, list[int]] = {}
        for number, outline in enumerate(index.outlines):
            if index.families[number] == family:
                for name in outline.extensions:
                    self._files.setdefault(name, []).append(number)

    def of(self, r: "Resolver", value: Value, name: str) -> Value | None:
        """The extension method that ``value.name`` means."""
        if value[0] == SYMBOL and isinstance(value[1], int) and self._index.symbols[value[1]].kind in VALUES:
            value = r.held(value[1])
        if value[0] == APPLIED:
            value = (*r.numbered.applied(value).base, value[2])
        if value[0] not in (INSTANCE, EXTERNAL_INSTANCE) or name[:1] in ("[", ":"):
            return None
        return self._find(r, value[1], name)

    def _find(self, r: "Resolver", owner: int | str, name: str) -> Value | None:
        """Args: ``owner``: a type of the repository, or the name of one outside."""
        self._index.reads.note(EXTENSION, f"{self._family}\0{name}")
        files = self._files.get(name, ())
        if not files:
            return None
        types = frozenset[int | str](r.hierarchy.order(owner)[0] if isinstance(owner, int) else (owner,))
        found = [n for file in files for n in self._index.extensions(file, name) if self._extended(r, n) in types]
        if not found:
            return None
        value = r.hierarchy.pick(found, r.family_of(found[0]))
        return (SYMBOL, value[1], EXTENDED) if value[0] == SYMBOL else value

    def _extended(self, r: "Resolver", method: int) -> int | str:
        """The type that a method extends, "" where nobody knows."""
        definition = self._index.symbols[method]
        file, scope = self._index.scope_of(method)
        written = definition.params[0].type.removeprefix(_MARK)
        for name, bound in definition.type_params:
            if name == written:
                written = bound
        value = r.annotated(file, scope, written, EXTENDED) if written else _NOTHING
        if value[0] == APPLIED:
            value = (*r.numbered.applied(value).base, EXTENDED)
        return value[1] if value[0] in (INSTANCE, EXTERNAL_INSTANCE) else ""

    def table(self) -> dict[str, str]:
        paths = self._index.paths
        return {
            f"{self._family}\0{name}": "\n".join(dict.fromkeys(paths[file] for file in files))
            for name, files in self._files.items()
        }
