"""What a docpack says about itself, for people and for ``--json``."""

import msgspec

from docrunch.docpack.read import Docpack
from docrunch.docpack.schema import ClusteringRow, Counts


class Summary(msgspec.Struct, frozen=True):
    id: str
    schema: str
    repository: str
    commit: str
    tree_sha256: str
    graph_sha256: str
    tool: str
    extractor_id: str
    encoder_id: str | None
    dimensions: int
    counts: Counts
    clustering: ClusteringRow
    skipped_by_reason: dict[str, int]
    issues_by_reason: dict[str, int]
    members: dict[str, int]  # name → bytes; pages are summed under ``docs/``
    bytes_unpacked: int


def inspect(pack: Docpack) -> Summary:
    """The manifest in short. It is not verified: use `verify` before believing it."""
    manifest = pack.manifest
    skipped: dict[str, int] = {}
    for row in manifest.skipped_files:
        skipped[str(row.reason)] = skipped.get(str(row.reason), 0) + 1
    sizes: dict[str, int] = {}
    for name, content in pack.members.items():
        key = "docs/" if name.startswith("docs/") else name
        sizes[key] = sizes.get(key, 0) + len(content)
    return Summary(
        id=manifest.id,
        schema=manifest.schema,
        repository=manifest.repository,
        commit=manifest.commit,
        tree_sha256=manifest.tree_sha256,
        graph_sha256=manifest.graph_sha256,
        tool=f"{manifest.tool.name} {manifest.tool.version}",
        extractor_id=manifest.extractor_id,
        encoder_id=manifest.encoder_id,
        dimensions=manifest.encoder.dimensions if manifest.encoder else 0,
        counts=manifest.counts,
        clustering=manifest.clustering,
        skipped_by_reason=dict(sorted(skipped.items())),
        issues_by_reason=dict(sorted(manifest.issues_by_reason.items())),
        members=sizes,
        bytes_unpacked=sum(sizes.values()),
    )
