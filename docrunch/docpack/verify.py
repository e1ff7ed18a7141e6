"""Whether a docpack is whole, canonical and true: its own bytes first, then what they claim about the source."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from docrunch.canonical import sha256_hex
from docrunch.docpack.compare_source import compare_directory, compare_tree
from docrunch.docpack.counts import Tally
from docrunch.docpack.identity import manifest_id, manifest_json, member_json
from docrunch.docpack.members import graph_of
from docrunch.docpack.read import DEFAULT_LIMITS, Docpack, DocpackSource, ReadLimits, read_docpack
from docrunch.docpack.schema import CLUSTERS, CONTEXTS, EMBEDDINGS, GRAPH, MANIFEST, NODES, SOURCE_MAP, Counts
from docrunch.documentation.checks import check_citations, check_links, check_names
from docrunch.documentation.cite import parse
from docrunch.documentation.problem import Problem
from docrunch.errors import InvalidArchive, LimitExceeded
from docrunch.graph.export import graph_sha256
from docrunch.source.model import TreeReader

MAX_PROBLEMS = 1_000


class Verification(msgspec.Struct, frozen=True):
    """``ok`` without problems. ``id`` is empty where the pack cannot even be read."""

    ok: bool
    id: str
    members: int
    citations: int
    files_compared: int
    problems: tuple[Problem, ...]


def verify(
    pack: DocpackSource, *, source: TreeReader | Path | None = None, limits: ReadLimits = DEFAULT_LIMITS
) -> Verification:
    """Check a docpack from anywhere.

    The reader accepts one gzip member with the fixed header and compares each tar header with the one it would write,
    so an archive that reads at all is the canonical serialisation of its members.

    Args:
        source: the tree (or a directory that holds it) whose files are compared with the source map.

    Raises:
        NotFound: there is no such docpack.
    """
    try:
        opened = read_docpack(pack, limits)
    except (InvalidArchive, LimitExceeded) as error:
        return Verification(False, "", 0, 0, 0, (Problem("archive", "", error.message),))
    problems: list[Problem] = []
    compared = 0
    try:
        problems += [problem for problem, _ in zip(_inside(opened), range(MAX_PROBLEMS), strict=False)]
        if isinstance(source, Path):
            compared, found = compare_directory(opened.source_map, source)
            problems += found
        elif source is not None:
            compared, found = compare_tree(opened.source_map, source)
            problems += found
    except InvalidArchive as error:
        problems.append(Problem("schema", "", error.message))
    citations = sum(1 for page in _pages(opened) for _ in parse(page))
    shown = tuple(problems[:MAX_PROBLEMS])
    return Verification(not problems, opened.manifest.id, len(opened.members), citations, compared, shown)


def _pages(pack: Docpack) -> list[str]:
    try:
        return [page.text for page in pack.pages]
    except InvalidArchive:
        return []


def _inside(pack: Docpack) -> Iterator[Problem]:
    yield from _manifest(pack)
    yield from _canonical(pack)
    yield from _graph(pack)
    yield from _references(pack)
    yield from _embeddings(pack)
    yield from _page_problems(pack)


def _manifest(pack: Docpack) -> Iterator[Problem]:
    manifest = pack.manifest
    if manifest_id(manifest) != manifest.id:
        yield Problem("id", MANIFEST, "the id is not the hash of the manifest")
    if manifest_json(manifest) != pack.members[MANIFEST]:
        yield Problem("canonical", MANIFEST, "the manifest is not in canonical form")
    listed, present = set(manifest.members), set(pack.members) - {MANIFEST}
    for name in sorted(listed ^ present):
        what = "is listed but missing" if name in listed else "is not listed in the manifest"
        yield Problem("members", name, f"the member {what}")
    for name in sorted(listed & present):
        row, content = manifest.members[name], pack.members[name]
        if row.size != len(content) or row.sha256 != sha256_hex(content):
            yield Problem("hash", name, "the member is not the one that the manifest lists")
    if _counted(pack) != manifest.counts:
        yield Problem("counts", MANIFEST, "the counts are not those of the members")
    skipped = [(path, f.skipped) for path, f in sorted(pack.source_map.files.items()) if f.skipped is not None]
    if skipped != [(row.path, row.reason) for row in manifest.skipped_files]:
        yield Problem("counts", MANIFEST, "the skipped files are not those of the source map")


def _counted(pack: Docpack) -> Counts:
    tally = Tally()
    tally.nodes(pack.nodes)
    tally.graph(pack.graph)
    tally.source_map(pack.source_map)
    tally.clusters(pack.clusters)
    tally.contexts(pack.contexts)
    if pack.embeddings is not None:
        tally.embeddings(pack.embeddings)
    return tally.counts(len(pack.pages))


def _canonical(pack: Docpack) -> Iterator[Problem]:
    decoded: dict[str, msgspec.Struct | None] = {
        NODES: pack.nodes,
        GRAPH: pack.graph,
        CLUSTERS: pack.clusters,
        SOURCE_MAP: pack.source_map,
        CONTEXTS: pack.contexts,
        EMBEDDINGS: pack.embeddings,
    }
    for name, value in decoded.items():
        if value is not None and member_json(value) != pack.members[name]:
            yield Problem("canonical", name, "the member is not in canonical form")


def _graph(pack: Docpack) -> Iterator[Problem]:
    graph = graph_of(pack.nodes, pack.graph)
    if graph_sha256(graph) != pack.manifest.graph_sha256:
        yield Problem("graph_sha256", GRAPH, "nodes and edges are not those of the graph hash in the manifest")
    if (graph.repository, graph.commit) != (pack.manifest.repository, pack.manifest.commit):
        yield Problem("graph_sha256", GRAPH, "the graph is that of another commit")


def _references(pack: Docpack) -> Iterator[Problem]:
    known = {row.id for row in pack.nodes.nodes}
    used = {
        GRAPH: {e.source for e in pack.graph.edges}
        | {e.target for e in pack.graph.edges}
        | {node for entry in pack.graph.entries for node in (entry.place, entry.handler)}
        | {marker.place for marker in pack.graph.markers}
        | set(pack.graph.metrics),
        CLUSTERS: {n for c in pack.clusters.clusters for n in c.members} | set(pack.clusters.noise),
        CONTEXTS: {row.id for row in pack.contexts.contexts},
        SOURCE_MAP: {s.id for f in pack.source_map.files.values() for s in f.symbols},
    }
    for name, ids in used.items():
        for node in sorted(ids - known):
            yield Problem("reference", name, f"there is no node {node}")
    for path, file in pack.source_map.files.items():
        for symbol in file.symbols:
            if not 1 <= symbol.start_line <= symbol.end_line <= max(file.lines, 1):
                yield Problem("range", path, f"lines {symbol.start_line}-{symbol.end_line} are not in the file")


def _embeddings(pack: Docpack) -> Iterator[Problem]:
    index, vectors = pack.embeddings, pack.vectors
    if index is None or vectors is None:
        if pack.manifest.encoder_id is not None:
            yield Problem("embeddings", MANIFEST, "an encoder is named but there are no embeddings")
        return
    if index.encoder_id != pack.manifest.encoder_id:
        yield Problem("embeddings", EMBEDDINGS, "the embeddings are of another encoder than the manifest says")
    lengths = {len(index.ids), len(index.text_sha256), len(index.nodes), len(index.kinds), index.count, len(vectors)}
    if len(lengths) != 1 or vectors.shape[1] != index.dimensions:
        yield Problem("embeddings", EMBEDDINGS, "ids, hashes and vectors differ in number or dimensions")
    if list(index.ids) != sorted(set(index.ids)):
        yield Problem("embeddings", EMBEDDINGS, "the ids are not sorted and unique")


def _page_problems(pack: Docpack) -> Iterator[Problem]:
    lines = {path: file.lines for path, file in pack.source_map.files.items()}
    known = {page.path for page in pack.pages}
    yield from check_names(pack.pages)
    for page in pack.pages:
        yield from check_citations(page, lines)
        yield from check_links(page, known)
