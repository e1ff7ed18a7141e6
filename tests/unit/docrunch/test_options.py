"""Options name a job and a docpack: what changes a result changes their digest, and nothing else does."""

import msgspec

from docrunch.canonical import canonical_json, sha256_hex
from docrunch.options import ScanOptions
from docrunch.pipeline.finishing import packed_options
from workflows.contracts.scan import LinkRequest

INDEXED = ScanOptions(scip=("a" * 64,))


def test_another_index_is_another_job_and_another_docpack() -> None:
    digests = {each.digest() for each in (ScanOptions(), INDEXED, ScanOptions(scip=("b" * 64,)))}
    assert len(digests) == 3
    assert packed_options(INDEXED)["scip"] == "a" * 64


def test_without_an_index_jobs_and_docpacks_are_called_as_before_there_were_any() -> None:
    plain = msgspec.to_builtins(ScanOptions())
    assert plain.pop("scip") == ()
    assert ScanOptions().digest() == sha256_hex(canonical_json(plain))[:16]
    assert "scip" not in packed_options(ScanOptions())


def test_a_request_of_an_older_command_line_has_no_index() -> None:
    request = LinkRequest(scan_id="s", tree_object="t", options=INDEXED)
    assert LinkRequest.model_validate_json(request.model_dump_json()) == request
    older = request.model_dump()
    del older["options"]["scip"]
    assert LinkRequest.model_validate(older).options == ScanOptions()
