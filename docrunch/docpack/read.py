"""Reading a docpack from anywhere: nothing in it is believed, nothing is written, memory and time stay bounded."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from docrunch.docpack import gzip, tar
from docrunch.docpack.schema import (
    CLUSTERS,
    CONTEXTS,
    DOCS,
    EMBEDDINGS,
    EMBEDDINGS_BIN,
    GRAPH,
    MANIFEST,
    NODES,
    ROOT,
    SOURCE_MAP,
    ClustersMember,
    ContextsMember,
    EmbeddingsMember,
    GraphMember,
    Manifest,
    NodesMember,
    SourceMapMember,
)
from docrunch.documentation.model import Page
from docrunch.embedding.matrix import read_embeddings_bin
from docrunch.embedding.model import Vectors
from docrunch.errors import Failed, InvalidArchive, NotFound

DocpackSource = Path | bytes | BinaryIO

_REQUIRED = (MANIFEST, NODES, GRAPH, CLUSTERS, SOURCE_MAP, CONTEXTS)
_OPTIONAL = (EMBEDDINGS, EMBEDDINGS_BIN)
_S = TypeVar("_S", bound=msgspec.Struct)


class ReadLimits(msgspec.Struct, frozen=True):
    max_bytes: int = 4 << 30  # unpacked, all members
    max_member_bytes: int = 2 << 30
    max_members: int = 200_000
    max_ratio: int = 250  # unpacked to packed; JSON of real packs stays below 40


DEFAULT_LIMITS = ReadLimits()


class Docpack:
    """The members of a docpack in memory; each is decoded and checked against its schema when it is asked for."""

    def __init__(self, members: Mapping[str, bytes]) -> None:
        self.members = members  # names without ``docpack/``, in archive order

    @cached_property
    def manifest(self) -> Manifest:
        return self._json(MANIFEST, Manifest)

    @cached_property
    def nodes(self) -> NodesMember:
        return self._json(NODES, NodesMember)

    @cached_property
    def graph(self) -> GraphMember:
        return self._json(GRAPH, GraphMember)

    @cached_property
    def clusters(self) -> ClustersMember:
        return self._json(CLUSTERS, ClustersMember)

    @cached_property
    def source_map(self) -> SourceMapMember:
        return self._json(SOURCE_MAP, SourceMapMember)

    @cached_property
    def contexts(self) -> ContextsMember:
        return self._json(CONTEXTS, ContextsMember)

    @cached_property
    def embeddings(self) -> EmbeddingsMember | None:
        """``None`` for a pack made without embeddings."""
        return self._json(EMBEDDINGS, EmbeddingsMember) if EMBEDDINGS in self.members else None

    @cached_property
    def vectors(self) -> Vectors | None:
        """(n, d) float32, rows in the order of ``embeddings.ids``."""
        return read_embeddings_bin(self.members[EMBEDDINGS_BIN]) if EMBEDDINGS_BIN in self.members else None

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """Raises:
        InvalidArchive: a page is not UTF-8.
        """
        found = [(name, content) for name, content in self.members.items() if name.startswith(DOCS)]
        try:
            return tuple(Page(name.removeprefix(DOCS), content.decode("utf-8")) for name, content in found)
        except UnicodeDecodeError as error:
            raise InvalidArchive("a page of the docpack is not UTF-8") from error

    def _json(self, name: str, kind: type[_S]) -> _S:
        try:
            found = msgspec.json.decode(self.members[name], type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise InvalidArchive(f"{name} of the docpack is not what it should be: {error}") from error
        schema, expected = getattr(found, "schema", None), kind.__struct_defaults__[-1]
        if schema != expected:
            raise InvalidArchive(
                f"{name} has the schema {schema!r}; this program reads {expected!r}",
                hint="Use the version of docrunch that wrote it, or a newer one.",
            )
        return found


def iter_members(source: DocpackSource, limits: ReadLimits = DEFAULT_LIMITS) -> Iterator[tar.Member]:
    """Members one at a time, in name order, with ``docpack/`` in front; at most one is in memory.

    Raises:
        InvalidArchive: the file is not exactly one canonical docpack archive.
        LimitExceeded: it is larger than ``limits`` allow.
        NotFound: there is no such file.
    """
    with _opened(source) as stream:
        chunks = gzip.decompress(stream, max_bytes=limits.max_bytes, max_ratio=limits.max_ratio)
        for member in tar.read(chunks, max_members=limits.max_members, max_member_bytes=limits.max_member_bytes):
            _check_known(member.name.removeprefix(ROOT))
            yield member


def read_docpack(source: DocpackSource, limits: ReadLimits = DEFAULT_LIMITS) -> Docpack:
    """All members in memory, with the schema of the manifest checked. `verify` checks that they belong together.

    Raises:
        InvalidArchive, LimitExceeded, NotFound: see `iter_members`; also where a required member is missing.
    """
    members = {member.name.removeprefix(ROOT): member.data for member in iter_members(source, limits)}
    missing = [name for name in _REQUIRED if name not in members]
    if missing:
        raise InvalidArchive(f"the docpack has no {', '.join(missing)}")
    if (EMBEDDINGS in members) != (EMBEDDINGS_BIN in members):
        raise InvalidArchive(f"the docpack has only one of {EMBEDDINGS} and {EMBEDDINGS_BIN}")
    pack = Docpack(members)
    _ = pack.manifest
    return pack


def _check_known(name: str) -> None:
    page = name.startswith(DOCS) and name.endswith(".md")
    if not page and name not in _REQUIRED and name not in _OPTIONAL:
        raise InvalidArchive(f"the docpack has a member that docpacks do not have: {name}")


@contextmanager
def _opened(source: DocpackSource) -> Iterator[BinaryIO]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif isinstance(source, Path):
        try:
            stream = source.open("rb")
        except FileNotFoundError as error:
            raise NotFound(f"there is no docpack at {source}") from error
        except OSError as error:
            raise Failed(f"cannot read {source}: {error.strerror}") from error
        with stream:
            yield stream
    else:
        yield source
