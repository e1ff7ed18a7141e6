"""The main job on a real server: what is run, in which order, how much of it, and what comes out."""

import asyncio

import pytest
from temporalio.client import Client, WorkflowFailureError

from docrunch.options import ScanOptions
from tests.support.fakes.world import World, Worlds
from tests.support.jobs import start
from workflows.contracts import options
from workflows.contracts.progress import Outcome
from workflows.contracts.queues import Queue

pytestmark = pytest.mark.temporal


async def test_a_small_repository_takes_few_steps(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("small")
    handle = await start(temporal_client, world)
    result = await handle.result()
    assert result.outcome is Outcome.COMPLETED
    assert result.scan_published
    assert sorted(world.names()) == sorted(
        [
            "open_job", "resolve_source", "queue_pollers", "describe_encoder", "open_scan",
            "parse_page", "parse_page", "embed_range", *world.names("embed_range")[1:], "link", "publish_scan",
            "publish_metrics", "record_churn", "index_search", "assemble", "generate_pages", "pack", "register_docpack",
        ]
    )  # fmt: skip
    assert len(world.names("embed_range")) <= 2
    assert result.counts.parsed == 40
    assert result.counts.texts == 200
    assert result.pack is not None
    assert {
        "resolve",
        "ingest",
        "link",
        "publish",
        "metrics",
        "assemble",
        "generate",
        "pack",
        "total",
    } <= result.stages.keys()


async def test_every_file_is_parsed_and_embedded_exactly_once(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("ranges", files=700)
    result = await (await start(temporal_client, world)).result()
    _assert_cover([(page.cursor, page.hi) for page in world.requests("parse_page")], 700)
    _assert_cover([(each.lo, each.hi) for each in world.requests("embed_range")], 700)
    assert result.counts.parsed == 700


async def test_embedding_runs_beside_parsing(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("overlap", files=3000, seconds=0.1)
    result = await (await start(temporal_client, world, shard_files=5000)).result()
    assert world.overlapped & {("parse_page", "embed_range"), ("embed_range", "parse_page")}
    assert result.overlap > 0.5  # share of the shorter of both, as `scan` shows it
    assert result.counts.parse_seconds >= 0.5


async def test_linking_does_not_wait_for_the_last_vectors(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("link")
    release = world.hold("embed_range")
    handle = await start(temporal_client, world)
    await world.started["link"].wait()
    assert "publish_scan" not in world.names()
    release.set()
    assert (await handle.result()).outcome is Outcome.COMPLETED


async def test_without_embeddings_no_encoder_is_asked(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("bare")
    result = await (await start(temporal_client, world, options=ScanOptions(embeddings=False))).result()
    assert not world.names("describe_encoder", "embed_range", "queue_pollers")
    assert result.scan is not None
    assert result.scan.encoder is None
    assert world.requests("assemble")[0].encoder is None


async def test_a_large_repository_is_cut_into_shards(temporal_client: Client, worlds: Worlds) -> None:
    size = options.PAGES_PER_WINDOW
    world = worlds.open("large", files=400, nodes=50_000, pages=2 * size + 50)
    result = await (await start(temporal_client, world, shard_files=60)).result()
    assert result.scan is not None
    assert result.scan.shards == 7
    _assert_cover([(page.cursor, page.hi) for page in world.requests("parse_page")], 400)
    _assert_cover([(each.lo, each.hi) for each in world.requests("embed_range")], 400)
    assert [(each.lo, each.hi) for each in sorted(world.requests("generate_pages"), key=lambda each: each.lo)] == [
        (0, size), (size, 2 * size), (2 * size, 2 * size + 50),
    ]  # fmt: skip
    in_plan_order = ("part-0", f"part-{size}", f"part-{2 * size}")
    assert world.requests("pack")[0].docs_parts == in_plan_order
    assert result.counts.texts == 2000


async def test_quick_work_goes_to_the_fast_queue(temporal_client: Client, worlds: Worlds) -> None:
    quick, slow = worlds.open("quick", estimate=29.0), worlds.open("slow", estimate=30.0)
    for world in (quick, slow):
        await (await start(temporal_client, world)).result()
    assert quick.queues["parse_page"] == {Queue.FAST}
    assert quick.queues["embed_range"] == {Queue.EMBED_CPU}
    assert slow.queues["parse_page"] == {Queue.INGEST}
    assert slow.queues["publish_scan"] == {Queue.ASSEMBLY}


async def test_work_that_fails_on_the_fast_queue_moves_to_its_own(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("moved", estimate=5.0)
    world.fail["link"] = RuntimeError("the database is away")
    world.fail_times["link"] = 4  # three tries on the fast queue, one on the durable one
    result = await (await start(temporal_client, world)).result()
    assert result.outcome is Outcome.COMPLETED
    assert world.queues["link"] == {Queue.FAST, Queue.ASSEMBLY}


async def test_a_file_that_cannot_be_linked_makes_the_outcome_partial(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("unlinked", unlinked=1)
    result = await (await start(temporal_client, world)).result()
    assert result.outcome is Outcome.PARTIAL
    assert result.issues["link_failed"] == 1


async def test_a_lost_file_makes_the_outcome_partial(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("partial", lost_files=1)
    result = await (await start(temporal_client, world)).result()
    assert result.outcome is Outcome.PARTIAL
    assert result.issues == {"parser_crashed": 2}  # pages report what was found at extraction, too: counted once
    assert world.requests("publish_scan")[0].outcome is Outcome.PARTIAL


def _assert_cover(ranges: list[tuple[int, int]], end: int) -> None:
    at = 0
    for lo, hi in sorted(ranges):
        assert lo == at
        assert hi > lo
        at = hi
    assert at == end


async def test_history_stays_small(temporal_client: Client, worlds: Worlds) -> None:
    """≤ 500 events per 100,000 chunks: 10,000 files at about ten chunks each."""
    world: World = worlds.open("history", files=10_000, nodes=10_000)
    handle = await start(temporal_client, world)
    result = await handle.result()
    events = len([event async for event in handle.fetch_history_events()])
    scan = temporal_client.get_workflow_handle(result.scan_workflow_id)
    events += len([event async for event in scan.fetch_history_events()])
    for number in range(result.scan.shards if result.scan else 0):
        shard = temporal_client.get_workflow_handle(f"{result.scan_workflow_id}:shard:{number}")
        events += len([event async for event in shard.fetch_history_events()])
    print("events of 10,000 files:", events)
    assert events <= 500


async def test_a_bad_request_fails_instead_of_retrying_for_ever(temporal_client: Client, worlds: Worlds) -> None:
    handle = await temporal_client.start_workflow(
        "DocpackWorkflow", {"scan": {}}, id=worlds.open("bad").workflow_id, task_queue=Queue.WORKFLOWS
    )
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(handle.result(), 20)
