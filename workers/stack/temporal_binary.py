"""Find or obtain the ``temporal`` binary: TEMPORAL_CLI_PATH, PATH, the tools folder, the SDK's download, a Go build.

``python -m workers.stack.temporal_binary`` prints the path (used by ``make setup`` and the tests).
"""

import asyncio
import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from docrunch.errors import Failed
from workers.config_files import config_file

VERSION = "1.8.2"  # of the CLI that the toolchain module pins
MIN_GO = (1, 26, 4)  # the `go` line of temporal-config/toolchain/go.mod
TOOLCHAIN = config_file("toolchain")
BUILD_SECONDS = 1800  # 3.5 min on 2 cores with an empty module cache; slow networks take longer

Say = Callable[[str], None]


def tools_dir() -> Path:
    """Where tools are kept: outside the home, so that it works before there is one and survives ``down --purge``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "docrunch" / "tools"


def find() -> Path | None:
    """A binary that is already here, or ``None``.

    Raises:
        Failed: TEMPORAL_CLI_PATH is set to something that cannot be run.
    """
    configured = os.environ.get("TEMPORAL_CLI_PATH")
    if configured:
        if not os.access(configured, os.X_OK) or Path(configured).is_dir():
            raise Failed(
                f"TEMPORAL_CLI_PATH is {configured}, which is no executable file",
                hint="Point it at a `temporal` binary, or unset it.",
            )
        return Path(configured)
    on_path = shutil.which("temporal")
    if on_path:
        return Path(on_path)
    own = tools_dir() / f"temporal-{VERSION}"
    return own if os.access(own, os.X_OK) else None


def ensure(say: Say = lambda _line: None) -> Path:
    """The binary, downloaded or built when it is nowhere to be found.

    Args:
        say: told, in one line each, what takes long.

    Raises:
        Failed: it could be neither found, downloaded nor built; the hint says what to install.
    """
    found = find()
    if found:
        return found
    target = tools_dir() / f"temporal-{VERSION}"
    with _only_one(target):
        if not os.access(target, os.X_OK):
            _obtain(target, say)
    return target


def version(binary: Path) -> str:
    """``1.8.2`` for ``temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)``; empty when it does not say."""
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
    found = re.search(r"version (\S+)", said)
    return found.group(1) if found else ""


def _obtain(target: Path, say: Say) -> None:
    say("The temporal binary is not installed: trying the download of the Temporal SDK.")
    try:
        _install(_download(), target)
    except RuntimeError:
        say("No download is reachable: building temporal from its Go modules (a few minutes, once).")
        build(target, say)


def _download() -> Path:
    """The SDK fetches the binary when it starts a development server; the server itself is stopped at once.

    Raises:
        RuntimeError: nothing could be downloaded.
    """
    from temporalio.testing import WorkflowEnvironment

    async def fetch(folder: str) -> None:
        environment = await WorkflowEnvironment.start_local(
            download_dest_dir=folder, dev_server_download_version=f"v{VERSION}", dev_server_log_level="error"
        )
        await environment.shutdown()

    folder = tempfile.mkdtemp(prefix="docrunch-temporal-")
    asyncio.run(fetch(folder))
    found = [path for path in Path(folder).iterdir() if path.is_file()]
    if not found:
        raise RuntimeError("the SDK downloaded nothing")
    return found[0]


def build(target: Path, say: Say = lambda _line: None) -> None:
    """Build from the pinned module in ``temporal-config/toolchain``.

    Raises:
        Failed: Go is missing or too old, the toolchain is not in this installation, or the build fails.
    """
    go = _go()
    if not (TOOLCHAIN / "go.mod").is_file():
        raise Failed(
            f"this installation has no {TOOLCHAIN}, which the build of temporal needs",
            hint="Install `temporal` (https://docs.temporal.io/cli) or set TEMPORAL_CLI_PATH.",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="temporal-", dir=target.parent) as folder:
        flags = f"-s -w -X github.com/temporalio/cli/internal/temporalcli.Version={VERSION}"
        command = [go, "install", "-trimpath", "-ldflags", flags, "tool"]
        env = {**os.environ, "GOBIN": folder, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"}
        say(f"Running go install in {TOOLCHAIN}")
        ran = subprocess.run(
            command, cwd=TOOLCHAIN, env=env, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
        )
        if ran.returncode != 0:
            raise Failed(
                f"building temporal failed: {ran.stderr.strip()[-600:]}",
                hint="Check the network and GOPROXY, or install `temporal` and set TEMPORAL_CLI_PATH.",
            )
        _install(Path(folder) / "temporal", target)


def _go() -> str:
    hint = (
        f"Install Go {'.'.join(map(str, MIN_GO))} or newer (https://go.dev/dl), or install `temporal` "
        "(https://docs.temporal.io/cli), or set TEMPORAL_CLI_PATH to a binary."
    )
    go = shutil.which("go")
    if not go:
        raise Failed("temporal must be built, and Go is not installed", hint=hint)
    said = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, timeout=60, check=False).stdout
    installed = parse_go_version(said)
    toolchain = subprocess.run([go, "env", "GOTOOLCHAIN"], capture_output=True, text=True, timeout=60, check=False)
    fetches_newer = installed >= (1, 21, 0) and toolchain.stdout.strip() not in {"local", ""}
    if installed < MIN_GO and not fetches_newer:
        raise Failed(f"Go {said.strip().removeprefix('go') or 'of unknown version'} is too old", hint=hint)
    return go


def parse_go_version(said: str) -> tuple[int, ...]:
    """``go1.26.8`` → ``(1, 26, 8)``; ``(0,)`` for anything else."""
    found = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", said.strip())
    return tuple(int(part or 0) for part in found.groups()) if found else (0,)


def _install(source: Path, target: Path) -> None:
    """Put the binary in place in one step, so that a second process never runs half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as copy:
        copy.write(source.read_bytes())
    Path(copy.name).chmod(0o755)
    Path(copy.name).replace(target)


@contextmanager
def _only_one(target: Path) -> Iterator[None]:
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    try:
        print(ensure(lambda line: print(line, file=sys.stderr)))
    except Failed as error:
        print(f"error: {error.message}\n{error.hint or ''}".rstrip(), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
