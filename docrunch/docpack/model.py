"""What goes into a docpack and what comes out of reading one."""

from collections.abc import Mapping, Sequence

import msgspec

from docrunch.assembly.model import Assembly
from docrunch.documentation.model import Page
from docrunch.embedding.model import EncoderSpec, TextUnit, Vectors
from docrunch.graph.model import Graph
from docrunch.parsing.model import FileFacts
from docrunch.source.model import FileEntry, Issue, SourceRef


class DocpackInput(msgspec.Struct, frozen=True):
    source: SourceRef
    tree_sha256: str
    entries: tuple[FileEntry, ...]
    facts: Mapping[str, FileFacts]
    graph: Graph
    assembly: Assembly
    pages: Sequence[Page]
    issues: tuple[Issue, ...]
    extractor_id: str
    encoder: EncoderSpec | None  # None: --no-embeddings
    units: Sequence[TextUnit] = ()  # in id order; rows of `vectors`
    vectors: Vectors | None = None
    options: Mapping[str, str] = {}  # what changes the bytes and is not implied by the rest


class PackedDocpack(msgspec.Struct, frozen=True):
    id: str  # sha256, 64 hexadecimal characters
    data: bytes  # the .docpack file
    graph_sha256: str
    members: int
