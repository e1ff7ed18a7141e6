"""Every node, edge, text and file arrives in the tables under the key by which others look for it."""

from activities.publishing import chunk_rows, file_rows, metrics_rows, relationship_rows, symbol_rows
from db.publishing.rows import RELATIONSHIPS, SYMBOLS
from docrunch.graph.link import link
from docrunch.graph.metrics import compute_metrics
from docrunch.graph.shards import read_index, read_shard, split
from docrunch.ids import text_sha
from docrunch.options import ScanOptions
from docrunch.pipeline.embedding import scan_units
from docrunch.source.model import FileEntry, Skip, SourceKind, SourceRef
from tests.support.world import SMALL, make_entry, make_facts


class Texts:
    """A tree of the small world, with one file that was skipped."""

    source = SourceRef("example.org/shop", "c0", "main", SourceKind.GIT)
    issues = ()
    tree_sha256 = "0" * 64

    def __init__(self) -> None:
        made = [make_entry(path, text) for path, text in SMALL.items()]
        self.entries = tuple(sorted([*made, FileEntry("logo.png", 9, skip=Skip.BINARY)], key=lambda each: each.path))

    def text(self, path: str) -> bytes:
        return SMALL[path].encode()

    def parsed_entries(self):  # type: ignore[no-untyped-def]
        return (entry for entry in self.entries if entry.skip is None)


def test_the_rows_of_a_scan() -> None:
    tree = Texts()
    facts = make_facts(tree.entries, SMALL)
    graph = link(tree.source, tree.entries, facts)
    metrics = compute_metrics(graph)
    units = scan_units(tree, sorted(facts.items()), ScanOptions(), {})
    files = {row.path: row for row in file_rows(tree.entries)}
    assert set(files) == {*SMALL, "logo.png"}
    assert (files["logo.png"].skip, files["logo.png"].content_hash) == ("binary", None)
    assert files["shop/till.py"].text_hash == make_entry("shop/till.py", SMALL["shop/till.py"]).text_sha256
    symbols = {row.id: row for row in symbol_rows(graph.nodes)}
    assert set(symbols) == {node.id for node in graph.nodes}
    take = next(row for row in symbols.values() if row.qualified_name == "shop.till.Till.take")
    assert (take.path, take.kind, take.line) == ("shop/till.py", "method", 9)
    chunk = next(row for row in chunk_rows(graph.nodes, units) if row.symbol_id == take.id)
    assert chunk.content_hash == text_sha(next(unit.text for unit in units if unit.id == chunk.id))
    edges = relationship_rows(graph.nodes, graph.edges)
    assert {row.source for row in edges} <= set(symbols)
    called = {(symbols[row.source].qualified_name, symbols[row.target].qualified_name)
              for row in edges if row.type == "calls"}  # fmt: skip
    assert ("shop.till.buy", "shop.goods.price_of") in called
    assert {row.symbol_id for row in metrics_rows(metrics)} == set(metrics.nodes)


def test_a_row_is_at_home_where_the_graph_keeps_its_node() -> None:
    """A delta reads the shards of some homes and replaces the rows of these homes: both must mean the same."""
    tree = Texts()
    graph = link(tree.source, tree.entries, make_facts(tree.entries, SMALL))
    made = split(graph)
    seen = set()
    for path, sha in read_index(made.index).shards:
        shard = read_shard(sha, made.shards[sha])
        assert {SYMBOLS.home(row) for row in symbol_rows(shard.nodes)} == {path}
        assert {RELATIONSHIPS.home(row) for row in relationship_rows(shard.nodes, shard.edges)} <= {path}
        seen |= {str(node.kind) for node in shard.nodes}
    assert {"repository", "package", "external", "module", "method"} <= seen
