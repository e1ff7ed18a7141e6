"""A tiny world for sources: files drawn as a mapping, read by the same entrance that users take."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from docrunch.options import ScanOptions
from docrunch.source.known import KnownFiles
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source, parse_spec
from docrunch.source.tree import StoredTree

_CONFIG = ("user.name=A", "user.email=a@b", "init.defaultBranch=main", "protocol.file.allow=always")


class World:
    """Makes sources below one temporary directory and reads them, each time in a private job directory of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._jobs = 0

    def put(self, where: str, files: Mapping[str, bytes | str]) -> Path:
        for name, content in files.items():
            path = self.root / where / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.root / where

    def git(self, where: Path, *arguments: str) -> str:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z",
            "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z",
        }
        settings = [word for option in _CONFIG for word in ("-c", option)]
        done = subprocess.run(
            ["git", *settings, *arguments], cwd=where, env=env, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def repository(self, where: str, files: Mapping[str, bytes | str]) -> Path:
        """A git repository with one commit of all files on branch ``main``."""
        root = self.put(where, files)
        self.git(root, "init", "-q")
        self.commit(root)
        return root

    def commit(self, root: Path) -> str:
        self.git(root, "add", "-A", "-f")
        self.git(root, "commit", "-q", "-m", "state")
        return self.git(root, "rev-parse", "HEAD")

    def job(self) -> Path:
        self._jobs += 1
        path = self.root / f"job-{self._jobs}"
        path.mkdir(mode=0o700)
        return path

    def scan(
        self,
        source: Path | str,
        *,
        ref: str | None = None,
        name: str | None = None,
        policy: SourcePolicy | None = None,
        options: ScanOptions | None = None,
        known: KnownFiles | None = None,
    ) -> StoredTree:
        return open_source(
            parse_spec(str(source), cwd=self.root),
            ref=ref,
            name=name,
            options=options or ScanOptions(),
            policy=policy or SourcePolicy(),
            workdir=self.job(),
            detect=self.detect,
            known=known,
        )

    @staticmethod
    def detect(path: str, head: bytes) -> str:
        return {"py": "python", "js": "javascript", "md": "markdown"}.get(path.rsplit(".", 1)[-1], "unknown")

    @staticmethod
    def read(tree: StoredTree) -> dict[str, bytes]:
        return {entry.path: tree.text(entry.path) for entry in tree.parsed_entries()}

    @staticmethod
    def skips(tree: StoredTree) -> dict[str, str]:
        return {entry.path: entry.skip.value for entry in tree.entries if entry.skip is not None}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)
