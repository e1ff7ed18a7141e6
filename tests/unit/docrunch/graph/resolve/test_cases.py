"""Small trees with the edges they must have and must not have, by language: `cases/<language>.txt`.

A case starts with ``== its name``; ``-- path`` starts a file of it and ``-- expect`` the edges:

    calls a.f -> b.g exact      such an edge, of that confidence (which may be left out)
    calls a.f -> json.dumps     so does an edge to something outside
    no uses a.f -> b.g          no such edge
    candidates a.f -> b.g, c.g  several, none chosen
    missed a.py no_member       the file has an unresolved reference with this reason

All calls that stay in the repository must be listed: one that is not expected is wrong. Names are qualified names, and
paths for files.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from docrunch.graph.model import NodeKind
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


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.language}: {case.name}")
def test_the_edges_are_those_expected(case):
    assert case.expected, "a case says what it expects"
    found = make_world(case.files)
    wanted: set[tuple[str, str]] = set()
    for line in case.expected:
        kind, _, rest = line.partition(" ")
        if kind == "calls":
            source, target = _ends(rest)
            wanted.add((source, target))
        _check(found, kind, rest)
    inside = {(n.path if n.kind is NodeKind.MODULE else n.qualified_name) for n in found.graph.nodes if n.path}
    assert {pair for pair in found.edges("calls") if pair[1] in inside} <= wanted


def _check(found: World, kind: str, rest: str) -> None:
    if kind == "missed":
        path, _, reason = rest.partition(" ")
        assert reason in found.reasons(path)
    elif kind == "no":
        kind, _, rest = rest.partition(" ")
        assert _ends(rest) not in found.edges(kind)
    elif kind == "candidates":
        source, _, targets = rest.partition(" -> ")
        names = {n.id: n.qualified_name for n in found.graph.nodes}
        rows = [
            {names[target] for target, _ in row.targets}
            for row in found.graph.candidates
            if names[row.source] == source
        ]
        assert {each.strip() for each in targets.split(",")} in rows
    else:
        confidence = rest.rsplit(" ", 1)[-1] if rest.endswith((" exact", " inferred", " heuristic")) else ""
        edges = found.edges(kind)
        assert _ends(rest) in edges, sorted(edges)
        assert confidence in ("", edges[_ends(rest)][0])


def _ends(rest: str) -> tuple[str, str]:
    for confidence in (" exact", " inferred", " heuristic"):
        rest = rest.removesuffix(confidence)
    source, _, target = rest.partition(" -> ")
    return source, target
