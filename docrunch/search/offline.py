"""A directory, ready to be searched in this process: for benchmarks and tests; nothing is stored."""

from pathlib import Path

from docrunch.embedding.model import Encoder
from docrunch.options import ScanOptions
from docrunch.pipeline.embedding import scan_units
from docrunch.search.build import Indexed, index_directory, search_object
from docrunch.search.shards import Part
from docrunch.search.view import SearchView


def view_of(found: Indexed, encoder: Encoder | None = None, options: ScanOptions | None = None) -> SearchView:
    """The view of an indexed directory, with vectors where there is an encoder."""
    index, graph, tree, facts = found
    if encoder is None:
        return SearchView(index, graph, tree.text)
    units = scan_units(tree, facts.items(), options or ScanOptions(), encoder.spec.instructions)
    parts = [Part(entry.path, "", "", "") for entry in tree.parsed_entries()]
    rows = index.of_rows(search_object(tree, parts, units))
    vectors = encoder.encode([unit.text for unit in units])
    return SearchView(index, graph, tree.text, vectors, rows, encoder_id=encoder.spec.id)


def view_of_directory(path: str | Path, encoder: Encoder | None = None) -> SearchView:
    """Raises:
    DocrunchError: it cannot be read.
    """
    return view_of(index_directory(path), encoder)
