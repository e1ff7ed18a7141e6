"""Content-addressed, immutable objects: trees, graphs, what search reads, matrices, documentation, docpacks, ….

An object is named by its kind and the sha256 of its bytes. Writing is idempotent and atomic, so any number of
workers may write the same object; reading verifies the hash, so a damaged object is never taken for a good one.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

import msgspec
import obstore
from obstore import exceptions as obs
from obstore.store import LocalStore, MemoryStore, from_url

from docrunch.canonical import sha256_hex
from docrunch.errors import AuthError, DocrunchError, InvalidArchive, InvalidConfig, ObjectMissing, Unreachable

CONCURRENCY = 16  # requests in flight of one `put_many` or `get_many`
DELETED_AT_ONCE = 100  # objects that a sweep looks at once more and deletes
CHUNK = 8 * 1024 * 1024  # bytes read at once when an object goes to a file
FRESH = timedelta(minutes=30)  # with `activities.memo.KEPT` well below the least grace of a sweep (2 h)
REMOTE_SCHEMES = ("s3", "gs", "az")

Item = TypeVar("Item")


class ObjectKind(StrEnum):
    TREE = "trees"
    INDEX = "indexes"
    GRAPH = "graphs"
    SHARD = "shards"
    TRACE = "traces"
    MATRIX = "matrices"
    ASSEMBLY = "assemblies"
    SEARCH = "searches"
    SEARCH_SHARD = "search-shards"
    DOCS = "docs"
    DOCPACK = "docpacks"


class ObjectInfo(msgspec.Struct, frozen=True):
    kind: ObjectKind
    sha256: str
    size: int
    modified: datetime

    @property
    def reference(self) -> str:
        return reference(self.kind, self.sha256)


def reference(kind: ObjectKind, sha256: str) -> str:
    """``kind/sha256``, the form in which `ScanRun.objects` names objects."""
    return f"{kind}/{sha256}"


def parse_reference(text: str) -> tuple[ObjectKind, str]:
    """Inverse of `reference`.

    Raises:
        InvalidArchive: the text is no reference.
    """
    kind, _, sha256 = text.partition("/")
    if kind not in set(ObjectKind) or not _is_sha256(sha256):
        raise InvalidArchive(f"{text!r} does not name an object")
    return ObjectKind(kind), sha256


class ObjectStore:
    """Args:
    location: a directory, ``file:///…``, ``memory://`` (tests), ``s3://…``, ``gs://…`` or ``az://…``; credentials of
        the remote ones come from the environment in their provider's usual variables.

    Raises:
        InvalidConfig: the location is none of these.
        Unreachable: it is a directory that cannot be made or read.
    """

    def __init__(self, location: str | Path) -> None:
        self._store = _open(str(location))

    async def put(self, kind: ObjectKind, data: bytes | Path, *, repair: bool = False) -> str:
        """Store bytes, or the bytes of a file; returns their sha256.

        What exists is written again when it is older than `FRESH`: nobody may refer to it yet, and a sweep that runs
        now must not take it before the caller's row says that it is needed. ``repair`` writes it in any case: it may be
        damaged.

        Raises:
            Unreachable: the store does not answer or is full.
        """
        sha256 = sha256_hex(data) if isinstance(data, bytes) else await asyncio.to_thread(_file_sha256, data)
        size = len(data) if isinstance(data, bytes) else data.stat().st_size
        key = _key(kind, sha256)
        try:
            found = None if repair else await self._head(key)
            if found is not None and found["size"] == size and found["last_modified"] > _now() - FRESH:
                return sha256
            # Overwriting writes the same bytes: the name is their hash. It repairs an object cut short by power loss.
            await obstore.put_async(self._store, key, data)
        except Exception as error:
            raise _mapped(error, kind, sha256) from error
        return sha256

    async def put_many(self, kind: ObjectKind, objects: Iterable[bytes], *, repair: bool = False) -> list[str]:
        """`put` for thousands of small objects, `CONCURRENCY` at a time; hashes in the order given."""
        found: dict[int, str] = {}

        async def one(place: int, data: bytes) -> None:
            found[place] = await self.put(kind, data, repair=repair)

        await _each(enumerate(objects), one)
        return [found[place] for place in range(len(found))]

    async def get(self, kind: ObjectKind, sha256: str, *, verify: bool = True) -> bytes:
        """The bytes of an object.

        Raises:
            ObjectMissing: it was never written, or was cleaned up.
            InvalidArchive: its bytes are not those that its name promises.
        """
        try:
            found = await obstore.get_async(self._store, _key(kind, sha256))
            data = bytes(await found.bytes_async())
        except Exception as error:
            raise _mapped(error, kind, sha256) from error
        if verify and sha256_hex(data) != sha256:
            raise _damaged(kind, sha256)
        return data

    async def get_many(self, kind: ObjectKind, hashes: Iterable[str]) -> dict[str, bytes]:
        """`get` for thousands of small objects, each distinct hash once."""
        found = dict.fromkeys(hashes, b"")

        async def one(_: int, sha256: str) -> None:
            found[sha256] = await self.get(kind, sha256)

        await _each(enumerate(list(found)), one)
        return found

    async def get_to_file(self, kind: ObjectKind, sha256: str, target: Path) -> None:
        """Stream an object into a file, which appears whole and verified or not at all. Raises as `get`."""
        digest = hashlib.sha256()
        with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as partial:
            try:
                found = await obstore.get_async(self._store, _key(kind, sha256))
                async for chunk in found.stream(min_chunk_size=CHUNK):
                    digest.update(chunk)
                    partial.write(chunk)
                partial.flush()
                if digest.hexdigest() != sha256:
                    raise _damaged(kind, sha256)
                Path(partial.name).replace(target)
            except DocrunchError:
                raise
            except Exception as error:
                raise _mapped(error, kind, sha256) from error
            finally:
                Path(partial.name).unlink(missing_ok=True)

    async def exists(self, kind: ObjectKind, sha256: str) -> bool:
        try:
            return await self._head(_key(kind, sha256)) is not None
        except Exception as error:
            raise _mapped(error, kind, sha256) from error

    async def delete(self, kind: ObjectKind, hashes: Iterable[str]) -> None:
        """Delete objects; those that do not exist are fine."""
        keys = [_key(kind, sha256) for sha256 in hashes]
        for start in range(0, len(keys), 500):
            try:
                await obstore.delete_async(self._store, keys[start : start + 500])
            except (FileNotFoundError, obs.NotFoundError):
                await self._delete_each(keys[start : start + 500])
            except Exception as error:
                raise _mapped(error, kind, "") from error

    async def list(self, kind: ObjectKind, *, older_than: datetime | None = None) -> AsyncIterator[ObjectInfo]:
        """Objects of a kind, those last written before ``older_than`` only when it is given."""
        try:
            async for page in obstore.list(self._store, f"{kind}/"):
                for found in page:
                    sha256 = found["path"].rsplit("/", 1)[-1]
                    modified = found["last_modified"]
                    if _is_sha256(sha256) and (older_than is None or modified < older_than):
                        yield ObjectInfo(kind, sha256, found["size"], modified)
        except Exception as error:
            raise _mapped(error, kind, "") from error

    async def size(self) -> dict[ObjectKind, int]:
        """Bytes by kind, for `docrunch status`."""
        totals = dict.fromkeys(ObjectKind, 0)
        for kind in ObjectKind:
            async for found in self.list(kind):
                totals[kind] += found.size
        return totals

    async def sweep(self, keep: frozenset[str], *, older_than: datetime) -> tuple[int, int]:
        """Delete what is not referenced (``kind/sha256``) and older than the grace; returns (objects, bytes)."""
        count = freed = 0
        for kind in ObjectKind:
            orphans = [found async for found in self.list(kind, older_than=older_than) if found.reference not in keep]
            for start in range(0, len(orphans), DELETED_AT_ONCE):
                old = await self._still_old(orphans[start : start + DELETED_AT_ONCE], older_than)
                await self.delete(kind, [found.sha256 for found in old])
                count += len(old)
                freed += sum(found.size for found in old)
        return count, freed

    async def _still_old(self, listed: Sequence[ObjectInfo], older_than: datetime) -> Sequence[ObjectInfo]:
        """Those that nobody has written again since they were listed, which may be minutes ago."""
        old: dict[int, ObjectInfo] = {}

        async def look(place: int, found: ObjectInfo) -> None:
            now = await self._head(_key(found.kind, found.sha256))
            if now is not None and now["last_modified"] < older_than:
                old[place] = found

        await _each(enumerate(listed), look)
        return [old[place] for place in sorted(old)]

    async def _head(self, key: str) -> "obstore.ObjectMeta | None":
        try:
            return await obstore.head_async(self._store, key)
        except (FileNotFoundError, obs.NotFoundError):
            return None

    async def _delete_each(self, keys: Iterable[str]) -> None:
        for key in keys:
            try:
                await obstore.delete_async(self._store, key)
            except (FileNotFoundError, obs.NotFoundError):
                continue


async def _each(items: Iterable[tuple[int, Item]], work: Callable[[int, Item], Awaitable[None]]) -> None:
    """Run ``work`` on every numbered item, `CONCURRENCY` at a time; after a failure the others are cancelled."""
    rest = iter(items)

    async def lane() -> None:
        for number, item in rest:
            await work(number, item)

    lanes = [asyncio.create_task(lane()) for _ in range(CONCURRENCY)]
    try:
        await asyncio.gather(*lanes)
    finally:
        for each in lanes:
            each.cancel()


def _now() -> datetime:
    return datetime.now(UTC)


def _local(directory: str | Path) -> LocalStore:
    try:
        return LocalStore(directory, mkdir=True)
    except OSError as error:
        raise Unreachable(
            f"the object store {directory} cannot be opened: {_first_line(error)}",
            hint="It must be a directory that Docrunch may write to.",
        ) from error


def _open(location: str) -> LocalStore | MemoryStore | obstore.store.ObjectStore:
    scheme, separator, rest = location.partition("://")
    if not separator:
        return _local(Path(location).absolute())
    if scheme == "file":
        return _local(rest)
    if scheme == "memory":
        return MemoryStore()
    if scheme in REMOTE_SCHEMES:
        try:
            return from_url(location)
        except Exception as error:
            raise InvalidConfig(f"the object store {scheme}:// cannot be opened: {_first_line(error)}") from error
    raise InvalidConfig(
        f"{scheme}:// is no object store that Docrunch knows",
        hint="Use a directory, s3://bucket/prefix, gs://bucket/prefix or az://container/prefix.",
    )


def _key(kind: ObjectKind, sha256: str) -> str:
    if not _is_sha256(sha256):
        raise InvalidArchive(f"{sha256!r} is not a sha256")
    return f"{kind}/{sha256[:2]}/{sha256}"


def _is_sha256(text: str) -> bool:
    return len(text) == 64 and all(character in "0123456789abcdef" for character in text)


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damaged(kind: ObjectKind, sha256: str) -> InvalidArchive:
    return InvalidArchive(
        f"the object {kind}/{sha256} is damaged: its bytes have another hash",
        hint="Delete it and scan again; check the disk or bucket that holds the objects.",
    )


def _mapped(error: Exception, kind: ObjectKind, sha256: str) -> Exception:
    if isinstance(error, DocrunchError):
        return error
    if isinstance(error, FileNotFoundError | obs.NotFoundError):
        return ObjectMissing(
            f"the object {kind}/{sha256} does not exist", hint="It was cleaned up or never written; scan again."
        )
    if isinstance(error, PermissionError | obs.PermissionDeniedError | obs.UnauthenticatedError):
        return AuthError(f"the object store refuses access to {kind}/", hint="Check its credentials or rights.")
    if isinstance(error, OSError | obs.BaseError):
        return Unreachable(f"the object store failed: {_first_line(error)}")
    return error


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
