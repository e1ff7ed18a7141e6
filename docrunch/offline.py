"""The main job in one process: no database, no Temporal, no network, no language model.

It runs the same domain functions as the workflow in the same order, so everything it writes is byte-equal to what
the workflow produces for the same commit and name.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from docrunch.assembly.assemble import assemble
from docrunch.assembly.model import Assembly
from docrunch.canonical import json_line
from docrunch.docpack.pack import pack
from docrunch.documentation.model import Page
from docrunch.documentation.output import write_pages
from docrunch.documentation.render import render
from docrunch.embedding.encoders import EncoderSettings, open_encoder
from docrunch.embedding.model import EncoderSpec, TextUnit, Vectors
from docrunch.errors import Conflict
from docrunch.files import atomic_file, write_atomically
from docrunch.graph.export import write_jsonl
from docrunch.graph.link import link
from docrunch.graph.model import Graph
from docrunch.graph.told import NOTHING, Told
from docrunch.options import ScanOptions
from docrunch.parsing.catalog import detect
from docrunch.parsing.model import FileFacts
from docrunch.parsing.pool import ParsePool
from docrunch.pipeline.embedding import encode_isolating, keep_embedded, scan_units, unique_texts
from docrunch.pipeline.extracting import all_issues, check_fail_share, lost_file, parse_items
from docrunch.pipeline.finishing import docpack_input, documentation_input
from docrunch.pipeline.lost import count_empty
from docrunch.scip.files import copy_indexes, digests, open_indexes
from docrunch.scip.match import match
from docrunch.source.model import Issue, TreeReader
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source, parse_spec

EMBED_BATCH = 1_024  # texts between two progress reports; smaller batches fill fixed shapes 5 % worse

Progress = Callable[[str, int, int], None]
"""(phase, done, total); total 0 where it is not known yet."""


def silent(_phase: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


class OfflineRequest(msgspec.Struct, frozen=True):
    """What to scan and where to put the results; ``None`` leaves a result out."""

    source: str
    cwd: Path
    ref: str | None = None
    name: str | None = None
    options: ScanOptions = ScanOptions()
    policy: SourcePolicy = SourcePolicy()
    encoder: EncoderSettings = EncoderSettings()
    out: Path = Path(".docrunch")  # receives offline_files.json
    graph: Path = Path("graph.jsonl")
    docs: Path | None = Path("docrunch-docs")
    docpack: Path | None = None
    templates: Path | None = None
    scip: tuple[Path, ...] = ()  # indexes of the source by other tools
    processes: int = 2


class OfflineResult(msgspec.Struct, frozen=True):
    repository: str
    commit: str
    ref: str
    outcome: str  # completed | partial
    counts: dict[str, int]
    languages: dict[str, int]
    edges: dict[str, dict[str, int]]  # kind → confidence → number
    index: dict[str, int]  # of the SCIP indexes: definitions, references, and occurrences left out by reason
    issues: dict[str, int]  # reason → number
    skipped: dict[str, int]
    stages: dict[str, float]  # seconds
    files_path: str
    graph_path: str
    docs_path: str | None = None
    docpack: dict[str, str | int] | None = None
    encoder_id: str | None = None


class _World(msgspec.Struct):
    """What the steps of one run hand to each other."""

    tree: TreeReader
    facts: dict[str, FileFacts]
    issues: tuple[Issue, ...]
    failed: int  # files lost or without symbols because of a limit, and texts that could not be embedded
    encoder: EncoderSpec | None = None
    units: list[TextUnit] = []
    vectors: Vectors | None = None
    index: dict[str, int] = {}  # what of the SCIP indexes was used, and why the rest was not


class _Clock:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(time.perf_counter() - started, 3)


def run_offline(request: OfflineRequest, progress: Progress = silent) -> OfflineResult:
    """Scan, document and pack in this process (plus parser children).

    Raises:
        DocrunchError: the source cannot be read, too many files are lost, or an output cannot be written.
    """
    clock = _Clock()
    with tempfile.TemporaryDirectory(prefix="docrunch-") as work:
        with clock.stage("resolve"):
            indexes = copy_indexes(request.scip, Path(work))
            options = msgspec.structs.replace(request.options, scip=digests(indexes))
            request = msgspec.structs.replace(request, options=options)
            tree = open_source(
                parse_spec(request.source, cwd=request.cwd),
                ref=request.ref,
                name=request.name,
                options=request.options,
                policy=request.policy,
                workdir=Path(work),
                detect=detect,
            )
        with clock.stage("parse"):
            world = _parse(tree, request, progress)
        with clock.stage("embed"):
            _embed(world, request, progress)
        with clock.stage("link"):
            graph = link(tree.source, tree.entries, world.facts, _told(world, open_indexes(indexes)))
        with clock.stage("assemble"):
            assembly = assemble(graph, world.facts, world.units, world.vectors)
        with clock.stage("generate"):
            data = documentation_input(tree, world.facts, graph, assembly, world.issues, request.options)
            pages = render(data, templates=request.templates)
        return _write(request, world, graph, assembly, pages, clock)


def _parse(tree: TreeReader, request: OfflineRequest, progress: Progress) -> _World:
    entries = list(tree.parsed_entries())
    facts: dict[str, FileFacts] = {}
    lost: list[Issue] = []
    with ParsePool(processes=request.processes, limits=request.options.limits) as pool:
        for done, outcome in enumerate(pool.run(parse_items(tree, entries)), start=1):
            if outcome.facts is not None:
                facts[outcome.key] = outcome.facts
            else:
                lost.append(lost_file(outcome))
            progress("parse", done, len(entries))
    failed = len(lost) + count_empty(facts.values())
    check_fail_share(failed, len(entries), request.options.limits.fail_share)
    return _World(tree, facts, all_issues(tree, list(facts.items()), lost), failed)


def _told(world: _World, indexes: Sequence[memoryview]) -> Told:
    if not indexes:
        return NOTHING
    found = match(indexes, world.facts, world.tree.text)
    world.index = found.counts()
    return found.told


def _embed(world: _World, request: OfflineRequest, progress: Progress) -> None:
    if not request.options.embeddings:
        return
    encoder = open_encoder(request.encoder)
    try:
        units = scan_units(world.tree, world.facts.items(), request.options, encoder.spec.instructions)
        texts = unique_texts(units)
        keys = sorted(texts, key=lambda sha: (len(texts[sha]), sha))  # like lengths together fill fixed shapes
        values = [texts[key] for key in keys]
        vector_of = {}
        for start in range(0, len(keys), EMBED_BATCH):
            encoded = encode_isolating(encoder, values[start : start + EMBED_BATCH])
            for row, key in enumerate(keys[start : start + EMBED_BATCH]):
                if row not in encoded.failed:
                    vector_of[key] = encoded.vectors[row]
            progress("embed", min(start + EMBED_BATCH, len(keys)), len(keys))
        world.encoder = encoder.spec
        world.units, world.vectors, lost = keep_embedded(units, vector_of, encoder.spec.dimensions)
        world.issues = tuple(sorted({*world.issues, *lost}))
        world.failed += len(lost)
    finally:
        encoder.close()


def _write(
    request: OfflineRequest, world: _World, graph: Graph, assembly: Assembly, pages: list[Page], clock: _Clock
) -> OfflineResult:
    with clock.stage("write"):
        files_path = request.out / "offline_files.json"
        graph_path = request.graph
        if request.out.is_symlink():  # where "." is scanned, the directory may be the repository's
            raise Conflict(f"{request.out} is a symbolic link", hint="Remove it, or run docrunch elsewhere.")
        write_atomically(files_path, _file_records(world))
        with atomic_file(graph_path) as out:
            write_jsonl(graph, assembly.metrics, out)
        if request.docs is not None:
            write_pages(pages, request.docs)
    packed: dict[str, str | int] | None = None
    if request.docpack is not None:
        with clock.stage("pack"):
            made = pack(
                docpack_input(
                    world.tree,
                    world.facts,
                    graph,
                    assembly,
                    pages,
                    world.issues,
                    world.encoder,
                    world.units,
                    world.vectors,
                    request.options,
                )
            )
            write_atomically(request.docpack, made.data)
            packed = {"id": made.id, "path": str(request.docpack), "bytes": len(made.data)}
    parsed = list(world.tree.parsed_entries())
    return OfflineResult(
        repository=world.tree.source.repository,
        commit=world.tree.source.commit,
        ref=world.tree.source.ref,
        outcome="partial" if world.failed else "completed",
        counts=_counts(world, graph),
        languages=dict(sorted(Counter(entry.language for entry in parsed).items())),
        edges=edge_counts(graph),
        index=world.index,
        issues=dict(sorted(Counter(issue.reason for issue in world.issues).items())),
        skipped=dict(sorted(Counter(str(e.skip) for e in world.tree.entries if e.skip is not None).items())),
        stages={**clock.seconds, "total": round(sum(clock.seconds.values()), 3)},
        files_path=str(files_path),
        graph_path=str(graph_path),
        docs_path=str(request.docs) if request.docs is not None else None,
        docpack=packed,
        encoder_id=world.encoder.id if world.encoder else None,
    )


def _counts(world: _World, graph: Graph) -> dict[str, int]:
    parsed = list(world.tree.parsed_entries())
    return {
        "files": len(parsed),
        "languages": len({entry.language for entry in parsed}),
        "symbols": sum(len(found.symbols) for found in world.facts.values()),
        "edges": len(graph.edges),
        "chunks": len(world.units),
        "embedded": len({unit.text_sha for unit in world.units}),
        "reused": 0,
        "issues": len(world.issues),
    }


def edge_counts(graph: Graph) -> dict[str, dict[str, int]]:
    """Number of edges by kind, then by confidence, both in name order."""
    counted = Counter((str(edge.kind), str(edge.confidence)) for edge in graph.edges)
    table: dict[str, dict[str, int]] = {}
    for (kind, confidence), number in sorted(counted.items()):
        table.setdefault(kind, {})[confidence] = number
    return table


def _file_records(world: _World) -> bytes:
    """One JSON array, one record per inventoried file and line."""
    by_path: dict[str, list[dict[str, str | int]]] = {}
    for issue in world.issues:
        record: dict[str, str | int] = {"reason": issue.reason, "detail": issue.detail, "line": issue.line}
        by_path.setdefault(issue.path, []).append(record)
    lines = []
    for entry in world.tree.entries:
        found = world.facts.get(entry.path)
        lines.append(
            json_line(
                {
                    "path": entry.path,
                    "language": entry.language,
                    "size": entry.size,
                    "sha256": entry.sha256,
                    "skipped": entry.skip,
                    "symbols": [
                        {"name": s.local_name, "kind": s.kind, "line": s.line, "end_line": s.end_line}
                        for s in (found.symbols if found else ())
                    ],
                    "issues": by_path.get(entry.path, []),
                }
            ).rstrip(b"\n")
        )
    return b"[\n" + b",\n".join(lines) + b"\n]\n"
