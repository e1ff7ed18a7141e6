"""The command line in a process of its own, as a person or a script runs it."""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SECONDS = 120.0


class Ran:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


async def run_docrunch(environment: Mapping[str, str], *arguments: str, cwd: Path | None = None) -> Ran:
    return await run_until(environment, *arguments, cwd=cwd)


async def run_until(
    environment: Mapping[str, str],
    *arguments: str,
    cwd: Path | None = None,
    said: str | None = None,
    then: Callable[[], None] = lambda: None,
) -> Ran:
    """Args: ``then``: done once, as soon as ``said`` is in its progress."""
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-m", "api.cli.main", *arguments]
    running = await asyncio.create_subprocess_exec(*command, env=environment, cwd=cwd, stdout=pipe, stderr=pipe)
    assert running.stdout
    assert running.stderr

    async def progress(stream: asyncio.StreamReader) -> bytes:
        heard, waiting = b"", said is not None
        while part := await stream.read(65_536):
            heard += part
            if waiting and (said or "").encode() in heard:
                waiting = False
                then()
        return heard

    try:
        async with asyncio.timeout(SECONDS):
            out, err = await asyncio.gather(running.stdout.read(), progress(running.stderr))
            return Ran(await running.wait(), out.decode(), err.decode())
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()
