"""A small derived store: a directory of JSON files. Files beside them say how it shall misbehave.

``broken``: it does not answer. ``poison``: lines of keys whose entities raise. ``refused``: lines of keys that it
reports as failed. ``slow``: seconds that each entity takes. ``hangs``: lines of keys that never end. ``journal`` lists
every write, and ``batches`` how many entities each call had.
"""

import asyncio
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from activities.projections.target import (
    Batch,
    Change,
    Drift,
    Outcome,
    Sample,
    TargetContext,
    TargetUnreachable,
    Workspace,
)
from docrunch.storage.model import EntityType


class DirectoryTarget:
    name: ClassVar[str] = "directory"
    takes: ClassVar[frozenset[EntityType]] = frozenset({EntityType.FILE, EntityType.FINDING, EntityType.DECISION})

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    # ── what a test says and reads ──

    def say(self, name: str, *lines: str) -> None:
        (self.root / name).write_text("".join(f"{line}\n" for line in lines))

    def unsay(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def lines(self, name: str) -> list[str]:
        path = self.root / name
        return path.read_text().splitlines() if path.exists() else []

    def holds(self, key: str) -> dict[str, str]:
        """Key → content hash of what a workspace holds."""
        return {each["key"]: each["hash"] for each in self._read(key)}

    def _read(self, key: str) -> list[dict[str, str]]:
        return [json.loads(path.read_text()) for path in (self.root / key).glob("*.json")]

    # ── the port ──

    async def apply(self, batch: Batch) -> Outcome:
        return await self._each(batch, self._write)

    async def delete(self, batch: Batch) -> Outcome:
        return await self._each(batch, self._remove)

    async def _each(self, batch: Batch, step: Any) -> Outcome:
        self._answer()
        self._log("batches", str(len(batch.changes)))
        outcome = Outcome()
        for change in batch.changes:
            if change.key in self.lines("hangs"):
                await asyncio.sleep(3600)
            if change.key in self.lines("poison"):
                raise ValueError(f"{change.key} is poison")
            if change.key in self.lines("refused"):
                outcome.failed[change.entity_id] = f"{change.key} is refused"
                continue
            await asyncio.sleep(float((self.lines("slow") or ["0"])[0]))
            self._answer()
            outcome.writes.files += step(batch.workspace, change)
        return outcome

    def _write(self, workspace: Workspace, change: Change) -> int:
        path = self._path(workspace, change)
        text = json.dumps(
            {
                "type": str(change.entity_type),
                "key": change.key,
                "hash": (change.content_hash or b"").hex(),
                "payload": msgspec.to_builtins(change.payload),
            }
        )
        if path.exists() and path.read_text() == text:
            return 0
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".part").write_text(text)
        path.with_suffix(".part").rename(path)
        self._log("journal", f"{change.key} {change.event_id}")
        return 1

    def _remove(self, workspace: Workspace, change: Change) -> int:
        path = self._path(workspace, change)
        if not path.exists():
            return 0
        path.unlink()
        self._log("journal", f"-{change.key} {change.event_id}")
        return 1

    async def verify(self, sample: Sample) -> Drift:
        held = {f"{each['type']}:{each['key']}": each["hash"] for each in self._read(sample.workspace.key)}
        wanted = {f"{kind}:{key}": content.hex() for (kind, key), content in sample.expected.items()}
        return Drift(
            missing=tuple(sorted(wanted.keys() - held.keys())),
            stale=tuple(sorted(key for key in wanted.keys() & held.keys() if wanted[key] != held[key])),
            extra=tuple(sorted(held.keys() - wanted.keys())) if sample.complete else (),
        )

    async def rebuild(self, repository: Workspace) -> None:
        self._answer()
        (self.root / repository.key).mkdir(exist_ok=True)

    async def activate(self, repository: Workspace) -> None:
        self._answer()

    async def drop(self, repository: Workspace) -> int:
        count = len(self.holds(repository.key))
        shutil.rmtree(self.root / repository.key, ignore_errors=True)
        return count

    async def left(self, repository_id: int) -> dict[str, int]:
        return {path.name: len(list(path.iterdir())) for path in self.root.glob(f"r{repository_id}_*")}

    async def recover(self) -> int:
        parts = list(self.root.glob("*/*.part"))
        for path in parts:
            path.unlink()
        return len(parts)

    async def health(self) -> dict[str, Any]:
        self._answer()
        return {"files": len(list(self.root.glob("*/*.json")))}

    async def aclose(self) -> None:
        pass

    def _answer(self) -> None:
        if (self.root / "broken").exists():
            raise TargetUnreachable("the directory does not answer")

    def _path(self, workspace: Workspace, change: Change) -> Path:
        digest = hashlib.sha256(f"{change.entity_type}:{change.key}".encode()).hexdigest()
        return self.root / workspace.key / f"{digest}.json"

    def _log(self, name: str, line: str) -> None:
        with (self.root / name).open("a") as log:
            log.write(line + "\n")


def make(context: TargetContext) -> DirectoryTarget:
    return DirectoryTarget(context.settings.home / "directory")
