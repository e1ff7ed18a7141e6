"""What a scan would take, from the inventory alone."""

import tempfile
from pathlib import Path

from docrunch.options import ScanOptions
from docrunch.parsing.catalog import detect, is_parsed
from docrunch.source.estimate import estimate
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source
from docrunch.source.spec import SourceSpec


def estimate_scan(
    spec: SourceSpec, ref: str | None, name: str | None, options: ScanOptions, policy: SourcePolicy, processes: int
) -> dict[str, object]:
    """Ranges ``[low, high]`` with nothing cached; needs no server.

    Raises:
        DocrunchError: the source cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="docrunch-") as work:
        tree = open_source(spec, ref=ref, name=name, options=options, policy=policy, workdir=Path(work), detect=detect)
        try:
            found = estimate(tree.entries, is_parsed=is_parsed, embeddings=options.embeddings, processes=processes)
            return {
                "repository": tree.source.repository,
                "commit": tree.source.commit,
                "files": found.files,
                "skipped": found.skipped,
                "bytes": found.source_bytes,
                "languages": found.languages,
                "texts": [found.chunks.low, found.chunks.high],
                "seconds": [found.seconds.low, found.seconds.high],
                "docpack_bytes": [found.docpack_bytes.low, found.docpack_bytes.high],
            }
        finally:
            tree.close()
