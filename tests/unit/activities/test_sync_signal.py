"""A scan is published whether or not anybody can be told of it, and it does not wait for that."""

import asyncio
from typing import Any, cast

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.sync_signal import SyncSignal
from docrunch.config import SyncSettings


class Server:
    def __init__(self, *, answers: bool = True) -> None:
        self.started: list[tuple[str, str, str]] = []
        self._answers = answers

    async def start_workflow(self, name: str, request: Any, **options: Any) -> None:
        await asyncio.sleep(0)
        if not self._answers:
            raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")
        self.started.append((name, options["id"], options["start_signal"]))


def signal(server: Server, **settings: Any) -> SyncSignal:
    return SyncSignal(cast(Client, server), SyncSettings(targets=("lightrag", "markdown"), **settings))


async def test_every_store_is_woken_with_a_signal_that_starts_it() -> None:
    server = Server()
    signal(server).committed(7, "demo", "local")
    assert server.started == []  # later, and beside the caller
    await asyncio.sleep(0.05)
    assert server.started == [("SyncWorkflow", "sync:lightrag:7", "wake"), ("SyncWorkflow", "sync:markdown:7", "wake")]


async def test_a_server_that_is_away_is_told_in_the_log_and_nowhere_else(capsys: pytest.CaptureFixture[str]) -> None:
    signal(Server(answers=False)).committed(7, "demo", "local")
    await asyncio.sleep(0.05)
    assert "the sweep will" in capsys.readouterr().out


async def test_switched_off_nobody_is_woken() -> None:
    server = Server()
    signal(server, enabled=False).committed(7, "demo", "local")
    await asyncio.sleep(0.05)
    assert server.started == []
