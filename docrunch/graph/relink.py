"""Link what changed since an earlier link, and take everything else from there. Equal to linking all of it.

A file is linked again when something of its own changed, or when one of the readings that it was linked with would
give another answer now. Everything else about the graph follows from the products of the files.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import msgspec

from docrunch.graph.changes import Changed, FileState, place_of
from docrunch.graph.export import combined_sha256, rows_sha256
from docrunch.graph.failures import LINK_FAILED, until_linked
from docrunch.graph.model import NodeKind
from docrunch.graph.outline import Outline, outline
from docrunch.graph.project import Project
from docrunch.graph.readings import Readings
from docrunch.graph.resolve.attachments import Receiver
from docrunch.graph.resolve.interface import digests
from docrunch.graph.resolve.mounts import Mounted
from docrunch.graph.resolve.reads import MOUNTED
from docrunch.graph.shards import SHARED, Shard, pack_index, pack_shard
from docrunch.graph.told import NOTHING, Told
from docrunch.graph.trace import SCHEMA, FileTrace, Trace, linker_id
from docrunch.parsing.model import FileFacts
from docrunch.source.model import FileEntry, SourceRef

_NO_SYMBOLS = frozenset({NodeKind.REPOSITORY, NodeKind.PACKAGE, NodeKind.MODULE, NodeKind.EXTERNAL})


class Linked(msgspec.Struct, frozen=True):
    """A graph object whose unchanged shards are those of the earlier one."""

    index: bytes
    shards: dict[str, bytes]  # by sha256: those that were made now
    made: dict[str, Shard]  # the same ones, by path
    paths: dict[str, str]  # path → sha256 of all shards
    trace: Trace
    graph_sha256: str
    counts: dict[str, int]  # nodes, symbols, unresolved, and edges by "kind.confidence"
    relinked: tuple[str, ...]
    why: str  # why everything was linked; "" where only what changed was
    failed: dict[str, str]  # path → reason, of files that are in the graph without their references


def relink(
    source: SourceRef,
    entries: Sequence[FileEntry],
    facts: Mapping[str, FileFacts],
    keys: Mapping[str, str],
    base: Trace | None,
    expect: Callable[[Sequence[str]], None] = lambda _: None,
    told: Told = NOTHING,
) -> Linked:
    """Args:
    facts: by path; only those of files that changed, are linked again, or are asked about are read.
    keys: of the facts by path, for exactly the files that have facts; equal keys promise equal facts.
    base: what an earlier link of any tree left, by the same linker.
    expect: hears which facts will probably be read, before they are.
    told: what an index from elsewhere says of this tree; it counts like the facts of the file it is about.

    Raises:
        LinkFailed: many files cannot be linked; a few are left without their references and named in the result.
    """
    return until_linked(lambda failed: _Relinking(source, entries, facts, keys, base, expect, told, failed).run())


class _Relinking:
    def __init__(
        self,
        source: SourceRef,
        entries: Sequence[FileEntry],
        facts: Mapping[str, FileFacts],
        keys: Mapping[str, str],
        base: Trace | None,
        expect: Callable[[Sequence[str]], None],
        told: Told,
        failed: Mapping[str, str],
    ) -> None:
        self._failed = failed
        self._source = source
        self._expect = expect
        self._facts = facts
        self._old: Mapping[str, FileTrace] = base.files if base is not None else {}
        self._keys = {entry.path: _key(entry, keys, told) for entry in entries}
        self._outlines = {entry.path: self._outline(entry.path) for entry in entries if entry.path in keys}
        self._project = project = Project(source.repository, entries, self._outlines, facts, told, failed)
        self._places = {path: place_of(project.place(path)) for path in self._keys}
        self._layout = project.layout()
        self._tables = project.tables()
        self._parts: dict[str, Mapping[str, bytes]] = {}
        self._why = ""
        if base is None:
            self._why = "no earlier link"
        elif base.layout != self._layout:
            self._why, base, self._old = "the layout of the project changed", None, {}
        self._base = base
        self._readings = Readings(project.index.reads, base)

    def _outline(self, path: str) -> Outline:
        known = self._old.get(path)
        if known is not None and known.outline is not None and known.key == self._keys[path]:
            return known.outline
        return outline(self._facts[path])

    def run(self) -> Linked:
        changed, again = self._compare()
        receivers = self._find_receivers(changed, again)
        self._project.attach({path: found for path, (found, _) in receivers.items()})
        mounts = self._find_mounts(changed, again)
        again |= self._readings.readers(changed, lambda file: file.reads)
        self._expect(sorted(self._asked_about(again)))
        made: dict[str, Shard] = {}
        shards: dict[str, bytes] = {}
        files: dict[str, FileTrace] = {}
        for path in self._project.entries:
            if path in again or path not in self._old:
                found, made[path] = self._link(path, shards)
            else:
                found = self._old[path]
            files[path] = _noted(found, receivers.get(path, ((), b"")), mounts.get(path, ((), b"")))
        return self._finish(files, made, shards)

    def _asked_about(self, again: set[str]) -> set[str]:
        """Files that were read when these were linked last, and these."""
        pieces = [self._old[path].reads for path in again if path in self._old]
        return {*again, *self._readings.groups(pieces)} if self._base is not None else set()

    def _compare(self) -> tuple[Changed, set[str]]:
        """What is read of files and tables that is different now, and the files that are themselves different."""
        changed = Changed()
        again: set[str] = set()
        if self._base is None:
            return changed, again
        for path in sorted({*self._old, *self._keys}):
            old = self._old.get(path)
            if old is None or old.key != self._keys.get(path) or old.place != self._places.get(path):
                again.add(path)
                changed.file(path, _state(old), self._state(path))
                if old is not None and old.receivers and path not in self._outlines:
                    changed.receivers(path, old.receivers, ())
        changed.tables({group: table for group, table in self._base.tables.items() if group != MOUNTED}, self._tables)
        again |= {path for path, old in self._old.items() if old.counts.get(LINK_FAILED) and path in self._keys}
        return changed, again

    def _state(self, path: str) -> FileState | None:
        found = self._outlines.get(path)
        return FileState(self._places[path], found, self._parts_of(path)) if found is not None else None

    def _parts_of(self, path: str) -> Mapping[str, bytes]:
        found = self._parts.get(path)
        if found is None:
            found = self._parts[path] = digests(self._project.index.interface(self._project.index.file_of[path]))
        return found

    def _find_receivers(self, changed: Changed, again: set[str]) -> dict[str, tuple[tuple[Receiver, ...], bytes]]:
        """The types of methods written outside them, by file, and the readings that found them."""
        redone = again | self._readings.readers(changed, lambda file: file.receiver_reads)
        found: dict[str, tuple[tuple[Receiver, ...], bytes]] = {}
        for path, each in self._outlines.items():
            old = self._old.get(path)
            if old is not None and path not in redone:
                if each.outside:
                    found[path] = (old.receivers, old.receiver_reads)
                continue
            new: tuple[Receiver, ...] = ()
            if each.outside:
                new, reads = self._readings.of(path, partial(self._project.receivers, path))
                found[path] = (new, reads)
            if old is not None and changed.receivers(path, old.receivers, new):
                again.add(path)
            elif old is None and self._base is not None:
                changed.receivers(path, (), new)
        return found

    def _find_mounts(self, changed: Changed, again: set[str]) -> dict[str, tuple[tuple[Mounted, ...], bytes]]:
        """What the files put below addresses, by file, and the readings that found it. Changes to it are noted."""
        redone = again | self._readings.readers(changed, lambda file: file.mount_reads)
        found: dict[str, tuple[tuple[Mounted, ...], bytes]] = {}
        for path, each in self._outlines.items():
            if not each.mounts:
                continue
            old = self._old.get(path)
            if old is not None and path not in redone:
                found[path] = (old.mounts, old.mount_reads)
            else:
                found[path] = self._readings.of(path, partial(self._project.mounts, path))
        table = self._project.mount({path: mounts for path, (mounts, _) in found.items()})
        if self._base is not None:
            changed.tables({MOUNTED: self._base.tables.get(MOUNTED, {})}, {MOUNTED: table})
        self._tables = {**self._tables, MOUNTED: table}
        return found

    def _link(self, path: str, shards: dict[str, bytes]) -> tuple[FileTrace, Shard]:
        (shard, externals), reads = self._readings.of(path, partial(self._project.file, path))
        sha, stored = pack_shard(shard)
        shards[sha] = stored
        known = self._outlines.get(path)
        return FileTrace(
            key=self._keys[path],
            place=self._places[path],
            shard=sha,
            rows=rows_sha256(shard.nodes, shard.edges, shard.entries),
            counts=_counts(shard),
            externals=externals,
            outline=known,
            parts=dict(self._parts_of(path)) if known is not None else {},
            reads=reads,
        ), shard

    def _finish(self, files: dict[str, FileTrace], made: dict[str, Shard], shards: dict[str, bytes]) -> Linked:
        relinked = tuple(made)
        shared = self._project.shared({name: None for each in files.values() for name in each.externals})
        sha, stored = pack_shard(shared)
        shards[sha] = stored
        made[SHARED] = shared
        source = self._source
        paths = {SHARED: sha, **{path: each.shard for path, each in files.items()}}
        rows = {
            SHARED: rows_sha256(shared.nodes, shared.edges, ()),
            **{path: each.rows for path, each in files.items()},
        }
        counts = Counter(_counts(shared))
        for each in files.values():
            counts.update(each.counts)
        files, keys, fresh = self._readings.stored(files)
        return Linked(
            index=pack_index(source.repository, source.commit, paths.items()),
            shards=shards,
            made=made,
            paths=paths,
            trace=Trace(SCHEMA, linker_id(), self._layout, self._tables, keys, files, fresh),
            graph_sha256=combined_sha256(source.repository, source.commit, rows),
            counts=dict(counts),
            relinked=relinked,
            why=self._why,
            failed=dict(self._failed),
        )


def _key(entry: FileEntry, keys: Mapping[str, str], told: Told) -> str:
    """Everything that a file's product takes from its own entry and facts."""
    return f"{entry.language}\0{entry.size}\0{entry.lines}\0{keys.get(entry.path, '-')}\0{told.digest(entry.path)}"


def _noted(
    file: FileTrace, receivers: tuple[tuple[Receiver, ...], bytes], mounts: tuple[tuple[Mounted, ...], bytes]
) -> FileTrace:
    if (file.receivers, file.receiver_reads) == receivers and (file.mounts, file.mount_reads) == mounts:
        return file
    return msgspec.structs.replace(
        file, receivers=receivers[0], receiver_reads=receivers[1], mounts=mounts[0], mount_reads=mounts[1]
    )


def _state(old: FileTrace | None) -> FileState | None:
    return FileState(old.place, old.outline, old.parts) if old is not None and old.outline is not None else None


def _counts(shard: Shard) -> dict[str, int]:
    found = Counter(f"{edge.kind}.{edge.confidence}" for edge in shard.edges)
    found["nodes"] = len(shard.nodes)
    found["symbols"] = sum(1 for node in shard.nodes if node.kind not in _NO_SYMBOLS)
    found["unresolved"] = sum(sum(each.reasons.values()) for each in shard.unresolved)
    if any(LINK_FAILED in each.reasons for each in shard.unresolved):
        found[LINK_FAILED] = 1
    return dict(found)
