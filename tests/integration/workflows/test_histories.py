"""Runs that are under way survive a deployment: committed histories replay, and their commands stay the same."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer

from tests.histories.commands import commands
from tests.histories.record import FINGERPRINTS, FOLDER
from tests.histories.scenarios import SEQUENTIAL, Scenario
from tests.support.fakes.world import Worlds
from workers.plugin import docrunch_plugin
from workers.registry import QUERY_WORKFLOWS, WORKFLOWS

HISTORIES = sorted(path for path in FOLDER.glob("*.json") if path != FINGERPRINTS)
ADVICE = """
The commands of {name} changed. Runs that are under way would stop with a non-determinism error on the new code.
  - Not meant to change? Then undo the edit that moved, added or removed an activity, child, timer or upsert.
  - Meant to change? Put the new path behind `if workflow.patched("what-changed"):`, keep the old one, and record anew:
        python -m tests.histories.record
    The diff of tests/histories/fingerprints.json shows your reviewer what changed.
was: {was}
now: {now}
"""


def _definition(kind: type) -> Any:
    return kind.__dict__["__temporal_workflow_definition"]


def _read(path: Path) -> WorkflowHistory:
    found = WorkflowHistory.from_json(path.stem, path.read_text())
    workflow_id = found.events[0].workflow_execution_started_event_attributes.workflow_id  # children are named after it
    return WorkflowHistory(workflow_id, found.events)


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_committed_history_replays(path: Path) -> None:
    replayer = Replayer(workflows=[*WORKFLOWS, *QUERY_WORKFLOWS], plugins=[docrunch_plugin()])
    await replayer.replay_workflow(_read(path))


def test_those_outside_of_the_sandbox_are_known() -> None:
    """Each is a decision: what it would have refused there goes through unseen (docs/decisions, search fusion)."""
    assert {kind for kind in (*WORKFLOWS, *QUERY_WORKFLOWS) if not _definition(kind).sandboxed} == {*QUERY_WORKFLOWS}


@pytest.mark.parametrize("path", [p for p in HISTORIES if p.stem.startswith(("ask", "search"))], ids=lambda p: p.stem)
async def test_those_outside_of_the_sandbox_could_run_in_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks, randomness, files and what a module keeps between runs: the sandbox refuses them here, for production."""
    for kind in QUERY_WORKFLOWS:
        inside = dataclasses.replace(_definition(kind), sandboxed=True)
        monkeypatch.setattr(kind, "__temporal_workflow_definition", inside)
    replayer = Replayer(workflows=[*QUERY_WORKFLOWS], plugins=[docrunch_plugin()])
    await replayer.replay_workflow(_read(path))


def test_every_ending_has_a_history() -> None:
    endings = {commands(_read(path))[-1] for path in HISTORIES}
    assert endings == {"complete", "cancel", "fail", "continue as new"}


@pytest.mark.temporal
@pytest.mark.parametrize("scenario", SEQUENTIAL, ids=lambda scenario: scenario.__name__)
async def test_commands_are_as_fingerprinted(temporal_client: Client, worlds: Worlds, scenario: Scenario) -> None:
    expected = json.loads(FINGERPRINTS.read_text())
    for name, history in (await scenario(temporal_client, worlds)).items():
        now = commands(history)
        assert now == expected[name], ADVICE.format(name=name, was=expected[name], now=now)
