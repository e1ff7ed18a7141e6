"""From changes of the outbox to manifests: what each entity puts into the graph, with a vector for each text."""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import structlog

from activities.projections.target import Change
from db.knowledge import places, vectors
from db.knowledge.encoders import LazyEncoder
from db.knowledge.places import Origin
from db.knowledge.vectors import Vector, mark
from db.publishing.payload import decode_file
from db.session import Database
from docrunch.config import LightRAGSettings
from docrunch.ids import text_sha
from docrunch.knowledge.documents import file_documents
from docrunch.knowledge.manifest import Known, Manifest, build, home_of
from docrunch.knowledge.pages import page_document, written_document
from docrunch.storage.model import Action, Document, DocumentType, EntityType

ENCODE_AT_ONCE = 256  # texts

_log = structlog.get_logger()


class Builder:
    def __init__(self, database: Database, settings: LightRAGSettings, encoder: LazyEncoder) -> None:
        self._database = database
        self._settings = settings
        self._encoder = encoder

    async def build(
        self, ref_id: int, changes: Sequence[Change], origin: Origin, failed: dict[str, str]
    ) -> list[tuple[Change, Manifest]]:
        """Manifests of upserts. Payloads that cannot be understood go to ``failed``, by entity id."""
        paths = [change.key for change in changes if change.entity_type is EntityType.FILE]
        async with self._database.transaction() as connection:
            cards = await places.cards(connection, ref_id, paths) if origin.encoder else None
        # Seconds for large files: other work of the process, and its heartbeats, go on meanwhile.
        documents = await asyncio.to_thread(_understood, changes, cards, failed)
        async with self._database.transaction() as connection:
            known = await places.known(connection, ref_id, _outside(found for _, found in documents))
        return await asyncio.to_thread(
            lambda: [(change, self._manifest(change, found, known)) for change, found in documents]
        )

    def _manifest(self, change: Change, documents: list[Document], known: Mapping[str, Known]) -> Manifest:
        return build(
            home_of(change.entity_type, change.key),
            documents,
            known,
            size=self._settings.chunk_size,
            overlap=self._settings.chunk_overlap,
        )

    async def vectors(
        self, scope: str, encoder_id: str, manifests: Sequence[Manifest]
    ) -> tuple[list[Manifest], dict[str, Vector]]:
        """The manifests, and the vectors of all their texts. What the cache lacks is made, and put there.

        A card that the cache lost cannot be made here, its text is not kept: the text of its row takes its place.

        Raises:
            Failed: the encoder of this process is of another model than that of the scan.
        """
        wanted = {key: text for manifest in manifests for key, text in _texts(manifest)}
        async with self._database.transaction() as connection:
            found = await vectors.read(connection, scope, encoder_id, wanted)
        missing = sorted(wanted.keys() - found.keys())
        if missing:
            texts = {key: wanted[key] for key in missing}
            replaced = {key: text_sha(text) for key, text in texts.items()}
            found.update(await self._made(scope, encoder_id, {replaced[key]: text for key, text in texts.items()}))
            changed = {key: new for key, new in replaced.items() if key != new}
            manifests = [_rekeyed(manifest, changed) for manifest in manifests] if changed else manifests
        return [_marked(manifest, found) for manifest in manifests], found

    async def _made(self, scope: str, encoder_id: str, texts: Mapping[str, str]) -> dict[str, Vector]:
        async with self._database.transaction() as connection:
            made = await vectors.read(connection, scope, encoder_id, texts)
        left = sorted(texts.keys() - made.keys())
        for start in range(0, len(left), ENCODE_AT_ONCE):
            keys = left[start : start + ENCODE_AT_ONCE]
            rows = await self._encoder.encode([texts[key] for key in keys], encoder_id)
            made.update(zip(keys, rows, strict=True))
            _log.info("texts_computed", texts=len(keys), encoder=encoder_id)
            if (await self._encoder.spec()).id == encoder_id:  # others only come near: the cache is exact
                async with self._database.transaction() as connection:
                    await vectors.keep(connection, scope, encoder_id, keys, rows)
        return made


def _understood(
    changes: Sequence[Change], cards: Mapping[str, Mapping[str, str]] | None, failed: dict[str, str]
) -> list[tuple[Change, list[Document]]]:
    made: list[tuple[Change, list[Document]]] = []
    for change in changes:
        try:
            made.append((change, documents_of(change, cards)))
        except (msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:
            failed[change.entity_id] = f"its content cannot be read: {type(error).__name__}: {error}"
    return made


def documents_of(change: Change, cards: Mapping[str, Mapping[str, str]] | None) -> list[Document]:
    """What one entity is in the graph; nothing for pages that repeat it.

    Raises:
        MsgspecError, KeyError, TypeError, ValueError: the payload is not what its type says.
    """
    if change.entity_type is EntityType.FILE:
        state = decode_file(change.payload)
        own = None if cards is None else cards.get(change.key, {})
        return file_documents(state.symbols, state.relationships, own)
    if change.entity_type is EntityType.PAGE:
        page = page_document(change.payload)
        return [page] if page is not None else []
    return [written_document(change.entity_type, change.payload)]


def _outside(documents: Iterable[list[Document]]) -> set[str]:
    found: set[str] = set()
    for listed in documents:
        own = {document.id for document in listed}
        found.update({relation.target for document in listed for relation in document.relationships} - own)
    return found


def _texts(manifest: Manifest) -> list[tuple[str, str]]:
    """Key and text of every vector. An entity and its first text may share one."""
    pieces = [(piece.vector, piece.text) for piece in manifest.pieces.values()]
    return pieces + [(node.vector, node.description) for node in manifest.nodes.values() if node.vector]


def _rekeyed(manifest: Manifest, changed: Mapping[str, str]) -> Manifest:
    replace = msgspec.structs.replace
    return replace(
        manifest,
        nodes={n: replace(row, vector=changed.get(row.vector, row.vector)) for n, row in manifest.nodes.items()},
        pieces={k: replace(row, vector=changed.get(row.vector, row.vector)) for k, row in manifest.pieces.items()},
    )


def _marked(manifest: Manifest, found: Mapping[str, Vector]) -> Manifest:
    keys = sorted({key for key, _ in _texts(manifest)})
    marks = {key: mark(found[key]) for key in keys}
    return msgspec.structs.replace(manifest, marks=marks)


def change_of(document: Document) -> Change:
    """A document that a caller brings by itself, as a change."""
    kind = EntityType.DECISION if document.type is DocumentType.DECISION else EntityType.FINDING
    payload = msgspec.to_builtins(document)
    content_hash = hashlib.sha256(msgspec.json.encode(document)).digest()
    return Change(kind, document.id, document.id, Action.UPSERT, content_hash, payload)
