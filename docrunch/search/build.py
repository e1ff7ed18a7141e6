"""From tree, graph and facts to the searchable parts of a scan. Pure: offline and workflow make equal bytes."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

import docrunch.search
from docrunch.canonical import canonical_json, sha256_hex
from docrunch.embedding.model import TextUnit
from docrunch.embedding.units import is_prose
from docrunch.graph.link import link
from docrunch.graph.model import Graph, Node
from docrunch.graph.shards import home_of
from docrunch.options import ScanOptions
from docrunch.parsing.catalog import detect, extractor_id
from docrunch.parsing.model import FileFacts
from docrunch.parsing.pool import ParsePool
from docrunch.pipeline.extracting import parse_items
from docrunch.search.documents import file_documents
from docrunch.search.index import SearchIndex
from docrunch.search.shards import SCHEMA, FileShard, Part, SearchObject, make_shard
from docrunch.source.model import FileEntry, TreeReader
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source, parse_spec

_MAKERS = ("analysis.py", "documents.py", "shards.py", "windows.py")


class Indexed(NamedTuple):
    """A directory with its index, and what the index was made from."""

    search: SearchIndex
    graph: Graph
    tree: TreeReader
    facts: Mapping[str, FileFacts]


@cache
def maker_id() -> str:
    """Hash over the sources that make shards: another version makes every shard anew."""
    folder = files(docrunch.search)
    return sha256_hex(canonical_json([sha256_hex((folder / name).read_bytes()) for name in _MAKERS]))


def shard_key(entry: FileEntry, nodes: Sequence[Node], lost: bool) -> str:
    """What the shard of a file follows from: equal keys, equal shards. Sections follow from text and extractor."""
    extractor = "" if lost else extractor_id(entry.language)
    said = [maker_id(), entry.path, entry.text_sha256, entry.language, extractor]
    return sha256_hex(canonical_json(said) + msgspec.msgpack.encode(nodes))


def file_shard(path: str, text: bytes, nodes: Iterable[Node], facts: FileFacts | None) -> FileShard:
    """The searchable part of one file. Args: ``facts``: None for a file that was lost: it is found by its text."""
    sections = facts.sections if facts is not None else ()
    prose = facts is not None and (bool(sections) or is_prose(path, facts))
    return make_shard(path, file_documents(path, text, nodes, sections, prose=prose))


def build_shards(
    tree: TreeReader, facts: Mapping[str, FileFacts], graph: Graph, paths: Iterable[str] | None = None
) -> dict[str, FileShard]:
    """The parts of all parsed files, by path, or of these."""
    nodes: dict[str, list[Node]] = {}
    for node in graph.nodes:
        nodes.setdefault(home_of(node), []).append(node)
    wanted = [entry.path for entry in tree.parsed_entries()] if paths is None else paths
    return {path: file_shard(path, tree.text(path), nodes.get(path, ()), facts.get(path)) for path in wanted}


def search_object(tree: TreeReader, parts: Iterable[Part], units: Sequence[TextUnit] = ()) -> SearchObject:
    """The index of a scan.

    Args:
        units: those of the matrix object, in the order of its rows.
    """
    ordered = tuple(sorted(parts, key=lambda part: part.path))
    number = {part.path: place for place, part in enumerate(ordered)}
    count = len(units)
    return SearchObject(
        SCHEMA,
        tree.source.repository,
        tree.source.commit,
        ordered,
        np.fromiter((number[unit.path] for unit in units), "<u4", count).tobytes(),
        np.fromiter((unit.symbol for unit in units), "<i4", count).tobytes(),
        np.fromiter((unit.start_line for unit in units), "<u4", count).tobytes(),
    )


def index_tree(tree: TreeReader, facts: Mapping[str, FileFacts], graph: Graph) -> SearchIndex:
    return SearchIndex(build_shards(tree, facts, graph).values())


def index_directory(path: str | Path, *, name: str | None = None, options: ScanOptions | None = None) -> Indexed:
    """Read, parse, link and index a directory (or whatever else can be scanned) in this process.

    Raises:
        DocrunchError: it cannot be read.
    """
    options = options or ScanOptions()
    with tempfile.TemporaryDirectory(prefix="docrunch-") as work:
        tree = open_source(
            parse_spec(str(path), cwd=Path.cwd()),
            ref=None,
            name=name,
            options=options,
            policy=SourcePolicy(),
            workdir=Path(work),
            detect=detect,
        )
        with ParsePool(processes=1, limits=options.limits) as pool:
            found = pool.run(parse_items(tree, list(tree.parsed_entries())))
            facts = {each.key: each.facts for each in found if each.facts is not None}
    graph = link(tree.source, tree.entries, facts)
    return Indexed(index_tree(tree, facts, graph), graph, tree, facts)
