"""Bring the results of a run from the object store into files."""

from pathlib import Path

from api.operations.scan_report import Written
from db.objects import ObjectKind, ObjectStore
from docrunch.config import Settings
from docrunch.documentation.bundle import decode_pages
from docrunch.documentation.output import write_pages
from docrunch.errors import Failed
from docrunch.files import holds, write_atomically
from workflows.contracts.docpack import DocpackResult


async def write_results(result: DocpackResult, settings: Settings, *, docpack: Path | None, docs: Path) -> Written:
    """Write the docpack (default ``<slug>.docpack`` in the current directory) and the Markdown tree.

    What is there already, byte for byte, is neither fetched nor written again.

    Raises:
        ObjectMissing: cleanup took them away since.
        Conflict: the directory holds files that are not ours.
    """
    if result.pack is None or result.scan is None:
        raise Failed("the run ended without a docpack")
    store = ObjectStore(settings.objects_url)
    target = docpack or Path(f"{result.scan.slug}.docpack")
    if not holds(target, result.pack.docpack_object):
        write_atomically(target, await store.get(ObjectKind.DOCPACK, result.pack.docpack_object))
    write_pages(decode_pages(await store.get(ObjectKind.DOCS, result.pack.docs_object)), docs)
    return Written(str(target), str(docs))
