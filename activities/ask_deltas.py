"""Parts of an answer, told while it is being worded: at most one event each 250 ms."""

import time

from db.events.model import AskDelta
from db.events.store import NewEvent, append
from db.repositories.scans import ScanRow
from db.session import Database
from docrunch.ask.compose import text_of
from docrunch.ask.model import Sentence

COALESCE_SECONDS = 0.25
MAX_TEXT = 8_000  # characters of one event


class Deltas:
    """Args: ``attempt``: of the activity; an attempt that is repeated tells its answer from the beginning."""

    def __init__(self, database: Database, workflow_id: str, attempt: int, repository: str, scan: ScanRow) -> None:
        self._database = database
        self._workflow_id, self._attempt = workflow_id, attempt
        self._repository, self._scan = repository, scan
        self._waiting: list[Sentence] = []
        self._told = 0
        self._last = time.monotonic() - COALESCE_SECONDS  # the first sentence need not wait

    async def add(self, sentences: list[Sentence]) -> None:
        self._waiting += sentences
        if self._waiting and time.monotonic() - self._last >= COALESCE_SECONDS:
            await self.flush()

    async def flush(self) -> None:
        if not self._waiting:
            return
        text = text_of(self._waiting, self._told)[:MAX_TEXT]
        payload = AskDelta(attempt=self._attempt, sentence=self._told, text=text)
        event = NewEvent(
            payload=payload,
            subject=self._repository,
            idempotency_key=f"{self._workflow_id}/ask/{self._attempt}/{self._told}",
            job_id=self._workflow_id,
            repository_id=self._scan.repository_id,
        )
        self._told += len(self._waiting)
        self._waiting = []
        async with self._database.transaction() as connection:
            await append(connection, [event])
        self._last = time.monotonic()
