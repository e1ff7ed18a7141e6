"""Small git repositories, written by a test: fixed dates and authors, so that equal files give equal commits."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

GIT_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.invalid",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.invalid",
    "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z",
}


class Repository:
    def __init__(self, root: Path, files: Mapping[str, bytes | str]) -> None:
        self.root = root
        root.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        self.write(files)
        self.commit()

    def write(self, files: Mapping[str, bytes | str]) -> None:
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: Mapping[str, bytes | str] | None = None) -> str:
        """Commit everything; returns the sha."""
        self.write(files or {})
        self.git("add", "-A", "-f")
        self.git("commit", "-q", "--allow-empty", "-m", "state")
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str) -> str:
        environment = {"PATH": os.environ["PATH"], **GIT_ENVIRONMENT}
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def remove(self) -> None:
        shutil.rmtree(self.root)


def python_files(count: int, salt: str) -> dict[str, str]:
    """A package of ``count`` modules that call each other; ``salt`` makes its texts unlike those of other tests."""
    made = {"README.md": f"# {salt}\n\nNumbers of {salt} that add up.\n"}
    for number in range(count):
        before = max(number - 1, 0)
        made[f"{salt}/m{number}.py"] = (
            f'"""Module {number} of {salt}."""\n\nfrom {salt}.m{before} import {salt}_step_{before}\n\n\n'
            f"def {salt}_step_{number}(value: int) -> int:\n"
            f'    """Do step {number} of {salt}."""\n    return {salt}_step_{before}(value + {number})\n'
        )
    return made
