"""Ids that people type and tools parse."""

import pytest

from workflows.contracts import ids

JOB = ids.docpack_id("github.com-a-b", "0123456789abcdef", "cafe")


def test_each_id_is_read_back() -> None:
    assert JOB == "docpack:github.com-a-b:0123456789ab:cafe"
    assert ids.parse_docpack_id(JOB) == ids.DocpackId("github.com-a-b", "0123456789ab", "cafe")
    scan = ids.scan_workflow_id(JOB)
    assert ids.parse_scan_workflow_id(scan) == "github.com-a-b:0123456789ab:cafe"
    assert ids.scan_workflow_id(scan) == scan
    assert ids.parse_shard_workflow_id(ids.shard_workflow_id(scan, 3)) == (scan, 3, 0)
    assert ids.parse_shard_workflow_id(ids.shard_workflow_id(scan, 3, 1)) == (scan, 3, 1)
    assert ids.parse_sync_workflow_id(ids.sync_workflow_id("light_rag", 12)) == ("light_rag", 12)


@pytest.mark.parametrize("wrong", ["", "sync:a", "sync::1", "sync:a:b", "scan:a:1"])
def test_what_is_no_sync_id_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a sync"):
        ids.parse_sync_workflow_id(wrong)


@pytest.mark.parametrize("wrong", ["", "scan:a:b:c", "docpack:a:b", "docpack:a::c"])
def test_what_is_no_job_id_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a docpack"):
        ids.parse_docpack_id(wrong)


@pytest.mark.parametrize("wrong", ["scan:a", "scan:a:shard:x", ":shard:", "scan:a:shard:1.x"])
def test_what_is_no_shard_id_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a shard"):
        ids.parse_shard_workflow_id(wrong)
