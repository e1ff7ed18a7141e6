"""An index of a compiler makes edges exact where the text bears it out, and changes nothing where it does not."""

from collections.abc import Mapping

import pytest

from docrunch.errors import InvalidArchive, LimitExceeded
from docrunch.graph.link import link
from docrunch.graph.model import Confidence, Edge, EdgeKind, Graph
from docrunch.graph.relink import relink
from docrunch.graph.shards import split
from docrunch.graph.told import Told
from docrunch.scip import match as reasons
from docrunch.scip import read
from docrunch.scip.match import Matched, match
from docrunch.scip.positions import MAX_LINE_BYTES
from docrunch.scip.scip_pb2 import (
    Document,
    Index,
    MultiLineRange,
    Occurrence,
    SingleLineRange,
    UTF8CodeUnitOffsetFromLineStart,
    UTF16CodeUnitOffsetFromLineStart,
    UTF32CodeUnitOffsetFromLineStart,
)
from docrunch.source.model import SourceKind, SourceRef
from tests.support.linking import inputs

SOURCE = SourceRef("r", "c" * 40, "main", SourceKind.GIT)
DEFINITION, IMPORT, FORWARD = 1, 2, 64
LIB = "class Engine:\n    def start(self): ...\n\n\nclass Lamp:\n    def start(self): ...\n"
APP = "def run(thing):\n    thing.start()\n    return thing.started\n"
TREE = {"lib.py": LIB, "app.py": APP}
START = "tool . pkg . lib/Engine#start()."
DEFINED = (1, 8, 13, START, DEFINITION)  # ``start`` in line 2 of lib.py
CALLED = (1, 10, 15, START, 0)  # ``start`` in line 2 of app.py

LONG = "x = '" + "a" * MAX_LINE_BYTES + "'; thing.start()"

Row = tuple[int, int, int, str, int]  # line, start, end, symbol, roles


def document(path: str, *rows: Row, encoding: int = 0, text: str = "") -> Document:
    found = [Occurrence(range=[line, a, b], symbol=symbol, symbol_roles=roles) for line, a, b, symbol, roles in rows]
    return Document(relative_path=path, occurrences=found, position_encoding=encoding, text=text)  # type: ignore[arg-type]


def index(*documents: Document) -> bytes:
    return Index(documents=documents).SerializeToString()


def matched(tree: Mapping[str, str], *documents: Document) -> Matched:
    return match(
        [memoryview(index(*documents))] if documents else [], inputs(tree).facts, lambda path: tree[path].encode()
    )


def linked(tree: Mapping[str, str], told: Told) -> Graph:
    made = inputs(tree)
    return link(SOURCE, made.entries, made.facts, told)


def edges(graph: Graph, kind: EdgeKind) -> dict[tuple[str, str], Edge]:
    names = {node.id: node.qualified_name for node in graph.nodes}
    return {(names[e.source], names[e.target]): e for e in graph.edges if e.kind is kind}


def calls(tree: Mapping[str, str], *documents: Document) -> dict[tuple[str, str], Edge]:
    return edges(linked(tree, matched(tree, *documents).told), EdgeKind.CALLS)


def test_a_call_that_nobody_could_resolve_is_exact() -> None:
    assert calls(TREE) == {}
    found = calls(TREE, document("lib.py", DEFINED), document("app.py", CALLED))
    assert list(found) == [("app.run", "lib.Engine.start")]
    edge = found["app.run", "lib.Engine.start"]
    assert (edge.confidence, edge.certainty, edge.lines) == (Confidence.EXACT, 1.0, (2,))


def test_the_index_goes_before_our_own_answer() -> None:
    tree = {**TREE, "app.py": "from lib import Lamp\n\ndef run(thing: Lamp):\n    thing.start()\n"}
    assert list(calls(tree)) == [("app.run", "lib.Lamp.start")]
    found = calls(tree, document("lib.py", DEFINED), document("app.py", (3, 10, 15, START, 0)))
    assert list(found) == [("app.run", "lib.Engine.start")]


def test_a_name_that_is_no_reference_for_us_becomes_a_use() -> None:
    tree = {"lib.py": "class A:\n    size: int = 1\n", "app.py": "def run(a):\n    return a.size\n"}
    told = matched(
        tree, document("lib.py", (1, 4, 8, "x A#size.", DEFINITION)), document("app.py", (1, 13, 17, "x A#size.", 0))
    ).told
    edge = edges(linked(tree, told), EdgeKind.USES)["app.run", "lib.A.size"]
    assert (edge.confidence, edge.lines) == (Confidence.EXACT, (2,))


def test_an_imported_name_may_have_another_one() -> None:
    tree = {"lib.py": "def make(): ...\n", "app.py": "from lib import make as made\n\ndef run():\n    made()\n"}
    documents = (
        document("lib.py", (0, 4, 8, "x make().", DEFINITION)),
        document("app.py", (0, 16, 20, "x make().", IMPORT), (3, 4, 8, "x make().", 0)),
    )
    assert matched(tree, *documents).references == 1
    assert list(calls(tree, *documents)) == [("app.run", "lib.make")]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([(1, 4, 9, START, 0)], reasons.RENAMED),  # an old index: another word stands there now
        ([(1, 9, 15, START, 0)], reasons.NO_WORD),  # ``.start``
        ([(1, 10, 14, START, 0)], reasons.RENAMED),  # ``star``
        ([(99, 0, 5, START, 0)], reasons.NO_WORD),
        ([(1, 10, 999, START, 0)], reasons.NO_WORD),
        ([(1, 15, 10, START, 0)], reasons.NO_WORD),
        ([(-1, -5, 5, START, 0)], reasons.NO_WORD),
        ([CALLED, (1, 10, 15, "tool . other . Elsewhere#start().", 0)], reasons.CONTRADICTED),
        ([CALLED, (1, 10, 15, "local 3", 0)], reasons.CONTRADICTED),
    ],
)
def test_what_the_text_does_not_bear_out_is_counted_and_left_out(rows: list[Row], reason: str) -> None:
    found = matched(TREE, document("lib.py", DEFINED), document("app.py", *rows))
    assert (found.references, found.left_out) == (0, {reason: found.left_out.get(reason, 0)})
    assert found.left_out[reason] > 0


def test_two_meanings_of_a_word_in_one_line_are_none() -> None:
    tree = {**TREE, "app.py": "def run(a, b):\n    a.start(); b.start()\n"}
    lamp = "tool . pkg . lib/Lamp#start()."
    lib = document("lib.py", DEFINED, (5, 8, 13, lamp, DEFINITION))
    assert calls(tree, lib, document("app.py", (1, 6, 11, START, 0), (1, 17, 22, lamp, 0))) == {}
    assert len(calls(tree, lib, document("app.py", (1, 6, 11, START, 0), (1, 17, 22, START, 0)))) == 1


def test_documents_outside_the_tree_and_of_another_text_are_counted() -> None:
    found = matched(
        TREE,
        document("lib.py", DEFINED),
        document("../../etc/passwd", CALLED),
        document("/lib.py", CALLED),
        document("lib.py", CALLED),
        document("app.py", CALLED, text=APP + "# later\n"),
    )
    assert found.left_out == {reasons.OUTSIDE: 3, reasons.CHANGED: 1}
    assert matched(TREE, document("lib.py", DEFINED), document("app.py", CALLED, text=APP)).references == 1


def test_a_definition_must_be_a_symbol_of_ours() -> None:
    found = matched(TREE, document("lib.py", (1, 14, 18, "x self.", DEFINITION)), document("app.py", CALLED))
    assert (found.definitions, found.references, found.left_out) == (0, 0, {reasons.NO_SYMBOL: 1})
    twice = document("lib.py", DEFINED, (5, 8, 13, START, DEFINITION))
    found = matched(TREE, twice, document("app.py", CALLED))
    assert (found.definitions, found.references, found.left_out) == (0, 0, {reasons.SEVERAL: 1})
    forward = document("lib.py", (1, 8, 13, START, DEFINITION | FORWARD))
    assert matched(TREE, forward, document("app.py", CALLED)).definitions == 0


SHADE = "class Shade:\n    def up(self): ...\n\nclass Shade:\n    def up(self): ...\n\ndef run():\n    Shade()\n"


@pytest.mark.parametrize("roles", [0, DEFINITION])
def test_two_classes_that_a_tool_calls_by_one_name_are_none_of_its_references(roles: int) -> None:
    """Some tools mark the first definition of a name only: `def` again, overloads, a setter after its getter."""
    rows = [(0, 6, 11, "x Shade#", DEFINITION), (3, 6, 11, "x Shade#", roles), (7, 4, 9, "x Shade#", 0)]
    found = matched({"a.py": SHADE}, document("a.py", *rows))
    assert (found.definitions, found.references, found.left_out) == (0, 0, {reasons.SEVERAL: 1})


def test_the_name_of_a_definition_refers_to_nothing() -> None:
    """A tool that knows that one overrides the other may put both at its name, and the other is still one."""
    tree = {**TREE, "app.py": "class Own:\n    def start(self): ...\n\ndef run(thing):\n    thing.start()\n"}
    own = (1, 8, 13, "t . p . app/Own#start().", DEFINITION)
    base = (1, 8, 13, START, 0)
    called = (4, 10, 15, START, 0)
    alone = matched(tree, document("lib.py", DEFINED), document("app.py", own, called))
    assert (alone.definitions, alone.references, alone.left_out) == (2, 1, {})
    found = matched(tree, document("lib.py", DEFINED), document("app.py", own, base, called))
    assert (found.told, found.left_out) == (alone.told, {})


BEFORE = '    "ä😀"; a.'  # what stands before ``start`` in the line
UNITS = {
    UTF8CodeUnitOffsetFromLineStart: len(BEFORE.encode()),
    UTF16CodeUnitOffsetFromLineStart: len(BEFORE.encode("utf-16-le")) // 2,
    UTF32CodeUnitOffsetFromLineStart: len(BEFORE),
}


@pytest.mark.parametrize("encoding", UNITS)
def test_characters_are_counted_in_the_stated_unit(encoding: int) -> None:
    tree = {**TREE, "app.py": f"def run(a):\n{BEFORE}start()\n"}
    row = (1, UNITS[encoding], UNITS[encoding] + 5, START, 0)
    assert len(calls(tree, document("lib.py", DEFINED), document("app.py", row, encoding=encoding))) == 1
    assert matched(tree, document("lib.py", DEFINED), document("app.py", row)).left_out == {reasons.NO_WORD: 1}


def test_ranges_of_newer_tools_are_read() -> None:
    one = Occurrence(symbol=START, single_line_range=SingleLineRange(line=1, start_character=10, end_character=15))
    several = Occurrence(
        symbol=START,
        multi_line_range=MultiLineRange(start_line=1, start_character=10, end_line=1, end_character=15),
    )
    for each in (one, several):
        app = Document(relative_path="app.py", occurrences=[each])
        assert matched(TREE, document("lib.py", DEFINED), app).references == 1


@pytest.mark.parametrize(
    "data",
    [
        b"\xff" * 20,
        b"\x12",
        b"\x12\xff\xff\xff\xff\x0f",  # a document of 4 GB in 6 bytes
        b"\x12\x03abc",
        b"\x00\x00",
        b"\x10\x01",  # documents are no number
        b"\x13\x14",  # groups
        index(document("a", DEFINED))[:-3],
        Index(documents=[Document(relative_path="a")]).SerializeToString().replace(b"a", b"\xff"),
    ],
)
def test_damaged_indexes_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidArchive):
        match([memoryview(data)], {}, lambda _: b"")


def test_words_of_a_very_long_line_tell_nothing() -> None:
    """An index of a bundle would cost the whole line for each of its words."""
    start = len(LONG) - len("start()")
    tree = {"lib.py": LIB, "app.py": LONG}
    found = matched(tree, document("lib.py", DEFINED), document("app.py", (0, start, start + 5, START, 0)))
    assert (found.references, found.left_out) == (0, {reasons.NO_WORD: 1})


def test_a_document_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_DOCUMENT_BYTES", 10)
    found = matched(TREE, document("lib.py", DEFINED))
    assert (found.definitions, found.left_out) == (0, {reasons.TOO_LARGE: 1})


@pytest.mark.parametrize("roles", [DEFINITION, 0])
def test_any_number_of_symbols_that_claim_one_name_is_refused(monkeypatch: pytest.MonkeyPatch, roles: int) -> None:
    rows = [(1, 8, 13, f"tool . pkg . lib/Engine#start{n}().", roles) for n in range(40)]
    assert matched(TREE, document("lib.py", *rows)).references == 0
    monkeypatch.setattr(reasons, "MAX_SYMBOL_BYTES", 40 * 230)
    with pytest.raises(LimitExceeded, match="more symbols"):
        matched(TREE, document("lib.py", *rows))


def test_unknown_fields_are_skipped() -> None:
    data = b"\x08\x96\x01" + b"\x7a\x03abc" + b"\x3d1234" + b"\x3912345678"
    known = memoryview(data + index(document("lib.py", DEFINED)))
    assert match([known], inputs(TREE).facts, lambda p: TREE[p].encode()).definitions


def test_an_incremental_link_with_an_index_is_the_clean_one() -> None:
    """What an index says of a file counts like its facts: another index, other edges, and only where it differs."""
    made = inputs(TREE)
    told = matched(TREE, document("lib.py", DEFINED), document("app.py", CALLED)).told
    base = None
    for step, each in enumerate((Told(), told, Told(), told, told)):
        found = relink(SOURCE, made.entries, made.facts, made.keys, base, told=each)
        clean = split(link(SOURCE, made.entries, made.facts, each))
        assert found.index == clean.index
        assert found.relinked == (("app.py", "lib.py"), ("app.py",), ("app.py",), ("app.py",), ())[step]
        base = found.trace
