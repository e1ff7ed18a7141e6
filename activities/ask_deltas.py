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
        events = []
        while self._waiting:
            part, text = self._next()
            events.append(self._event(text))
            self._told += len(part)
            del self._waiting[: len(part)]
        async with self._database.transaction() as connection:
            await append(connection, events)
        self._last = time.monotonic()

    def _next(self) -> tuple[list[Sentence], str]:
        """As many of the first sentences as one event may hold, and their text; one at least, which is cut."""
        count = 1
        text = text_of(self._waiting[:1], self._told)
        for more in range(2, len(self._waiting) + 1):
            longer = text_of(self._waiting[:more], self._told)
            if len(longer) > MAX_TEXT:
                break
            count, text = more, longer
        return self._waiting[:count], text[:MAX_TEXT]

    def _event(self, text: str) -> NewEvent:
        return NewEvent(
            payload=AskDelta(attempt=self._attempt, sentence=self._told, text=text),
            subject=self._repository,
            idempotency_key=f"{self._workflow_id}/ask/{self._attempt}/{self._told}",
            job_id=self._workflow_id,
            repository_id=self._scan.repository_id,
        )
