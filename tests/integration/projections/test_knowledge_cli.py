"""``docrunch knowledge`` on a real graph: answers, formats, errors and exit codes."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from api.cli.main import main
from tests.support.knowledge import KnowledgeWorld

pytestmark = pytest.mark.integration
Run = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
async def run(shop: KnowledgeWorld, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    await shop.project(await shop.scan())
    await shop.target.aclose()  # a process has one graph open, and the command is this process too
    monkeypatch.setenv("DOCRUNCH_HOME", str(shop.context.settings.home))
    monkeypatch.setenv("DOCRUNCH_DATABASE_URL", shop.database.url)
    monkeypatch.setenv("DOCRUNCH_TEMPORAL__ADDRESS", "127.0.0.1:1")

    async def once(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = await asyncio.to_thread(main, ["knowledge", *arguments])
        return code, *capfd.readouterr()

    return once


async def test_answers(run: Run) -> None:
    code, out, _ = await run("search", "demo", "ca", "--json")
    results = json.loads(out)["results"]
    assert code == 0
    assert {"shop/cart.py"} == {each["metadata"]["path"] for each in results if each["kind"] == "entity"}
    code, out, _ = await run("related", "demo", "Cart.add")
    assert code == 0
    assert "shop.price.total" in out
    code, out, _ = await run("status")
    assert (code, "entities" in out) == (0, True)
    code, out, _ = await run("export", "demo", "--format", "graphml")
    assert (code, out.startswith("<?xml")) == (0, True)
    code, out, _ = await run("export", "demo")
    assert {"nodes", "edges"} <= json.loads(out).keys()


async def test_errors_say_what_to_do(run: Run) -> None:
    code, _, err = await run("search", "demo", "carts and prices")
    assert code == 1
    assert "the encoder of this process is" in err, "vectors of the test's own encoder cannot be asked with another"
    assert (await run("search", "nobody", "cart"))[0] == 3
    assert (await run("search", "demo", "cart", "--mode", "psychic"))[0] == 2
    assert (await run("related", "demo", "no such thing"))[0] == 3
    assert (await run("export", "demo", "--format", "yaml"))[0] == 2
