"""From a source spec to a tree: the one entrance for every kind of source."""

from dataclasses import dataclass
from pathlib import Path

from docrunch.errors import NotFound, RefNotFound, UsageError
from docrunch.options import ScanOptions
from docrunch.source.address import Resolve, system_resolve
from docrunch.source.archive import read_archive
from docrunch.source.commit import read_commit
from docrunch.source.directory import DirectoryWalk
from docrunch.source.git import GitShim
from docrunch.source.identity import link_url, repository_name
from docrunch.source.intake import Detect, Intake, Tick
from docrunch.source.known import KnownFiles
from docrunch.source.layout import GitLayout, locate
from docrunch.source.model import SourceKind, SourceRef
from docrunch.source.policy import SourcePolicy
from docrunch.source.probe import Probe, ProbeStatus, probe, require_local, require_source_ref
from docrunch.source.refs import Target, choose, is_sha, read_refs, suggestion
from docrunch.source.remote import GitRemote, choose_remote
from docrunch.source.spec import SOURCE_REF, WORKTREE_REF, SourceSpec, parse_spec
from docrunch.source.spool import TreeSpool
from docrunch.source.tree import StoredTree, private_spool
from docrunch.source.workdir import require_private
from docrunch.source.worktree import read_worktree

__all__ = ["Probe", "ProbeStatus", "open_source", "parse_spec", "probe"]

LIST_SECONDS = 60.0  # for a server to name its refs


def open_source(
    spec: SourceSpec,
    *,
    ref: str | None,
    name: str | None,
    options: ScanOptions,
    policy: SourcePolicy,
    workdir: Path,
    detect: Detect,
    resolve: Resolve = system_resolve,
    tick: Tick = lambda: None,
    known: KnownFiles | None = None,
) -> StoredTree:
    """Read a source once: inventory, redacted text, issues. Nothing of the source is needed afterwards.

    Args:
        workdir: private directory of the job (mode 0700); the caller removes it, the tree may be read until closed.
        detect: language of a file from its path and the first bytes of its text.
        tick: called about once per file and twice per second of a fetch, for heartbeats; what it raises ends the
            reading (cancellation), with every process stopped.
        known: files that this process has read with the same ``detect``; those of this source are added.

    Raises:
        DocrunchError: as the kinds of sources describe. Bad single files are entries and issues, not errors.
    """
    require_private(workdir)
    spool = TreeSpool(private_spool(workdir))
    intake = Intake(options, detect, spool, tick, known)
    try:
        tree = _Reading(spec, ref, name, options, policy, workdir, intake, resolve, tick).read()
        _require_path(tree, intake.selection.prefix)
    except BaseException:
        spool.close()
        raise
    return tree


@dataclass(frozen=True)
class _Reading:
    """One source, asked for in one way; ``intake`` takes what is found."""

    spec: SourceSpec
    ref: str | None
    name: str | None
    options: ScanOptions
    policy: SourcePolicy
    workdir: Path
    intake: Intake
    resolve: Resolve
    tick: Tick

    def read(self) -> StoredTree:
        spec, ref = self.spec, self.ref
        if spec.kind is SourceKind.REMOTE:
            return self._remote()
        require_local(self.policy)
        if spec.kind is SourceKind.GIT and ref != SOURCE_REF:
            layout = locate(spec.path)
            return self._worktree(layout) if ref == WORKTREE_REF else self._commit(layout)
        require_source_ref(spec, ref)
        if spec.kind is SourceKind.ARCHIVE:
            read_archive(spec.path, self.intake, self.options.limits)
            return self._unversioned(SourceKind.ARCHIVE)
        DirectoryWalk(self.intake, max_file_bytes=self.options.limits.max_file_bytes).read(spec.path)
        return self._unversioned(SourceKind.DIRECTORY)

    def _unversioned(self, kind: SourceKind) -> StoredTree:
        repository = repository_name(self.spec, self.name)
        return self.intake.finish(
            lambda tree: SourceRef(repository=repository, commit=f"tree:{tree}", ref=SOURCE_REF, kind=kind)
        )

    def _commit(self, layout: GitLayout) -> StoredTree:
        refs = read_refs(layout)
        target = choose(refs, self.ref)
        shim = GitShim(self._shim, layout.objects, object_format=layout.object_format)
        if not is_sha(target.revision):
            shim.add_refs(refs.names, refs.names.get(refs.head, refs.head))
        commit = shim.commit_of(target.revision, target.ref, suggestion(refs, target.ref))
        read_commit(shim, commit, self.intake, known_by=str(layout.objects.resolve()))
        return self._versioned(layout, commit, target, SourceKind.GIT)

    def _remote(self) -> StoredTree:
        if self.ref in {WORKTREE_REF, SOURCE_REF}:
            raise UsageError(f"{self.ref} is for local sources", hint="Name a branch, tag or commit.")
        remote = GitRemote(self.spec.url, self.policy, self.workdir, resolve=self.resolve, tick=self.tick)
        refs = remote.list_refs(LIST_SECONDS)
        target = choose_remote(refs, self.ref, self.spec.url)
        revision = remote.fetch(target, refs, self.options.limits)
        shim = GitShim(self._shim, remote.objects)
        commit = shim.commit_of(revision, target.ref)
        read_commit(shim, commit, self.intake)
        return self._versioned(None, commit, target, SourceKind.REMOTE)

    @property
    def _shim(self) -> Path:
        return self.workdir / "shim.git"

    def _versioned(self, layout: GitLayout | None, commit: str, target: Target, kind: SourceKind) -> StoredTree:
        source = SourceRef(
            repository=repository_name(self.spec, self.name, layout),
            commit=commit,
            ref=target.ref if target.declared else commit,
            kind=kind,
            declared_ref=target.declared,
            url=link_url(self.spec, layout),
        )
        return self.intake.finish(lambda _: source)

    def _worktree(self, layout: GitLayout) -> StoredTree:
        if layout.bare:
            raise UsageError("a bare repository has no working tree", hint="Leave --ref out, or name a branch.")
        try:
            target = choose(read_refs(layout), None)
        except RefNotFound:
            target = None
        state = read_worktree(layout, target, self.options, self.workdir, self.intake)
        repository, url = repository_name(self.spec, self.name, layout), link_url(self.spec, layout)

        def source(tree: str) -> SourceRef:
            return SourceRef(
                repository=repository, commit=state.commit(tree), ref=WORKTREE_REF, kind=SourceKind.WORKTREE, url=url
            )

        return self.intake.finish(source)


def _require_path(tree: StoredTree, prefix: str) -> None:
    if prefix and not any(entry.path.startswith(prefix) for entry in tree.entries):
        raise NotFound(f"the source has no directory {prefix}", hint="--path is taken from the root of the source.")
