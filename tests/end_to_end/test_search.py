"""Search as a user has it: a scan, then the command line, through a workflow on the query worker."""

import asyncio
import json
import os
import subprocess
import sys

import pytest

from api.operations.search import SearchOrder, search
from docrunch.errors import NotFound, RefNotIndexed, UsageError
from tests.support.repositories import Repository
from tests.support.search_shop import SHOP
from tests.support.stack import Stack

COMMAND = (sys.executable, "-c", "from api.cli.main import entry; entry()", "search")


@pytest.fixture(scope="module")
async def scanned(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> str:
    repository = Repository(tmp_path_factory.mktemp("search") / "searched-shop", SHOP)
    found = await stack.scan(repository.root)
    assert found.outcome == "completed"
    return "searched-shop"


async def command(stack: Stack, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(
        subprocess.run, [*COMMAND, *arguments], env=stack.environment, cwd=stack.home, capture_output=True, text=True
    )


async def test_a_scan_can_be_searched_with_every_signal(stack: Stack, scanned: str) -> None:
    answer = await search(stack.client, SearchOrder("put an item into the cart", (scanned,)))
    assert (answer.hits[0].name, answer.hits[0].path, answer.hits[0].line) == ("add_item", "shop/cart.py", 12)
    assert {"keyword", "semantic"} <= set(answer.hits[0].signals)
    assert answer.degraded == ()


async def test_the_command_prints_the_promised_json(stack: Stack, scanned: str) -> None:
    ran = await command(stack, scanned, "rebate for loyal customers", "--json", "--limit", "3")
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert [each["rank"] for each in found["hits"]] == [1, 2, 3]
    assert found["hits"][0]["name"] == "discounted"
    assert found["degraded"] == []


async def test_the_command_prints_plain_text_when_piped(stack: Stack, scanned: str) -> None:
    ran = await command(stack, scanned, "OrderStore.save")
    assert ran.returncode == 0, ran.stderr
    assert "1. shop/store.py:7  method save" in ran.stdout
    assert "\x1b" not in ran.stdout


async def test_the_command_says_when_the_query_does_not_fit(stack: Stack, scanned: str) -> None:
    misspelt = json.loads((await command(stack, scanned, "OderStore", "--json")).stdout)
    assert misspelt["hits"][0]["name"] == misspelt["did_you_mean"] == "OrderStore"
    noise = json.loads((await command(stack, scanned, "asdfgh qwertz", "--json")).stdout)
    assert all(each["weak"] for each in noise["hits"])
    assert any("Nothing matches well" in each for each in noise["notes"])
    hidden = await command(stack, scanned, "OrderStore", "--path", "nowhere")
    assert "--path nowhere hides" in hidden.stdout


async def test_errors_cross_the_workflow(stack: Stack, scanned: str) -> None:
    with pytest.raises(NotFound, match="no repository"):
        await search(stack.client, SearchOrder("cart", ("nowhere-at-all",)))
    sha = await stack.value("SELECT commit FROM scan_runs ORDER BY id DESC LIMIT 1")
    with pytest.raises(RefNotIndexed):
        await search(stack.client, SearchOrder("cart", (scanned,), ref=str(sha)))
    with pytest.raises(UsageError):
        await search(stack.client, SearchOrder("cart", (scanned,), limit=10**9))
    ran = await command(stack, scanned, "cart", "--ref", str(sha), "--json")
    assert ran.returncode == 3
    assert json.loads(ran.stdout)["error"]["code"] == "ref_not_indexed"


async def test_searches_during_scans_speak_of_one_commit(
    stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Answers never mix two versions, and never fail, while scans of the same ref come and go."""
    repository = Repository(tmp_path_factory.mktemp("moving") / "moving-shop", SHOP)
    await stack.scan(repository.root)
    done = asyncio.Event()
    commits: set[str] = set()

    async def search_on() -> None:
        while not done.is_set():
            answer = await search(stack.client, SearchOrder("marker of the version", ("moving-shop",)))
            (commit,) = {hit.commit for hit in answer.hits}
            assert commit == answer.searched[0].commit
            versions = {hit.name for hit in answer.hits if hit.name.startswith("version_")}
            assert len(versions) <= 1
            commits.add(commit)

    searching = [asyncio.create_task(search_on()) for _ in range(3)]
    for number in range(3):
        repository.commit({"shop/marker.py": f'def version_{number}():\n    """The marker of the version."""\n'})
        assert (await stack.scan(repository.root)).outcome == "completed"
    done.set()
    await asyncio.gather(*searching)
    answer = await search(stack.client, SearchOrder("marker of the version", ("moving-shop",)))
    assert answer.hits[0].name == "version_2"
    assert len(commits) > 1


@pytest.mark.skipif(os.cpu_count() == 1, reason="nothing runs side by side")
async def test_many_at_once_are_all_answered(stack: Stack, scanned: str) -> None:
    orders = [SearchOrder(f"item {number}", (scanned,)) for number in range(40)]
    answers = await asyncio.gather(*(search(stack.client, order) for order in orders))
    assert all(answer.hits for answer in answers)
