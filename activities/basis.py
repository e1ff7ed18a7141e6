"""What the rows of a scan are made from, in short: rows of two scans with equal bases are equal."""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

import msgspec

import activities.publishing
import db.publishing
import docrunch.canonical
import docrunch.embedding
import docrunch.graph
import docrunch.ids
import docrunch.pipeline.embedding
from db.publish import Basis
from docrunch.canonical import canonical_json, sha256_hex
from docrunch.parsing.catalog import extractor_id, languages
from docrunch.pipeline.lost import LOST_FILE_REASONS
from docrunch.source.model import Issue
from workflows.contracts.scan import PublishScan

_PACKAGES = (docrunch.embedding, docrunch.graph, db.publishing)
_MODULES = (
    activities.publishing.__file__,
    docrunch.canonical.__file__,
    docrunch.ids.__file__,
    docrunch.pipeline.embedding.__file__,
)
_LIBRARIES = ("graspologic-native", "rustworkx")  # their versions may move metrics


def basis_of(request: PublishScan, lost: Iterable[Issue]) -> Basis:
    """``maker`` covers which texts are made (options, encoder, instructions), lost files, and the code itself."""
    options = msgspec.structs.replace(request.options, scip=())  # what indexes say is in the graph
    decisive = [options, request.encoder_id, instructions(request), sorted(lost_files(lost))]
    return Basis(request.graph_object, request.tree_object, sha256_hex(canonical_json([code_id(), *decisive])))


def instructions(request: PublishScan) -> dict[str, str]:
    """Text kind → text put in front, of the scan's encoder."""
    return request.encoder.instructions if request.encoder else {}


def lost_files(lost: Iterable[Issue]) -> set[str]:
    """Paths of files that have no facts."""
    return {issue.path for issue in lost if issue.reason in LOST_FILE_REASONS}


@cache
def code_id() -> str:
    """Hash over the sources that make facts, texts, metrics and rows: another version publishes everything once."""
    hashes = [(path.name, sha256_hex(path.read_bytes())) for path in sources()]
    extractors = [extractor_id(language) for language in ("", *sorted(languages()))]
    return sha256_hex(canonical_json([hashes, extractors, [version(name) for name in _LIBRARIES]]))


def sources() -> Sequence[Path]:
    """In an order that does not depend on where the packages are installed."""
    return [
        *(path for package in _PACKAGES for path in sorted(Path(package.__path__[0]).rglob("*.py"))),
        *map(Path, _MODULES),
    ]
