"""`assembly`: the rows of scans, the graph, what is computed over it, what search reads."""

from activities.assemble import Assemble
from activities.link import Link
from activities.search_index import SearchIndexing
from activities.store import ScanStore
from workers.composition.shared import Shared


def make(shared: Shared) -> list[object]:
    return [
        ScanStore(shared.scans),
        Link(shared.scans),
        SearchIndexing(shared.scans),
        shared.once(Assemble, lambda: Assemble(shared.scans)),
    ]
