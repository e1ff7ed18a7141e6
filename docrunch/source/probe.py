"""A quick answer whether a source can be read, before any work begins."""

import tempfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import msgspec

from docrunch.errors import (
    AuthError,
    DocrunchError,
    Failed,
    InvalidArchive,
    LimitExceeded,
    NotFound,
    RefNotFound,
    SourceRefused,
    Unreachable,
    UsageError,
    all_errors,
)
from docrunch.source.address import Resolve, system_resolve
from docrunch.source.git import GitShim
from docrunch.source.layout import locate
from docrunch.source.model import SourceKind
from docrunch.source.policy import SourcePolicy
from docrunch.source.refs import choose, is_sha, read_refs, suggestion
from docrunch.source.remote import GitRemote, choose_remote
from docrunch.source.spec import SOURCE_REF, WORKTREE_REF, SourceSpec


class ProbeStatus(StrEnum):
    REACHABLE = "reachable"
    PRIVATE = "private"
    MISSING_REF = "missing_ref"
    MISSING = "missing"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


class Probe(msgspec.Struct, frozen=True):
    status: ProbeStatus
    message: str = ""
    hint: str | None = None
    code: str = ""  # stable code of the error, empty when reachable
    ref: str = ""  # the ref that would be scanned, where known
    commit: str = ""  # its commit, where known without reading objects

    def raise_for_status(self) -> None:
        """
        Raises:
            DocrunchError: the one that opening the source would raise.
        """
        if self.status is not ProbeStatus.REACHABLE:
            raise all_errors().get(self.code, Failed)(self.message, hint=self.hint)


def probe(
    spec: SourceSpec,
    ref: str | None,
    policy: SourcePolicy,
    *,
    timeout: float = 5.0,
    resolve: Resolve = system_resolve,
) -> Probe:
    """Ask, within ``timeout`` seconds, whether ``spec`` at ``ref`` can be read. Never raises for what it finds."""
    looks: dict[SourceKind, Callable[[], Probe]] = {
        SourceKind.REMOTE: lambda: _remote(spec, ref, policy, timeout, resolve),
        SourceKind.GIT: lambda: _git(spec, ref, policy),
    }
    try:
        return looks.get(spec.kind, lambda: _local(spec, ref, policy))()
    except DocrunchError as error:
        return Probe(status=_status(error), message=error.message, hint=error.hint, code=error.code, ref=ref or "")


def require_local(policy: SourcePolicy) -> None:
    """
    Raises:
        SourceRefused: the operator allows URLs only.
    """
    if not policy.allow_local:
        raise SourceRefused("paths of this server may not be scanned", hint="Give an https git URL.")


def require_source_ref(spec: SourceSpec, ref: str | None) -> None:
    """
    Raises:
        UsageError: a branch or tag was asked of something that has none.
    """
    if ref not in {None, SOURCE_REF}:
        raise UsageError(
            f"{spec.path.name} is not the root of a git repository, so there is no ref {ref!r}",
            hint="Leave --ref out, or scan the repository's root with --path.",
        )


def _remote(spec: SourceSpec, ref: str | None, policy: SourcePolicy, timeout: float, resolve: Resolve) -> Probe:
    _refuse_local_refs(ref)
    with tempfile.TemporaryDirectory(prefix="docrunch-probe-") as home:
        remote = GitRemote(spec.url, policy, Path(home), resolve=resolve, timeout=timeout * 0.4)
        refs = remote.list_refs(timeout * 0.5)
    target = choose_remote(refs, ref, spec.url)
    return Probe(status=ProbeStatus.REACHABLE, ref=target.ref, commit=target.revision)


def _refuse_local_refs(ref: str | None) -> None:
    if ref in {WORKTREE_REF, SOURCE_REF}:
        raise UsageError(f"{ref} is for local sources", hint="Name a branch, tag or commit.")


def _git(spec: SourceSpec, ref: str | None, policy: SourcePolicy) -> Probe:
    if ref == SOURCE_REF:
        return _local(spec, ref, policy)
    require_local(policy)
    layout = locate(spec.path)
    if ref == WORKTREE_REF:
        return Probe(status=ProbeStatus.REACHABLE, ref=WORKTREE_REF)
    refs = read_refs(layout)
    target = choose(refs, ref)
    with tempfile.TemporaryDirectory(prefix="docrunch-probe-") as home:
        shim = GitShim(Path(home) / "shim.git", layout.objects, object_format=layout.object_format)
        if not is_sha(target.revision):
            shim.add_refs(refs.names, refs.names.get(refs.head, refs.head))
        commit = shim.commit_of(target.revision, target.ref, suggestion(refs, target.ref))
    return Probe(status=ProbeStatus.REACHABLE, ref=target.ref, commit=commit)


def _local(spec: SourceSpec, ref: str | None, policy: SourcePolicy) -> Probe:
    require_local(policy)
    require_source_ref(spec, ref)
    if not spec.path.exists():
        raise NotFound(f"there is nothing at {spec.path.name} any more")
    return Probe(status=ProbeStatus.REACHABLE, ref=SOURCE_REF)


def _status(error: DocrunchError) -> ProbeStatus:
    if isinstance(error, AuthError):
        return ProbeStatus.PRIVATE
    if isinstance(error, RefNotFound):
        return ProbeStatus.MISSING_REF
    if isinstance(error, NotFound):
        return ProbeStatus.MISSING
    if isinstance(error, Unreachable):
        return ProbeStatus.UNREACHABLE
    if isinstance(error, (SourceRefused, UsageError, InvalidArchive, LimitExceeded)):
        return ProbeStatus.REFUSED
    return ProbeStatus.UNREACHABLE
