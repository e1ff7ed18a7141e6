"""Every diagram of real documentation goes through mermaid's own parser. Needs Node.

python -m tests.mermaid.run
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support import corpus

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent


def main() -> int:
    cache = Path(tempfile.gettempdir()) / "docrunch-corpus"
    sources = [
        ROOT,
        corpus.pypi_sdist(cache, "flask", "3.1.2"),
        corpus.go_module(cache, "github.com/go-chi/chi/v5", "v5.2.1"),
        corpus.crate(cache, "serde_json", "1.0.140"),
        corpus.npm(cache, "zod", "4.1.5"),
    ]
    subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=True)
    with tempfile.TemporaryDirectory(prefix="docrunch-mermaid-") as work:
        trees = [render(Path(work), number, source) for number, source in enumerate(sources)]
        return subprocess.run(["node", str(HERE / "check.mjs"), *map(str, trees)], check=False).returncode


def render(work: Path, number: int, source: Path) -> Path:
    docs = work / f"{number}"
    command = [sys.executable, "-m", "api.cli.main", "scan", str(source), "--docs", str(docs)]
    subprocess.run(
        [*command, "--offline", "--no-embeddings"], cwd=work, check=True, capture_output=True, env=environment()
    )
    return docs


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


if __name__ == "__main__":
    sys.exit(main())
