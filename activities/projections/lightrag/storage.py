"""`docrunch.storage.ports.LightRAGStorage` of one ref, over the tables of this database: read and written."""

from collections.abc import Sequence

from activities.projections.lightrag.target import LightRAGTarget
from activities.projections.target import Batch, Change, Workspace
from db.knowledge.reading import GraphReader, Place
from docrunch.errors import Failed
from docrunch.storage.model import Action, Document, EntityType


class EmbeddedStorage(GraphReader):
    def __init__(self, target: LightRAGTarget, workspace: Workspace) -> None:
        super().__init__(target.database, target.instances, Place(workspace.slug, workspace.ref, workspace.key))
        self._target = target
        self._workspace = workspace

    async def index(self, documents: Sequence[Document]) -> int:
        """Raises:
        Failed: some of them cannot be brought in; the others are.
        """
        written, failed = await self._target.index(self._workspace, documents)
        if failed:
            raise Failed(f"{len(failed)} documents cannot be brought in: {next(iter(failed.values()))}")
        return written

    async def update(self, documents: Sequence[Document], removed: Sequence[str] = ()) -> int:
        written = await self.index(documents) if documents else 0
        kinds = (EntityType.FINDING, EntityType.DECISION)
        gone = tuple(Change(kind, key, key, Action.DELETE, None) for key in removed for kind in kinds)
        held = await self._target.held(self._workspace.key, gone)
        await self._target.delete(Batch(self._workspace, gone))
        return written + len(held)
