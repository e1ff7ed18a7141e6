"""Record the histories and fingerprints anew: ``python -m tests.histories.record``.

Do it when a workflow changed on purpose, and only together with `workflow.patched` for runs that are under way, or
with a release that no run survives. `fingerprints.json` in the diff shows the reviewer what changed.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

from temporalio.testing import WorkflowEnvironment

from tests.histories.commands import commands
from tests.histories.scenarios import RECORDED, SEQUENTIAL, Histories
from tests.support.fakes.workers import run_fake_workers
from tests.support.fakes.world import Worlds
from tests.support.temporal import start_server

FOLDER = Path(__file__).parent
FINGERPRINTS = FOLDER / "fingerprints.json"


async def record() -> None:
    async with await start_server() as environment:
        await _record(environment)


async def _record(environment: WorkflowEnvironment) -> None:
    worlds = Worlds()
    found: Histories = {}
    sequences: dict[str, list[str]] = {}
    async with run_fake_workers(environment.client, worlds):
        for scenario in RECORDED:
            histories = await scenario(environment.client, worlds)
            found |= histories
            if scenario in SEQUENTIAL:
                sequences |= {name: commands(history) for name, history in histories.items()}
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for name, history in found.items():
        kept = _scrub(json.loads(history.to_json()))
        (FOLDER / f"{name}.json").write_text(json.dumps(kept, separators=(",", ":")) + "\n")
    FINGERPRINTS.write_text(json.dumps(sequences, indent=1, sort_keys=True) + "\n")
    print(f"{len(found)} histories, {len(sequences)} fingerprints")


def _scrub(value: Any) -> Any:
    """Without what tells something about the machine that recorded it; replay needs none of it."""
    if isinstance(value, list):
        return [_scrub(each) for each in value]
    if isinstance(value, dict):
        kept = {key: _scrub(each) for key, each in value.items() if key != "stackTrace"}
        named = {"identity": "recorder"} if "identity" in kept else {}
        sticky = {"name": "sticky"} if kept.get("kind") == "TASK_QUEUE_KIND_STICKY" else {}
        return kept | named | sticky
    return value


if __name__ == "__main__":
    asyncio.run(record())
