"""What a source is called right now, within seconds: enough to name its job, and to refuse it before work begins."""

import tempfile
from pathlib import Path

import msgspec

import docrunch
from docrunch.canonical import canonical_json
from docrunch.config import Settings
from docrunch.options import ScanOptions
from docrunch.source.identity import repository_name
from docrunch.source.layout import locate
from docrunch.source.model import SourceKind
from docrunch.source.policy import SourcePolicy
from docrunch.source.probe import probe
from docrunch.source.spec import SOURCE_REF, SourceSpec


class Identity(msgspec.Struct, frozen=True):
    repository: str
    commit: str
    ref: str

    def engine(self, settings: Settings) -> str:
        """What else than the source and the options decides the result."""
        wanted = settings.embedding
        encoder = (wanted.backend, wanted.model, wanted.dimensions, wanted.max_tokens, dict(wanted.instructions))
        return canonical_json([docrunch.__version__, encoder]).decode()


def identify(
    spec: SourceSpec, ref: str | None, name: str | None, options: ScanOptions, policy: SourcePolicy
) -> Identity:
    """
    Raises:
        DocrunchError: unreachable, private, without the ref, or refused, in at most five seconds; a source without
            commits is read once to find its tree hash.
    """
    found = probe(spec, ref, policy)
    found.raise_for_status()
    if found.commit:
        layout = locate(spec.path) if spec.kind is SourceKind.GIT and ref != SOURCE_REF else None
        return Identity(repository_name(spec, name, layout), found.commit, found.ref)
    return _read(spec, ref, name, options, policy)


def _read(spec: SourceSpec, ref: str | None, name: str | None, options: ScanOptions, policy: SourcePolicy) -> Identity:
    from docrunch.parsing.catalog import detect  # what reads sources takes 30 ms to import; a commit names itself
    from docrunch.source.resolve import open_source

    with tempfile.TemporaryDirectory(prefix="docrunch-") as work:
        tree = open_source(spec, ref=ref, name=name, options=options, policy=policy, workdir=Path(work), detect=detect)
        try:
            return Identity(tree.source.repository, tree.source.commit, tree.source.ref)
        finally:
            tree.close()
