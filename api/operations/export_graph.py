"""The graph of a scanned repository, or of a source that is read now, in an exchange format."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from db.objects import ObjectKind, ObjectStore, parse_reference
from db.repositories import projects
from db.repositories.readable import readable_scan
from db.session import Database
from docrunch.errors import UsageError
from docrunch.graph.export import write_graphml, write_json, write_jsonl
from docrunch.graph.link import link
from docrunch.graph.metrics import compute_metrics
from docrunch.graph.model import Graph, GraphMetrics
from docrunch.graph.shards import join, read_index
from docrunch.graph.told import NOTHING
from docrunch.options import ScanOptions
from docrunch.parsing.catalog import detect
from docrunch.parsing.pool import ParsePool
from docrunch.pipeline.extracting import check_fail_share, parse_items
from docrunch.scip.files import copy_indexes, open_indexes
from docrunch.scip.match import match
from docrunch.scip.write import write_scip
from docrunch.source.model import TreeReader
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source
from docrunch.source.spec import SourceSpec
from docrunch.source.tree import open_tree

Writer = Callable[[Graph, GraphMetrics, BinaryIO], None]
SCIP = "scip"  # the one format that needs the texts beside the graph
FORMATS: dict[str, Writer] = {"jsonl": write_jsonl, "json": write_json, "graphml": write_graphml}


def check_format(name: str) -> None:
    """Raises:
    UsageError: there is no such format.
    """
    if name not in (*FORMATS, SCIP):
        raise UsageError(f"there is no format {name!r}", hint=f"Formats: {', '.join((*FORMATS, SCIP))}.")


class StoredGraph(msgspec.Struct, frozen=True):
    graph: Graph
    tree: str  # sha256 of the tree object
    repository: str
    ref: str
    commit: str


class FoundGraph(msgspec.Struct, frozen=True):
    repository: str
    ref: str
    commit: str
    graph: str  # sha256 of the graph object
    tree: str  # and of the tree object
    assembly: str | None  # of the object with its metrics
    repository_id: int
    kind: str  # of the source
    tree_sha256: str  # of the inventory


async def find_graph(database: Database, repository: str, ref: str | None) -> FoundGraph:
    """The graph object of the published scan of a ref, or of the newest scan of a commit.

    Without ``ref`` that of the default branch, if it is known and published; else of the newest scan.

    Raises:
        NotFound: the repository or the ref was never scanned.
        Gone: its graph has expired.
    """
    async with database.transaction() as connection:
        found = await projects.find(connection, repository)
        scan = await readable_scan(connection, found.id, found.name, ref)
    assembly = scan.objects.get("assembly")
    return FoundGraph(
        found.name,
        scan.ref,
        scan.commit,
        parse_reference(scan.objects["graph"])[1],
        parse_reference(str(scan.objects["tree"]))[1],
        parse_reference(str(assembly))[1] if assembly else None,
        found.id,
        scan.kind,
        scan.tree_sha256 or "",
    )


async def load_graph(objects: ObjectStore, sha256: str) -> Graph:
    """The graph of a graph object.

    Raises:
        ObjectMissing: it was cleaned up.
    """
    index = await objects.get(ObjectKind.GRAPH, sha256)
    shards = await objects.get_many(ObjectKind.SHARD, (sha for _, sha in read_index(index).shards))
    return await asyncio.to_thread(join, index, shards.__getitem__)


async def stored_graph(database: Database, objects: ObjectStore, repository: str, ref: str | None) -> StoredGraph:
    """The graph that `find_graph` finds.

    Raises:
        NotFound, Gone: there is none.
    """
    found = await find_graph(database, repository, ref)
    graph = await load_graph(objects, found.graph)
    return StoredGraph(graph, found.tree, found.repository, found.ref, found.commit)


async def stored_tree(objects: ObjectStore, sha: str) -> TreeReader:
    """Raises:
    ObjectMissing: it has expired.
    """
    return await asyncio.to_thread(open_tree, await objects.get(ObjectKind.TREE, sha))


@contextmanager
def source_graph(
    spec: SourceSpec,
    ref: str | None,
    options: ScanOptions,
    policy: SourcePolicy,
    processes: int,
    scip: Sequence[Path] = (),
) -> Iterator[tuple[Graph, TreeReader]]:
    """Read, parse and link a source in this process; nothing is stored, and the tree is gone afterwards.

    Args:
        scip: indexes of the source, whose references become exact edges.

    Raises:
        DocrunchError: the source or an index cannot be read, or too many files are lost.
    """
    with tempfile.TemporaryDirectory(prefix="docrunch-") as work:
        indexes = open_indexes(copy_indexes(scip, Path(work)))
        tree = open_source(spec, ref=ref, name=None, options=options, policy=policy, workdir=Path(work), detect=detect)
        entries = list(tree.parsed_entries())
        with ParsePool(processes=processes, limits=options.limits) as pool:
            outcomes = list(pool.run(parse_items(tree, entries)))
        facts = {outcome.key: outcome.facts for outcome in outcomes if outcome.facts is not None}
        check_fail_share(len(outcomes) - len(facts), len(entries), options.limits.fail_share)
        told = match(indexes, facts, tree.text).told if indexes else NOTHING
        yield link(tree.source, tree.entries, facts, told), tree


def write_graph(graph: Graph, format_name: str, out: BinaryIO, tree: TreeReader | None = None) -> None:
    """Args: ``tree``: what the graph was made from, for `SCIP`."""
    check_format(format_name)
    if format_name != SCIP:
        FORMATS[format_name](graph, compute_metrics(graph), out)
    elif tree is None:
        raise ValueError("an index needs the texts")
    else:
        write_scip(graph, tree.text, out)
