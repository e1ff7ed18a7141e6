"""From tree, graph and facts to the searchable parts of a scan. Pure: offline and workflow make equal bytes."""

import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

import docrunch.parsing.markdown
import docrunch.search
from docrunch.canonical import canonical_json, sha256_hex
from docrunch.embedding.model import TextUnit
from docrunch.graph.link import link
from docrunch.graph.model import Graph, Node
from docrunch.graph.shards import home_of
from docrunch.options import ScanOptions
from docrunch.parsing.catalog import detect
from docrunch.parsing.model import FileFacts
from docrunch.parsing.pool import ParsePool
from docrunch.pipeline.extracting import parse_items
from docrunch.search.documents import file_documents
from docrunch.search.index import SearchIndex
from docrunch.search.shards import SCHEMA, FileShard, Part, SearchObject, make_shard
from docrunch.source.model import FileEntry, TreeReader
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source, parse_spec

KEY = 32  # hexadecimal characters of a key
_MAKERS = ("analysis.py", "documents.py", "names.py", "sections.py", "shards.py", "windows.py")


class Indexed(NamedTuple):
    """A directory with its index, and what the index was made from."""

    search: SearchIndex
    graph: Graph
    tree: TreeReader
    facts: Mapping[str, FileFacts]


@cache
def maker_id() -> str:
    """Hash over the sources that make shards: another version makes every shard anew."""
    sources = [Path(docrunch.search.__path__[0]) / name for name in _MAKERS] + [
        Path(docrunch.parsing.markdown.__file__)
    ]
    return sha256_hex(canonical_json([(path.name, sha256_hex(path.read_bytes())) for path in sources]))


def text_key(entry: FileEntry) -> str:
    """What the shard of a file follows from besides its nodes (`nodes_key`): equal keys, equal shards."""
    return sha256_hex(canonical_json([maker_id(), entry.path, entry.language, entry.text_sha256]))[:KEY]


def nodes_key(nodes: Sequence[Node]) -> str:
    return sha256_hex(msgspec.msgpack.encode(nodes))[:KEY]


def file_shard(entry: FileEntry, text: bytes, nodes: Iterable[Node]) -> FileShard:
    """The searchable part of one file."""
    return make_shard(entry.path, file_documents(entry.path, entry.language, text, nodes))


def build_shards(tree: TreeReader, graph: Graph, paths: Collection[str] | None = None) -> dict[str, FileShard]:
    """The parts of all parsed files, by path, or of these."""
    nodes: dict[str, list[Node]] = {}
    for node in graph.nodes:
        nodes.setdefault(home_of(node), []).append(node)
    wanted = [entry for entry in tree.parsed_entries() if paths is None or entry.path in paths]
    return {entry.path: file_shard(entry, tree.text(entry.path), nodes.get(entry.path, ())) for entry in wanted}


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
    return Indexed(SearchIndex(build_shards(tree, graph).values()), graph, tree, facts)
