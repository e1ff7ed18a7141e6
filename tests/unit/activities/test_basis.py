"""Equal bases promise equal rows: whatever decides a row must be in the basis, and nothing that changes by itself."""

from pathlib import Path

import pytest

from activities.basis import basis_of, code_id, sources
from docrunch.options import ScanOptions
from docrunch.source.model import Issue
from workflows.contracts.progress import Counts, Outcome
from workflows.contracts.scan import EncoderInfo, PublishScan

REQUEST = PublishScan(
    scan_id="s", tree_object="t", graph_object="g", outcome=Outcome.COMPLETED, counts=Counts(), encoder_id="e"
)
LOST = [Issue("a.py", "parse_timeout")]


def test_what_happens_to_a_scan_is_not_what_its_rows_are_made_from() -> None:
    later = REQUEST.model_copy(update={"scan_id": "s2", "counts": Counts(embedded=3), "stages": {"parse": 1.0}})
    texts = [Issue("b.py", "embedding_failed", stage="embed")]
    assert basis_of(REQUEST, LOST) == basis_of(later, [*texts, *LOST])


def test_an_index_decides_rows_by_the_graph_alone() -> None:
    """A user with an index has another one with every commit: that must not publish every row of every file."""
    told = REQUEST.model_copy(update={"options": ScanOptions(scip=("f" * 64,))})
    assert basis_of(REQUEST, LOST) == basis_of(told, LOST)


@pytest.mark.parametrize(
    "update",
    [
        {"tree_object": "t2"},
        {"graph_object": "g2"},
        {"encoder_id": "e2"},
        {"encoder": EncoderInfo(encoder_id="e", instructions={"card": "passage: "})},
        {"options": ScanOptions(embedding_text="card+body")},
        {"options": ScanOptions(embeddings=False)},
    ],
    ids=lambda update: next(iter(update)),
)
def test_what_decides_rows_decides_the_basis(update: dict[str, object]) -> None:
    assert basis_of(REQUEST, LOST) != basis_of(REQUEST.model_copy(update=update), LOST)


def test_lost_files_have_no_texts() -> None:
    assert basis_of(REQUEST, LOST) != basis_of(REQUEST, [])


def test_the_code_that_makes_rows_is_covered() -> None:
    root = Path(__file__).parents[3]
    covered = {path.relative_to(root).as_posix() for path in sources()}
    assert {
        "activities/publishing.py", "db/publishing/rows.py", "docrunch/embedding/cards.py",
        "docrunch/embedding/units.py", "docrunch/graph/metrics.py", "docrunch/ids.py",
    } <= covered  # fmt: skip
    assert len(code_id()) == 64
