"""Consumers build on the documented kinds; the document must be what the code does."""

import msgspec

from db.events.model import kinds
from db.events_doc import TARGET, document


def test_the_committed_document_is_current() -> None:
    assert TARGET.read_text() == document(), "run: python -m db.events_doc"


def test_every_kind_is_versioned_and_named_stage_dot_fact() -> None:
    assert len(kinds()) == 34
    for kind in kinds():
        stage, fact, version = kind.split(".")
        assert (stage.islower(), fact.islower(), version) == (True, True, "v1")


def test_every_completed_kind_says_how_it_ended_and_why() -> None:
    for kind, payload in kinds().items():
        if kind.endswith(("completed.v1",)) and "batch_" not in kind and "graph_" not in kind:
            assert {"status", "reasons"} <= {field.name for field in msgspec.structs.fields(payload)}, kind
    for kind in ("pack.completed.v1", "job.completed.v1"):
        assert "skipped_files" in {field.name for field in msgspec.structs.fields(kinds()[kind])}
