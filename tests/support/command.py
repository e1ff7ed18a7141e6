"""The command line in a process of its own, as a person or a script runs it."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Ran:
    def __init__(self, done: "subprocess.CompletedProcess[str]") -> None:
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def json(self) -> Any:
        return json.loads(self.out)


async def run_docrunch(environment: Mapping[str, str], *arguments: str, cwd: Path | None = None) -> Ran:
    command = [sys.executable, "-m", "api.cli.main", *arguments]
    return Ran(
        await asyncio.to_thread(
            subprocess.run, command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=120
        )
    )
