"""A derived store in a directory: real files, generations, and faults that a test arranges by files of its own.

{root}/{repository id}_{ref id}/g{generation}/{type}-{sha}.json     one entity
{root}/{repository id}_{ref id}/active                              number of the generation that is read
{root}/.faults/{name}                                               what goes wrong, see `FileTarget._fault`
"""

import hashlib
import json
import os
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from activities.projections.target import Batch, Drift, Outcome, Sample, TargetUnreachable, Workspace, entity_name
from docrunch.storage.model import EntityType


class FileTarget:
    name: ClassVar[str] = "files"
    takes: ClassVar[frozenset[EntityType]] = frozenset({EntityType.FILE, EntityType.PAGE, EntityType.FINDING})

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    async def apply(self, batch: Batch) -> Outcome:
        self._fault("apply")
        outcome = Outcome()
        folder = self.folder(batch.workspace)
        for change in batch.changes:
            if self._told(f"refuse-{_short(change.key)}"):
                outcome.failed[change.entity_id] = "this entity is refused"
                continue
            if self._told(f"poison-{_short(change.key)}"):
                raise ValueError("this entity breaks whoever touches it")
            text = self._text(change.entity_type, change.key, change.content_hash or b"", change.payload)
            path = self.path(batch.workspace, change.entity_type, change.key)
            believed = self._told("lazy") and path.exists()  # like a store that looks at its notes alone
            if not path.exists() or (path.read_text() != text and not believed):
                folder.mkdir(parents=True, exist_ok=True)
                part = path.with_suffix(f".{os.getpid()}")
                part.write_text(text)
                part.replace(path)
                outcome.writes.files += 1
        return outcome

    async def delete(self, batch: Batch) -> Outcome:
        self._fault("delete")
        outcome = Outcome()
        for change in batch.changes:
            path = self.path(batch.workspace, change.entity_type, change.key)
            outcome.writes.files += path.exists()
            path.unlink(missing_ok=True)
        return outcome

    async def verify(self, sample: Sample) -> Drift:
        self._fault("verify")
        held = self.held(sample.workspace)
        missing = [key for key in sample.expected if key not in held]
        stale = [key for key, value in sample.expected.items() if key in held and held[key] != value]
        extra = [key for key in held if key not in sample.expected] if sample.complete else []
        return Drift(_names(missing), _names(stale), _names(extra), {"files": len(held)})

    async def rebuild(self, repository: Workspace) -> None:
        self._fault("rebuild")
        self.folder(repository).mkdir(parents=True, exist_ok=True)

    async def activate(self, repository: Workspace) -> None:
        self._fault("activate")
        part = self.folder(repository).parent / f".active.{os.getpid()}"
        part.write_text(str(repository.generation))
        part.replace(part.with_name("active"))

    async def drop(self, repository: Workspace) -> int:
        self._fault("drop")
        folder = self.folder(repository)
        count = len(list(folder.glob("*.json"))) if folder.exists() else 0
        shutil.rmtree(folder, ignore_errors=True)
        others = folder.parent
        if others.exists() and not [each for each in others.iterdir() if each.is_dir()]:
            shutil.rmtree(others)
        return count

    async def left(self, repository_id: int) -> dict[str, int]:
        self._fault("left")
        files = sum(1 for folder in self.root.glob(f"{repository_id}_*") for _ in folder.rglob("*"))
        return {"files": files} if files else {}

    async def recover(self) -> int:
        return 0

    async def health(self) -> dict[str, Any]:
        return {"ok": True}

    async def aclose(self) -> None:
        pass

    # ── for tests ──

    def folder(self, workspace: Workspace) -> Path:
        return self.root / f"{workspace.repository_id}_{workspace.ref_id}" / f"g{workspace.generation}"

    def path(self, workspace: Workspace, kind: EntityType, key: str) -> Path:
        return self.folder(workspace) / f"{kind}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"

    def held(self, workspace: Workspace) -> dict[tuple[EntityType, str], bytes]:
        """What the files say; a file whose body is not what it was written with has another hash."""
        found = {}
        for path in sorted(self.folder(workspace).glob("*.json")):
            entry = json.loads(path.read_text())
            whole = entry["body"] == _digest(entry["payload"])
            found[EntityType(entry["type"]), entry["key"]] = bytes.fromhex(entry["hash"]) if whole else b"damaged"
        return found

    def generations(self, repository_id: int, ref_id: int) -> list[str]:
        folder = self.root / f"{repository_id}_{ref_id}"
        return sorted(each.name for each in folder.iterdir() if each.is_dir()) if folder.exists() else []

    def active(self, repository_id: int, ref_id: int) -> int | None:
        path = self.root / f"{repository_id}_{ref_id}" / "active"
        return int(path.read_text()) if path.exists() else None

    def arrange(self, fault: str, text: str = "1") -> Path:
        path = self.root / ".faults" / fault
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    def refuse(self, key: str) -> Path:
        return self.arrange(f"refuse-{_short(key)}")

    def poison(self, key: str) -> Path:
        return self.arrange(f"poison-{_short(key)}")

    def _told(self, fault: str) -> bool:
        return (self.root / ".faults" / fault).exists()

    def _fault(self, operation: str) -> None:
        """``away``: the store does not answer. ``die-{operation}``: the process is killed at the n-th call, once."""
        if self._told("away") or self._told(f"away-{operation}"):
            raise TargetUnreachable("the directory is away")
        path = self.root / ".faults" / f"die-{operation}"
        if path.exists():
            left = int(path.read_text()) - 1
            if left > 0:
                path.write_text(str(left))
                return
            path.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    def _text(self, kind: EntityType, key: str, content_hash: bytes, payload: Any) -> str:
        return json.dumps(
            {"type": str(kind), "key": key, "hash": content_hash.hex(), "body": _digest(payload), "payload": payload}
        )


def _short(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def _digest(payload: Any) -> str:
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def _names(keys: Sequence[tuple[EntityType, str]]) -> tuple[str, ...]:
    return tuple(entity_name(*key) for key in sorted(keys))
