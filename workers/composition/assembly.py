"""`assembly`: the rows of scans, the graph, what is computed over it."""

from activities.assemble import Assemble
from activities.link import Link
from activities.store import ScanStore
from workers.composition.shared import Shared


def make(shared: Shared) -> list[object]:
    store = ScanStore(shared.scans, shared.sync_signal)
    return [store, Link(shared.scans), shared.once(Assemble, lambda: Assemble(shared.scans))]
