"""Small trees with the edges they must have and must not have, by language: `cases/<language>.txt`.

A case starts with ``== its name``; ``-- path`` starts a file of it and ``-- expect`` the edges:

    calls a.f -> b.g exact      such an edge, of that confidence (which may be left out)
    calls a.f -> json.dumps     so does an edge to something outside
    no uses a.f -> b.g          no such edge
    candidates a.f -> b.g, c.g  several, none chosen
    missed a.py no_member       the file has an unresolved reference with this reason
    missed a.py ambiguous 1     so many of them
    only calls a.f              all calls of the symbol are listed, those to something outside included

All calls that stay in the repository must be listed: one that is not expected is wrong. Names are qualified names, and
paths for files and directories; ``a.f@3`` is the one in line 3 of several of that name.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from docrunch.graph.model import Edge, NodeKind
from tests.unit.docrunch.graph.conftest import World, make_world

FOLDER = Path(__file__).parent / "cases"
LEAST = 25  # cases of a language that is read in depth


class Case(msgspec.Struct, frozen=True):
    language: str
    name: str
    files: dict[str, str]
    expected: tuple[str, ...]


def read_cases() -> Iterator[Case]:
    for path in sorted(FOLDER.glob("*.txt")):
        for text in path.read_text("utf-8").split("\n== ")[1:]:
            name, _, body = text.partition("\n")
            files, expected = {}, ()
            for part in ("\n" + body).split("\n-- ")[1:]:
                place, _, content = part.partition("\n")
                if place == "expect":
                    expected = tuple(line.strip() for line in content.split("\n") if line.strip())
                else:
                    files[place] = content + "\n"
            yield Case(path.stem, name, files, expected)


CASES = list(read_cases())


def test_each_language_has_enough_cases():
    counted = {path.stem: 0 for path in FOLDER.glob("*.txt")}
    for case in CASES:
        counted[case.language] += 1
    assert all(number >= LEAST for number in counted.values()), counted


class Named:
    """The edges of a world by what a case may call their ends."""

    def __init__(self, found: World) -> None:
        self.graph = found.graph
        self.names: dict[str, frozenset[str]] = {}
        for node in found.graph.nodes:
            place = node.path if node.kind in (NodeKind.MODULE, NodeKind.PACKAGE) else node.qualified_name
            self.names[node.id] = frozenset({place or "", f"{place}@{node.line}"})

    def between(self, kind: str, source: str, target: str) -> list[Edge]:
        return [e for e in self.of(kind, source) if target in self.names[e.target]]

    def of(self, kind: str, source: str) -> list[Edge]:
        return [e for e in self.graph.edges if e.kind == kind and source in self.names[e.source]]

    def is_listed(self, edge: Edge, listed: set[tuple[str, str]]) -> bool:
        return any((a, b) in listed for a in self.names[edge.source] for b in self.names[edge.target])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.language}: {case.name}")
def test_the_edges_are_those_expected(case):
    assert case.expected, "a case says what it expects"
    found = make_world(case.files)
    named = Named(found)
    listed: dict[str, set[tuple[str, str]]] = {"calls": set()}
    for line in case.expected:
        kind, _, rest = line.partition(" ")
        if kind not in ("missed", "no", "only", "candidates"):
            listed.setdefault(kind, set()).add(_ends(rest)[:2])
    for line in case.expected:
        kind, _, rest = line.partition(" ")
        _check(found, named, listed, kind, rest)
    inside = {node.id for node in found.graph.nodes if node.path}
    wrong = [e for e in found.graph.edges if e.kind == "calls" and e.target in inside]
    assert [
        (named.names[e.source], named.names[e.target]) for e in wrong if not named.is_listed(e, listed["calls"])
    ] == []


def _check(found: World, named: Named, listed: dict[str, set[tuple[str, str]]], kind: str, rest: str) -> None:
    if kind == "missed":
        path, reason, *count = rest.split(" ")
        assert reason in found.reasons(path)
        assert not count or found.reasons(path)[reason] == int(count[0])
    elif kind == "no":
        kind, _, rest = rest.partition(" ")
        assert named.between(kind, *_ends(rest)[:2]) == []
    elif kind == "only":
        kind, _, source = rest.partition(" ")
        assert any(source in names for names in named.names.values()), source
        wanted = listed.get(kind, set())
        assert [named.names[e.target] for e in named.of(kind, source) if not named.is_listed(e, wanted)] == []
    elif kind == "candidates":
        source, _, targets = rest.partition(" -> ")
        wanted_targets = sorted(each.strip() for each in targets.split(","))
        rows = [row.targets for row in found.graph.candidates if source in named.names[row.source]]
        assert any(_are(named, [target for target, _ in row], wanted_targets) for row in rows), rows
    else:
        source, target, confidence = _ends(rest)
        edges = named.between(kind, source, target)
        assert edges, sorted(map(sorted, named.names.values()))
        assert confidence in ("", *(edge.confidence.value for edge in edges))


def _are(named: Named, targets: list[str], wanted: list[str]) -> bool:
    """Whether each target is one of the names and each name is one of the targets."""
    known = [named.names[target] for target in targets]
    return all(names.intersection(wanted) for names in known) and all(
        any(each in names for names in known) for each in wanted
    )


def _ends(rest: str) -> tuple[str, str, str]:
    """Source, target, and the confidence that is stated."""
    confidence = rest.rsplit(" ", 1)[-1] if rest.endswith((" exact", " inferred", " heuristic")) else ""
    source, _, target = rest.removesuffix(" " + confidence).partition(" -> ")
    return source, target, confidence
