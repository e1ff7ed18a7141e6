"""One parser child as its parent sees it: start, send a batch, receive results, kill, and say why it died."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from docrunch.parsing.frames import HEADER_BYTES, Batch, Result, frame, frame_length, result_decoder

_ROOT = Path(__file__).resolve().parents[2]
_READ_BYTES = 1 << 18
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes there, KiB elsewhere
_CRASHES = (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS)
_EXIT_SECONDS = 2.0  # after its stdin is closed an idle child ends at once


class Cause(NamedTuple):
    """Why a child ended."""

    reason: str  # of an issue
    detail: str
    used_up: bool = False  # its processor time, whatever else the machine was doing


class WorkerProcess:
    def __init__(self) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed in stop)
        search_path = os.pathsep.join(part for part in (str(_ROOT), os.environ.get("PYTHONPATH", "")) if part)
        theirs, self._lifeline = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "docrunch.parsing.child", str(theirs)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                cwd="/",
                env={"PYTHONPATH": search_path, "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "PATH": os.defpath},
                pass_fds=(theirs,),
            )
        except OSError:
            os.close(self._lifeline)
            raise
        finally:
            os.close(theirs)
        if self._process.stdin is None or self._process.stdout is None:
            raise OSError("a parser child was started without pipes")
        self._stdin = self._process.stdin
        self._stdout = self._process.stdout
        self._buffer = bytearray()
        self.files = 0
        self.bytes = 0
        self.deadline = 0.0
        self._memory_limit = 0

    @property
    def pid(self) -> int:
        return self._process.pid

    def fileno(self) -> int:
        return self._stdout.fileno()

    def send(self, batch: Batch) -> bool:
        """False where the child is gone."""
        self._memory_limit = batch.limits.parse_memory_bytes
        self.files += len(batch.jobs)
        self.bytes += sum(len(job.text) for job in batch.jobs)
        self.deadline = time.monotonic() + batch.limits.parse_seconds
        try:
            self._stdin.write(frame(batch))
            self._stdin.flush()
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def receive(self) -> list[Result] | None:
        """The results that have arrived since the last call; ``None`` when the child has closed its end.

        Call when the descriptor is readable. Bytes that are no result count as the end of the child.
        """
        data = os.read(self._stdout.fileno(), _READ_BYTES)
        if not data:
            return None
        self._buffer += data
        results: list[Result] = []
        try:
            while len(self._buffer) >= HEADER_BYTES:
                end = HEADER_BYTES + frame_length(self._buffer)
                if len(self._buffer) < end:
                    break
                results.append(result_decoder.decode(memoryview(self._buffer)[HEADER_BYTES:end].tobytes()))
                del self._buffer[:end]
        except ValueError:  # msgspec's errors included
            self.kill()
            return results or None
        return results

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def stop(self) -> None:
        """Let an idle child end, or end it; leaves no zombie and no open descriptor."""
        with contextlib.suppress(BrokenPipeError, OSError):
            self._stdin.close()
        try:
            self._process.wait(_EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        os.close(self._lifeline)
        self._stdout.close()
        self._errors.close()

    def autopsy(self) -> Cause:
        """Of a child that ended by itself. Waits for it.

        Native code seldom survives a refused allocation: a crash that had filled half of the memory limit is put
        down to memory.
        """
        _, status, usage = os.wait4(self._process.pid, 0)
        code = self._process.returncode = os.waitstatus_to_exitcode(status)
        filled = usage.ru_maxrss * _MAXRSS_UNIT >= self._memory_limit / 2
        self._errors.seek(0)
        said = self._errors.read()[-20_000:]
        if b"failed to allocate" in said or b"MemoryError" in said or (filled and code in _CRASHES):
            return Cause("parse_memory", "the parser ran out of its memory limit")
        if code == -signal.SIGXCPU:
            return Cause("parse_timeout", "the parser used up its processor time", used_up=True)
        if code < 0:
            return Cause("parser_crashed", f"the parser was ended by {signal.Signals(-code).name}")
        return Cause("parser_crashed", f"the parser exited with status {code}")
