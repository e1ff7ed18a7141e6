"""Running the git command line: a clean environment, one process group, and limits on time, output and memory."""

import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from docrunch.errors import Failed, LimitExceeded, NotFound

MAX_MEMORY = 3 << 20  # KiB of data segment per git process: hostile deltas can ask for any amount
POLL = 0.2  # seconds between looks at what a running process has written

# Applied to every git process, before anything a repository could say.
HARDENING = (
    "protocol.ext.allow=never",
    "protocol.file.allow=never",
    "core.symlinks=false",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.pager=cat",
    "core.attributesFile=/dev/null",
    "core.alternateRefsCommand=false",
    "core.commitGraph=false",
    "core.multiPackIndex=false",  # names pack files by path, so it can reach those of another repository
    "credential.helper=",
    "submodule.recurse=false",
    "transfer.bundleURI=false",
    "gc.auto=0",
    "maintenance.auto=false",
)


class Finished(NamedTuple):
    code: int
    stdout: bytes
    stderr: str


def git_program() -> str:
    found = shutil.which("git")
    if found is None:
        raise NotFound("the program git is missing", hint="Install it, for example: apt-get install git")
    return found


def git_environment(home: Path) -> dict[str, str]:
    """Nothing of the caller's environment but where programs are."""
    return {
        "PATH": os.pathsep.join([str(Path(git_program()).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "TMPDIR": str(home),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "/bin/false",
        "SSH_ASKPASS": "/bin/false",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_ALLOW_PROTOCOL": "none",
    }


def git_argv(git_dir: Path, *arguments: str, options: Sequence[str] = (), max_memory: int = MAX_MEMORY) -> list[str]:
    """The limits are set by a shell that becomes git, so that helpers git starts inherit them."""
    settings = [word for option in (*HARDENING, *options) for word in ("-c", option)]
    return [
        "/bin/sh",
        "-c",
        f'ulimit -d {max_memory} 2>/dev/null; exec "$@"',
        "sh",
        git_program(),
        f"--git-dir={git_dir}",
        *settings,
        *arguments,
    ]


def start(argv: Sequence[str], env: Mapping[str, str], cwd: Path, *, stdin: bool = False) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        list(argv),
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a process we started and everything it started. The unreaped leader keeps the group id ours."""
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.close()


def run(
    argv: Sequence[str],
    env: Mapping[str, str],
    cwd: Path,
    *,
    timeout: float,
    max_output: int = 1 << 28,
    watch: Callable[[], None] | None = None,
) -> Finished:
    """Run to the end; ``watch`` is called a few times per second and may raise to stop it.

    Raises:
        TimeoutError: it took longer than ``timeout`` seconds.
        LimitExceeded: it wrote more than ``max_output`` bytes.
    """
    process = start(argv, env, cwd)
    try:
        stdout, stderr = _collect(process, time.monotonic() + timeout, max_output, watch)
        return Finished(process.returncode, stdout, stderr.decode("utf-8", "replace"))
    finally:
        kill_group(process)


def _collect(
    process: subprocess.Popen[bytes], deadline: float, max_output: int, watch: Callable[[], None] | None
) -> tuple[bytes, bytes]:
    streams = [stream for stream in (process.stdout, process.stderr) if stream is not None]
    kept: dict[int, list[bytes]] = {stream.fileno(): [] for stream in streams}
    written = 0
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            if time.monotonic() > deadline:
                raise TimeoutError
            for key, _ in selector.select(POLL):
                part = os.read(key.fd, 1 << 16)
                kept[key.fd].append(part)
                written += len(part)
                if not part:
                    selector.unregister(key.fileobj)
            if written > max_output:
                raise LimitExceeded(f"git wrote more than {max_output} bytes")
            if watch is not None:
                watch()
    try:
        process.wait(max(deadline - time.monotonic(), 0.05))
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    out, err = (b"".join(kept[stream.fileno()]) for stream in streams)
    return out, err


def check(finished: Finished, doing: str) -> bytes:
    """
    Raises:
        Failed: git ended with an error while ``doing``.
    """
    if finished.code != 0:
        first = next((line for line in finished.stderr.splitlines() if line.strip()), f"exit code {finished.code}")
        raise Failed(f"git failed while {doing}: {first[:200]}")
    return finished.stdout
