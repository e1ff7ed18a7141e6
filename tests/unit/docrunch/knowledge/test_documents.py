"""What of a file, a page or a finding is in the graph."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import pytest

from docrunch.knowledge.answers import keywords_of
from docrunch.knowledge.documents import file_documents
from docrunch.knowledge.manifest import Known, build
from docrunch.knowledge.pages import page_document, written_document
from docrunch.storage.model import Document, DocumentType, EntityType, Relation


class Row(NamedTuple):
    id: str
    kind: str
    qualified_name: str
    doc: str = ""
    path: str = "m.py"
    line: int = 1
    end_line: int = 2
    signature: str = ""

    @property
    def name(self) -> str:
        return self.qualified_name.rsplit(".", 1)[-1]


class Edge(NamedTuple):
    source: str
    target: str
    type: str
    lines: Sequence[int] = (3,)


ROWS = [Row("m", "module", "m"), Row("f", "function", "m.f", "Says."), Row("c", "constant", "m.C", "Is.")]
EDGES = [
    Edge("m", "f", "contains"),
    Edge("m", "c", "contains"),
    Edge("f", "x", "calls", (3, 4)),
    Edge("f", "f", "calls"),
]


def test_data_is_named_in_the_text_of_what_holds_it_and_is_no_entity() -> None:
    made = file_documents(ROWS, EDGES, {"f": "aa"})
    assert [each.metadata["entity"] for each in made] == ["m.py", "m.py::f"]
    assert made[0].content.endswith("f, C")
    assert made[0].metadata.get("vector") is None
    assert made[1].metadata["vector"] == "aa"


def test_links_lead_to_what_is_known_and_never_to_themselves() -> None:
    made = build(
        "file\0m.py", file_documents(ROWS, EDGES, {"f": "aa"}), {"x": Known("n.py::x", "file\0n.py")}, size=900
    )
    assert [(each.source, each.target, each.weight, each.home) for each in made.links] == [
        ("m.py", "m.py::f", 1.0, ""),
        ("m.py::f", "n.py::x", 2.0, "file\0n.py"),
    ]
    [piece] = made.pieces.values()
    assert (piece.entity, piece.vector, piece.text.splitlines()[0]) == ("m.py::f", "aa", "# m.py")


def test_overloads_are_one_entity() -> None:
    twice = [Row("f1", "function", "m.f", line=3), Row("f2", "function", "m.f", "Second.", line=9, end_line=12)]
    made = build(
        "h", file_documents(twice, [Edge("f2", "x", "calls")], {"f2": "bb"}), {"x": Known("x", "h2")}, size=900
    )
    [(name, node)] = made.nodes.items()
    assert (name, node.document, node.line, node.end_line, node.vector) == ("m.py::f", "f1", 3, 12, "bb")
    assert len(made.links) == 1


def test_a_page_refers_to_what_it_cites() -> None:
    text = "# T\n\n## Overview\n\nSums `a.py#L1-L2` and `b.py#L3`.\n\n```mermaid\ngraph\n```\n\n## Exports\n\nall\n"
    made = page_document({"path": "modules/m.md", "kind": "module", "title": "m", "text": text})
    assert made is not None
    assert made.content == "Sums `a.py#L1-L2` and `b.py#L3`."
    assert [each.target for each in made.relationships] == ["a.py", "b.py"]
    assert page_document({"path": "functions/f.md", "kind": "function", "title": "f", "text": text}) is None


def test_a_finding_must_be_a_document() -> None:
    given = {"id": "f1", "type": "pattern", "title": "T\x00", "content": "c" * 300_000}
    made = written_document(EntityType.FINDING, given)
    assert (made.title, made.metadata["entity"], len(made.content)) == ("T", "finding::f1", 200_000)
    with pytest.raises(msgspec.ValidationError):
        written_document(EntityType.FINDING, {"id": 3})


def test_long_texts_are_cut_where_words_end() -> None:
    metadata = {"entity": "doc::d", "kind": "decision", "embed": "1"}
    document = Document("d", DocumentType.DECISION, "Title", "word " * 1000, metadata, (Relation("zz", "about"),))
    made = build("h", [document], {}, size=300, overlap=50)
    texts = [piece.text for piece in made.pieces.values()]
    assert len(texts) > 15
    assert all(len(text) < 330 and text.endswith("word") for text in texts)
    assert not made.links


def test_neighbouring_texts_share_as_much_as_is_asked_for() -> None:
    metadata = {"entity": "doc::d", "kind": "decision", "embed": "1"}
    document = Document("d", DocumentType.DECISION, "T", " ".join(map(str, range(1000, 1200))), metadata)
    for overlap in (0, 50):
        made = build("h", [document], {}, size=300, overlap=overlap)
        texts = [piece.text.split("\n", 2)[2].split() for piece in made.pieces.values()]
        shared = [len(set(one) & set(other)) for one, other in itertools.pairwise(texts)]
        assert all(count == 0 if overlap == 0 else 9 <= count <= 10 for count in shared), shared


def test_keywords_are_never_empty() -> None:
    assert keywords_of("how does Cart.add_item work") == (
        ["how does Cart.add_item work", "Cart.add_item"],
        ["how does Cart.add_item work"],
    )
    assert keywords_of("x", ["total"])[0] == ["total", "x"]
