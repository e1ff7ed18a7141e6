"""Which readings of an earlier link would give another answer now.

Two kinds of readings change: parts of files, found by their digests, and questions about the tree as a whole, whose
answers are compared in full or follow from the files that came, went or changed.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

import msgspec

from docrunch.graph.languages import family, scope_key
from docrunch.graph.outline import Outline
from docrunch.graph.resolve.attachments import Receiver, SymbolName
from docrunch.graph.resolve.interface import ANYTHING
from docrunch.graph.resolve.mentions import last_name
from docrunch.graph.resolve.reads import ATTACHED, MENTION, OWNERS, SCOPE_NAME, SLOT, UNIQUE, slot
from docrunch.graph.resolve.unique_method import is_telling

_Key = TypeVar("_Key", bound=Hashable)


class FileState(msgspec.Struct, frozen=True):
    """A file of the old or the new tree, as others see it."""

    place: str
    outline: Outline
    parts: Mapping[str, bytes]


class Changed:
    """Readings that changed: whole groups, and single ones."""

    def __init__(self) -> None:
        self.groups: set[str] = set()
        self.names: dict[str, set[str]] = {}

    def add(self, group: str, name: str) -> None:
        self.names.setdefault(group, set()).add(name)

    def file(self, path: str, old: FileState | None, new: FileState | None) -> None:
        """A file whose facts or place changed, that came or that went."""
        states = [state for state in (old, new) if state is not None]
        if old is None or new is None or old.place != new.place:
            self.groups.add(path)
            self.add(SLOT, slot(path))
            parts = {part for state in states for part in state.parts}
        else:
            parts = set(_different(old.parts, new.parts))
            self.names.setdefault(path, set()).update(parts, (ANYTHING,))
        for state in states:
            self._tables(path, state, parts)
        self.names.setdefault(MENTION, set()).update(_mentionable(old, new))
        before = _methods(old.outline) if old is not None else Counter()
        after = _methods(new.outline) if new is not None else Counter()
        moved = old is None or new is None or old.place != new.place
        for key in {*before, *after}:
            if moved or before[key] != after[key]:
                self.add(UNIQUE, f"{key[0]}\0{key[1]}")

    def _tables(self, path: str, state: FileState, parts: Iterable[str]) -> None:
        _, language, package, module, prefix, _ = state.place.split("\0")
        key = scope_key(language, path, package, module, prefix)
        if key:
            scope = f"{family(language)}\0{key}"
            self.names.setdefault(SCOPE_NAME, set()).update(f"{scope}\0{part}" for part in parts)

    def tables(self, old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]) -> None:
        """Questions whose answers are kept in full."""
        for group in {*old, *new}:
            for name in _different(old.get(group, {}), new.get(group, {})):
                self.add(group, name)

    def receivers(self, path: str, old: tuple[Receiver, ...], new: tuple[Receiver, ...]) -> bool:
        """The types of the methods of a file were found again; whether any of it changed."""
        if [_of(each) for each in old] == [_of(each) for each in new]:
            return False
        self.add(OWNERS, path)
        before, after = _by_owner(old), _by_owner(new)
        for owner in _different(before, after):
            self.add(ATTACHED, f"{owner.path}\0{owner.local_name}")
        return True


def place_of(parts: Iterable[str]) -> str:
    return "\0".join(parts)


def _methods(outline: Outline) -> Counter[tuple[str, str]]:
    language = family(outline.language)
    found = Counter((language, name) for name in outline.methods if is_telling(name))
    found.update({(language, name): 1_000_000 for name in outline.properties if is_telling(name + "=")})
    return found


def _mentionable(old: FileState | None, new: FileState | None) -> set[str]:
    """Names of exported symbols that came, went, moved, or are exported more or less often."""
    before = Counter(old.outline.exported if old is not None else ())
    after = Counter(new.outline.exported if new is not None else ())
    moved = old is None or new is None or old.place != new.place
    return {last_name(each) for each in (before | after if moved else _different(before, after))}


def _of(receiver: Receiver) -> tuple[str, SymbolName | None, SymbolName | None]:
    return receiver.name, receiver.owner, receiver.trait


def _by_owner(receivers: tuple[Receiver, ...]) -> dict[SymbolName, list[tuple[str, SymbolName | None]]]:
    found: dict[SymbolName, list[tuple[str, SymbolName | None]]] = {}
    for receiver in receivers:
        if receiver.owner is not None:
            found.setdefault(receiver.owner, []).append((receiver.name, receiver.trait))
    return found


def _different(old: Mapping[_Key, object], new: Mapping[_Key, object]) -> list[_Key]:
    """Keys whose values differ, those that only one of the two has included."""
    return [key for key in {*old, *new} if old.get(key) != new.get(key)]
