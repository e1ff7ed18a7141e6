"""What a subscriber sees of one job: every stage begins and ends, in order, and everything hangs on one root."""

import json
from pathlib import Path
from typing import Any

from tests.support.repositories import Repository, python_files
from tests.support.stack import Stack

STAGES = ("ingest", "embedding", "assembly", "generation", "pack")
ITEMS = {
    "ingest.file_detected.v1": "paths",
    "ingest.chunk_created.v1": "chunks",
    "embedding.chunk_vector.v1": "chunks",
    "assembly.node_created.v1": "nodes",
    "generation.symbol_documented.v1": "symbols",
}


async def stream(stack: Stack, job: str) -> list[dict[str, Any]]:
    return await stack.rows(
        "SELECT seq, kind, event_id, parent_id, payload ->> 'status' AS status, payload -> 'reasons' AS reasons,"
        " payload FROM events WHERE job_id = $1 ORDER BY seq",
        job,
    )


async def test_a_job_tells_every_stage_from_start_to_end(stack: Stack, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "told", python_files(4, "told"))
    found = await stack.scan(repository.root)
    events = await stream(stack, found.started.workflow_id)
    kinds = [event["kind"] for event in events]

    for stage in STAGES:
        started, completed = f"{stage}.started.v1", f"{stage}.completed.v1"
        assert (kinds.count(started), kinds.count(completed)) == (1, 1), stage
        assert kinds.index(started) < kinds.index(completed), stage
    assert kinds[0] == "ingest.started.v1"
    assert kinds[-1] == "job.completed.v1"
    assert {"sync.enqueued.v1", "workflow.progress.v1", "assembly.cluster_created.v1", *ITEMS} <= set(kinds)
    ended = [event for event in events if event["status"] is not None]
    assert {event["status"] for event in ended} == {"completed"}
    assert len(ended) == len(STAGES) + 1
    assert all(event["reasons"] is not None for event in ended)
    completed = next(event for event in events if event["kind"] == "assembly.graph_completed.v1")
    (recorded,) = await stack.rows(
        "SELECT s.graph_sha256 FROM scan_runs s JOIN jobs j ON j.scan_id = s.id WHERE j.workflow_id = $1",
        found.started.workflow_id,
    )
    assert recorded["graph_sha256"] in completed["payload"]


async def test_progress_adds_up_to_the_files_of_the_job(stack: Stack, tmp_path: Path) -> None:
    """Who watches events sees a long phase advance, page by page and range by range."""
    repository = Repository(tmp_path / "advancing", python_files(40, "advancing"))
    found = await stack.scan(repository.root)
    events = await stream(stack, found.started.workflow_id)
    told = [json.loads(event["payload"]) for event in events if event["kind"] == "workflow.progress.v1"]
    for phase in ("parse", "embed"):
        parts = sorted((each["first"], each["done"]) for each in told if each["phase"] == phase)
        assert len(parts) > 1, phase  # the first page is small
        assert [first for first, _ in parts] == [0, *(done for _, done in parts[:-1])], phase
        assert {each["total"] for each in told if each["phase"] == phase} == {parts[-1][1]} == {41}


async def test_the_lineage_of_a_job_is_one_tree(stack: Stack, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "rooted", python_files(3, "rooted"))
    found = await stack.scan(repository.root)
    events = await stream(stack, found.started.workflow_id)

    (root,) = [event for event in events if event["parent_id"] is None]
    seq_of = {event["event_id"]: event["seq"] for event in events}
    assert root["kind"] == "ingest.started.v1"
    for event in events:
        if event is not root:
            assert event["parent_id"] in seq_of, event["kind"]
    parents = {event["kind"]: next(e["kind"] for e in events if e["event_id"] == event["parent_id"]) for event in events
               if event is not root}  # fmt: skip
    assert parents["embedding.chunk_vector.v1"] == "ingest.chunk_created.v1"
    assert parents["generation.started.v1"] == "assembly.completed.v1"
    assert parents["job.completed.v1"] == "pack.completed.v1"


async def test_a_cancelled_job_ends_every_stage_that_had_begun(stack: Stack, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "halted", python_files(3, "halted"))
    async with stack.held("embedding.batch_completed.v1") as hold:
        started = await stack.start(repository.root)
        await hold.reached()
        await stack.cancel(started)
        await hold.release()
        await stack.finish(started)
    events = await stream(stack, started.workflow_id)
    begun = {event["kind"].split(".")[0] for event in events if event["kind"].endswith(".started.v1")}
    ended = {event["kind"].split(".")[0]: event["status"] for event in events if event["status"] is not None}

    assert {"ingest", "embedding"} <= begun
    assert ended == {**dict.fromkeys(begun, "cancelled"), "job": "cancelled"}
    assert [event["kind"] for event in events if event["parent_id"] is None] == ["ingest.started.v1"]
