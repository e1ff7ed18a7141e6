"""Packing: equal input gives an equal archive, whatever the order in which its parts were made."""

from collections import Counter
from collections.abc import Callable

import msgspec
import numpy as np

import docrunch
from docrunch.docpack import gzip
from docrunch.docpack.archive import Archive
from docrunch.docpack.counts import Tally
from docrunch.docpack.identity import manifest_id, manifest_json, member_json
from docrunch.docpack.members import (
    clusters_member,
    contexts_member,
    embeddings_member,
    encoder_row,
    graph_member,
    nodes_member,
    source_map_member,
)
from docrunch.docpack.model import DocpackInput, PackedDocpack
from docrunch.docpack.schema import (
    CLUSTERS,
    CONTEXTS,
    DOCS,
    EMBEDDINGS,
    EMBEDDINGS_BIN,
    GRAPH,
    MANIFEST,
    NODES,
    SOURCE_MAP,
    ClusteringRow,
    Manifest,
    SkippedFile,
    Tool,
)
from docrunch.embedding.matrix import write_embeddings_bin
from docrunch.embedding.model import EncoderSpec
from docrunch.graph.export import graph_sha256


def pack(data: DocpackInput) -> PackedDocpack:
    """The docpack of one commit.

    Raises:
        ValueError: a number is NaN or infinite, or vectors and units do not match.
        InvalidArchive: two pages have one path without regard to case, or a path is unsafe.
    """
    data = _ordered(data)
    with gzip.Deflating() as deflating:
        archive = Archive(deflating)
        made = _manifest(data, archive)
        manifest = msgspec.structs.replace(made, id=manifest_id(made))
        archive.add(MANIFEST, manifest_json(manifest))
        return PackedDocpack(manifest.id, archive.finish(), manifest.graph_sha256, len(archive.members))


def _manifest(data: DocpackInput, archive: Archive) -> Manifest:
    """Adds all other members; the manifest is without its id."""
    archive.add_all([(DOCS + page.path, page.text.encode("utf-8")) for page in data.pages])
    tally = Tally()
    lines = {entry.path: entry.lines for entry in data.entries}
    _add(archive, NODES, lambda: tally.nodes(nodes_member(data.graph, lines)))
    _add(archive, GRAPH, lambda: tally.graph(graph_member(data)))
    _add(archive, CONTEXTS, lambda: tally.contexts(contexts_member(data)))
    clusters = tally.clusters(clusters_member(data))
    _add(archive, CLUSTERS, lambda: clusters)
    _add(archive, SOURCE_MAP, lambda: tally.source_map(source_map_member(data)))
    encoder = data.encoder
    if encoder is not None:
        _add(archive, EMBEDDINGS, lambda: tally.embeddings(embeddings_member(data, encoder)))
        archive.add(EMBEDDINGS_BIN, _vectors(data, encoder), gzip.STORED)
    return Manifest(
        id="",
        repository=data.source.repository,
        commit=data.source.commit,
        tree_sha256=data.tree_sha256,
        tool=Tool("docrunch", docrunch.__version__),
        extractor_id=data.extractor_id,
        encoder_id=encoder.id if encoder else None,
        encoder=encoder_row(encoder) if encoder else None,
        prompt_versions={},
        options=dict(data.options),
        counts=tally.counts(len(data.pages)),
        clustering=ClusteringRow(
            clusters.method, clusters.reason, clusters.items, len(clusters.clusters), len(clusters.noise)
        ),
        skipped_files=tuple(SkippedFile(e.path, e.skip) for e in data.entries if e.skip is not None),
        issues=data.issues,
        issues_by_reason=dict(sorted(Counter(issue.reason for issue in data.issues).items())),
        graph_sha256=graph_sha256(data.graph),
        members=dict(archive.members),
    )


def _add(archive: Archive, name: str, make: Callable[[], msgspec.Struct]) -> None:
    """Make a member and let go of it: the bytes are all that is left."""
    archive.add(name, member_json(make()))


def _ordered(data: DocpackInput) -> DocpackInput:
    """The same input in the one order that is packed: entries and pages by path, issues sorted, units by id."""
    if data.vectors is not None and len(data.vectors) != len(data.units):
        raise ValueError(f"{len(data.vectors)} vectors for {len(data.units)} texts")
    order = sorted(range(len(data.units)), key=lambda row: data.units[row].id)
    moved = order != list(range(len(order)))
    return msgspec.structs.replace(
        data,
        entries=tuple(sorted(data.entries, key=lambda entry: entry.path)),
        pages=sorted(data.pages, key=lambda page: page.path),
        issues=tuple(sorted(data.issues)),
        units=tuple(data.units[row] for row in order),
        vectors=data.vectors[order] if data.vectors is not None and moved else data.vectors,
    )


def _vectors(data: DocpackInput, encoder: EncoderSpec) -> bytes:
    rows = data.vectors if data.vectors is not None else np.zeros((0, encoder.dimensions), dtype=np.float32)
    if rows.shape != (len(data.units), encoder.dimensions):
        raise ValueError(
            f"vectors of shape {rows.shape} for {len(data.units)} texts of {encoder.dimensions} dimensions"
        )
    return write_embeddings_bin(rows)
