"""SCIP indexes on their way into a scan: objects, which the scan names by their hashes."""

from collections.abc import Sequence

from db.objects import ObjectKind, ObjectStore
from docrunch.config import Settings
from docrunch.scip.files import IndexFile, digests


async def store_indexes(settings: Settings, given: Sequence[IndexFile]) -> tuple[str, ...]:
    """The hashes for `docrunch.options.ScanOptions.scip`.

    Raises:
        Unreachable: the object store does not answer or is full.
    """
    if not given:  # a store that is away is the scan's to wait for
        return ()
    objects = ObjectStore(settings.objects_url)
    for each in given:
        await objects.put(ObjectKind.INDEX, each.path)
    return digests(given)
