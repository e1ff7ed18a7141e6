"""Nothing of another file may be read without a note of it: such a read would keep a stale edge for ever."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from docrunch.graph.outline import outline
from docrunch.graph.project import Project
from docrunch.graph.resolve import names
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.reads import Reads, slot
from tests.support.linking import ALL, Inputs, dedented, inputs


class Watched(list):  # type: ignore[type-arg]
    """A list that tells which of its items were taken."""

    def __init__(self, items: list[object]) -> None:
        super().__init__(items)
        self.taken: set[int] = set()
        self.watching = False

    def __getitem__(self, key):  # type: ignore[no-untyped-def]
        if self.watching:
            self.taken.add(key)
        return super().__getitem__(key)


def untracked(made: Inputs, path: str) -> set[tuple[str, str]]:
    """Readings that the linking of a file made and did not note."""
    outlines = {name: outline(facts) for name, facts in made.facts.items()}
    project = Project("r", made.entries, outlines, made.facts)
    index = project.index
    receivers = {name: project.receivers(name) for name, each in outlines.items() if each.outside}
    for name in index.paths:
        index.own_symbols(index.file_of[name])  # read before, so that reading is not taken for looking
    project.attach(receivers)
    project.mount({name: project.mounts(name) for name, each in outlines.items() if each.mounts})
    watched = Watched(index.symbols)
    index.symbols = watched
    index.reads.frame = set()
    watched.watching = True
    project.file(path)
    watched.watching = False
    noted = {index.reads.keys[number] for number in index.reads.closure(index.reads.frame, path)}
    return {part for number in watched.taken if (part := index.part(number))[0] != path} - noted


@pytest.mark.parametrize("path", sorted(ALL))
def test_whatever_a_file_is_linked_with_is_noted(path: str) -> None:
    assert untracked(inputs(dedented(ALL)), path) == set()


@contextmanager
def without_notes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def top(self: Index, file: int, name: str) -> object:
        return self._table(file).top.get(name, ())

    with monkeypatch.context() as patch:
        patch.setattr(Index, "top", top)
        patch.setattr(Index, "exported_as", lambda *_: "")
        patch.setattr(Index, "imports", lambda self, file, scope, name: self._table(file).imports.get((scope, name)))
        yield


def test_a_way_into_a_file_without_a_note_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_notes(monkeypatch):
        assert untracked(inputs(dedented(ALL)), "python/tools/run.py")


def test_a_rule_that_looks_at_a_symbol_it_was_not_led_to_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    head = names.head

    def curious(r, file, scope, name):  # type: ignore[no-untyped-def]
        assert r.index.symbols[0].name
        return head(r, file, scope, name)

    monkeypatch.setattr(names, "head", curious)
    assert untracked(inputs(dedented(ALL)), "python/tools/run.py")


def test_whoever_is_given_an_answer_has_read_what_it_was_made_from() -> None:
    reads, cache = Reads(), {}  # type: ignore[var-annotated]

    def answer(key: str) -> str:
        reads.note("a.py", key)
        return reads.remembered(cache, key[1:], answer) if len(key) > 1 else "done"

    reads.remembered(cache, "xyz", answer)
    reads.frame = set()
    assert reads.remembered(cache, "xyz", answer) == "done"
    assert {reads.keys[n] for n in reads.closure(reads.frame, "")} == {("a.py", "xyz"), ("a.py", "yz"), ("a.py", "z")}
    assert reads.closure(reads.frame, "a.py") == frozenset()


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a/b.test.ts", "a/b"), ("a/b", "a/b"), ("a.x/b", "a.x/b"), ("a/.env", "a/"), ("x.py", "x"), ("", "")],
)
def test_slots(path: str, expected: str) -> None:
    assert slot(path) == expected
