"""The real local stack in a home of its own, used as a person would use it: through the command line."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from workers.stack.state import StackState, read_state

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-c", "from api.cli.main import entry; entry()")


@dataclass(frozen=True)
class Scan:
    seconds: float  # wall time of the command
    report: dict[str, Any]  # of ``--json``

    @property
    def stages(self) -> dict[str, float]:
        return dict(self.report["stages"])


class Stack:
    """``with Stack() as stack``: a stack that is ready, with empty caches; stopped and removed afterwards."""

    def __enter__(self) -> "Stack":
        self._directory = tempfile.TemporaryDirectory(prefix="docrunch-bench-", ignore_cleanup_errors=True)
        self.root = Path(self._directory.name)
        self.home = self.root / "home"
        try:
            self._run("up")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        subprocess.run([*COMMAND, "down"], env=self.environment, cwd=self.root, capture_output=True, check=False)
        self._directory.cleanup()

    @property
    def environment(self) -> dict[str, str]:
        path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH")) if part)
        return {**os.environ, "DOCRUNCH_HOME": str(self.home), "PYTHONPATH": path}

    @property
    def state(self) -> StackState:
        found = read_state(self.home)
        if found is None:
            raise RuntimeError("the stack is gone")
        return found

    def scan(self, repository: Path, *flags: str) -> Scan:
        """One ``docrunch scan`` until its docpack is on disk."""
        started = time.perf_counter()
        out = self._run("scan", str(repository), "--json", "--docs", str(self.root / "docs"), *flags)
        return Scan(time.perf_counter() - started, json.loads(out))

    def offline(self, repository: Path, *flags: str) -> Scan:
        docpack = str(self.root / "offline.docpack")
        return self.scan(repository, "--offline", "--docpack", docpack, *flags)

    def peak_memory(self) -> dict[str, int]:
        """Most bytes resident at any time since the stack started, per worker process (not its parser children)."""
        found = {}
        for child in self.state.children:
            if child.name.startswith("worker-") and child.process is not None:
                status = Path(f"/proc/{child.process.pid}/status").read_text()
                found[child.name] = 1024 * int(status.split("VmHWM:")[1].split()[0])
        return found

    def _run(self, *arguments: str) -> str:
        ran = subprocess.run(
            [*COMMAND, *arguments], env=self.environment, cwd=self.root, capture_output=True, text=True
        )
        if ran.returncode:
            raise RuntimeError(f"docrunch {arguments[0]} failed: {ran.stderr[-2000:]}{ran.stdout[-2000:]}")
        return ran.stdout
