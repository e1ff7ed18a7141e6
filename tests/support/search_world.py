"""Files written in a test, read and linked, as what search reads of them."""

from collections.abc import Mapping, Sequence

from docrunch.graph.link import link
from docrunch.graph.model import Node
from docrunch.graph.shards import home_of
from docrunch.search.build import file_shard
from docrunch.search.index import SearchIndex
from docrunch.search.shards import FileShard
from docrunch.source.model import SourceKind, SourceRef
from tests.support.world import COMMIT, make_entry, make_facts

SOURCE = SourceRef("example.invalid/owner/shop", COMMIT, "main", SourceKind.GIT)


def nodes_of(files: Mapping[str, str]) -> dict[str, Sequence[Node]]:
    """Nodes by path."""
    entries = [make_entry(path, text) for path, text in sorted(files.items())]
    found: dict[str, list[Node]] = {}
    for node in link(SOURCE, entries, make_facts(entries, files)).nodes:
        found.setdefault(home_of(node), []).append(node)
    return dict(found)


def shards_of(files: Mapping[str, str]) -> dict[str, FileShard]:
    nodes = nodes_of(files)
    return {
        path: file_shard(make_entry(path, text), text.encode(), nodes.get(path, ())) for path, text in files.items()
    }


def index_of(files: Mapping[str, str]) -> SearchIndex:
    return SearchIndex(shards_of(files).values())
