"""Incremental equals clean, byte for byte, over real histories of three ecosystems.

    python -m tests.replay.run [--versions 60] [--ecosystem pypi|npm|go …]

Successive releases of a package become successive commits. For each one, a scan by the workflow (which reuses
whatever earlier scans left: facts, vectors, links, pages) is compared with an offline scan, which knows nothing of
the past: graph, documentation and docpack must be equal to the last byte.
"""

import argparse
import filecmp
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docrunch.docpack.read import read_docpack
from tests.replay.histories import HISTORIES, shares
from tests.support import corpus

HEAD = (
    f"{'ecosystem':10}{'version':10}{'result':28}{'files':>6}{'embedded':>10}{'reused':>8}{'seconds':>9}  graph_sha256"
)


def main() -> int:
    arguments = parse_arguments()
    wanted = shares(arguments.versions, arguments.ecosystem or list(HISTORIES))
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="docrunch-replay-") as work:
        base = Path(work)
        # The embedded Postgres runs as another user, who must be able to reach its directory.
        base.chmod(0o711)
        replay = Replay({**os.environ, "DOCRUNCH_HOME": str(base / "home")}, base)
        replay.docrunch(base, "up")
        try:
            print(HEAD)
            for ecosystem, number in wanted.items():
                replay.history(ecosystem, HISTORIES[ecosystem].newest(number, arguments.corpus))
        finally:
            replay.docrunch(base, "down", "--purge")
    total = sum(wanted.values())
    print(f"{total - replay.different} passed, {replay.different} failed, {time.perf_counter() - started:.0f} s")
    return 1 if replay.different else 0


@dataclass
class Replay:
    environment: dict[str, str]
    base: Path
    different: int = 0  # versions whose two scans differ

    def history(self, ecosystem: str, versions: list[tuple[str, Path]]) -> None:
        repository, commits = corpus.history(self.base, ecosystem, versions)
        for (version, _), commit in zip(versions, commits, strict=True):
            # A branch, because a bare sha is kept as an object only: a declared ref goes through publish by difference.
            git(repository, "branch", "-f", "replayed", commit)
            started = time.perf_counter()
            found, wrong = self.compare(ecosystem, repository)
            self.different += bool(wrong)
            counts = found["counts"]
            print(
                f"{ecosystem:10}{version:10}{'DIFFERENT ' + ', '.join(wrong) if wrong else 'equal':28}"
                f"{counts['files']:6}{counts['embedded']:10}{counts['reused']:8}{time.perf_counter() - started:9.1f}"
                f"  {read_docpack(self.base / 'clean' / 'out.docpack').manifest.graph_sha256[:16]}",
                flush=True,
            )

    def compare(self, name: str, repository: Path) -> tuple[dict[str, Any], list[str]]:
        """The report of the incremental scan, and what of it is not that of the clean one."""
        incremental, clean = self.base / "incremental", self.base / "clean"
        with ThreadPoolExecutor(2) as both:
            alone = both.submit(self.scan, clean, repository, name, "--offline")
            found = both.submit(self.scan, incremental, repository, name).result()
            alone.result()
        self.docrunch(incremental, "export", "graph", name, "--ref", "replayed", "--out", "graph.jsonl")
        return found, differences(incremental, clean)

    def scan(self, cwd: Path, repository: Path, name: str, *extra: str) -> dict[str, Any]:
        cwd.mkdir(exist_ok=True)
        arguments = ["--ref", "replayed", "--name", name, "--docpack", "out.docpack", "--docs", "docs", "--json"]
        found: dict[str, Any] = json.loads(self.docrunch(cwd, "scan", str(repository), *arguments, *extra))
        return found

    def docrunch(self, cwd: Path, *arguments: str) -> str:
        command = [sys.executable, "-c", "from api.cli.main import entry; entry()", *arguments]
        ran = subprocess.run(command, cwd=cwd, env=self.environment, capture_output=True, text=True, timeout=600)
        if ran.returncode:
            said = f"{ran.stdout[-2000:]}\n{ran.stderr[-4000:]}"
            raise SystemExit(f"docrunch {' '.join(arguments)} exited {ran.returncode}\n{said}")
        return ran.stdout


def differences(one: Path, other: Path) -> list[str]:
    wrong = [
        name for name in ("out.docpack", "graph.jsonl") if (one / name).read_bytes() != (other / name).read_bytes()
    ]
    if not same_tree(filecmp.dircmp(one / "docs", other / "docs")):
        wrong.append("docs")
    return wrong


def same_tree(compared: "filecmp.dircmp[str]") -> bool:
    if compared.left_only or compared.right_only or compared.funny_files:
        return False
    _, mismatch, errors = filecmp.cmpfiles(compared.left, compared.right, compared.common_files, shallow=False)
    return not mismatch and not errors and all(same_tree(inner) for inner in compared.subdirs.values())


def git(repository: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(repository), *arguments], check=True, capture_output=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--versions", type=int, default=60, help="in total, shared among the ecosystems")
    parser.add_argument("--ecosystem", choices=sorted(HISTORIES), action="append", help="may repeat; default: all")
    parser.add_argument("--corpus", type=Path, default=Path(tempfile.gettempdir()) / "docrunch-corpus")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
