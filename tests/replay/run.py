"""Incremental equals clean, byte for byte, over a real history.

    python -m tests.replay.run [--package click] [--versions 30]

Successive releases of a package become successive commits. For each one, a scan by the workflow (which reuses
whatever earlier scans cached) is compared with an offline scan, which knows nothing of the past: graph,
documentation and docpack must be equal to the last byte.
"""

import argparse
import filecmp
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support import corpus

CLICK = (
    "3.0 3.1 3.2 3.3 4.0 4.1 5.0 5.1 6.0 6.2 6.3 6.4 6.6 6.7 7.0 7.1 7.1.1 7.1.2 8.0.0 8.0.1 8.0.2 8.0.3 8.0.4 "
    "8.1.0 8.1.1 8.1.2 8.1.3 8.1.4 8.1.5 8.1.6 8.1.7 8.1.8"
)
VERSIONS = {"click": CLICK.split()}
ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    arguments = parse_arguments()
    versions = VERSIONS[arguments.package][-arguments.versions :]
    with tempfile.TemporaryDirectory(prefix="docrunch-replay-") as work:
        base = Path(work)
        fetched = [(v, corpus.pypi_wheel(arguments.corpus, arguments.package, v)) for v in versions]
        repository, commits = corpus.history(base, arguments.package, fetched)
        # The embedded Postgres runs as another user, who must be able to reach its directory.
        base.chmod(0o711)
        environment = {**os.environ, "DOCRUNCH_HOME": str(base / "home")}
        docrunch(environment, base, "up")
        try:
            return replay(environment, base, repository, list(zip(versions, commits, strict=True)))
        finally:
            docrunch(environment, base, "down", "--purge")


def replay(environment: dict[str, str], base: Path, repository: Path, commits: list[tuple[str, str]]) -> int:
    # Tags, because a bare sha is kept as an object only: a declared ref goes through publish by difference.
    different = 0
    for version, commit in commits:
        git(repository, "branch", "-f", "replayed", commit)
        incremental, clean = base / "incremental", base / "clean"
        started = time.perf_counter()
        found = scan(environment, incremental, repository, [])
        middle = time.perf_counter()
        scan(environment, clean, repository, ["--offline"])
        export(environment, incremental, repository)
        wrong = differences(incremental, clean)
        different += bool(wrong)
        counts = found["counts"]
        print(
            f"{version:8} {'DIFFERENT ' + ', '.join(wrong) if wrong else 'equal':10} "
            f"files {counts['files']:4} texts embedded {counts['embedded']:5} reused {counts['reused']:5} "
            f"workflow {middle - started:5.1f} s, clean {time.perf_counter() - middle:5.1f} s",
            flush=True,
        )
    print(f"{len(commits)} commits, {different} different")
    print(f"{len(commits) - different} passed, {different} failed")
    return 1 if different else 0


def scan(environment: dict[str, str], cwd: Path, repository: Path, extra: list[str]) -> dict[str, object]:
    cwd.mkdir(exist_ok=True)
    arguments = ["--ref", "replayed", "--name", "replayed", "--docpack", "out.docpack", "--docs", "docs", "--json"]
    return json.loads(docrunch(environment, cwd, "scan", str(repository), *arguments, *extra))


def export(environment: dict[str, str], cwd: Path, repository: Path) -> None:
    docrunch(environment, cwd, "export", "graph", "replayed", "--ref", "replayed", "--out", "graph.jsonl")


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


def docrunch(environment: dict[str, str], cwd: Path, *arguments: str) -> str:
    command = [str(Path(sys.executable).with_name("docrunch")), *arguments]
    ran = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600)
    if ran.returncode:
        raise SystemExit(f"{' '.join(command)} exited {ran.returncode}\n{ran.stdout[-2000:]}\n{ran.stderr[-4000:]}")
    return ran.stdout


def git(repository: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(repository), *arguments], check=True, capture_output=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", choices=sorted(VERSIONS), default="click")
    parser.add_argument("--versions", type=int, default=30)
    parser.add_argument("--corpus", type=Path, default=Path(tempfile.gettempdir()) / "docrunch-corpus")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
