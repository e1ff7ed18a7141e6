"""Parsing in child processes that may crash: one file is lost then, not the scan and not the worker."""

import selectors
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

import msgspec

from docrunch.options import Limits
from docrunch.parsing.frames import Batch, Job
from docrunch.parsing.model import FileFacts
from docrunch.parsing.worker_process import Cause, WorkerProcess
from docrunch.source.model import Issue

BATCH_FILES = 32
BATCH_BYTES = 128_000  # about 30 ms of work: enough to hide the round trip, small enough to share evenly
AHEAD_ITEMS = 512  # how far results may run ahead of the one that is yielded next
AHEAD_BYTES = 32_000_000
RECYCLE_FILES = 5_000  # a fresh child now and then, so that nothing a file leaves behind accumulates
RECYCLE_BYTES = 200_000_000
_POLL_SECONDS = 0.25
# What a repository full of files that hang may cost: the first of a language in a run get all the time and a second
# try, the others a tenth of it in processor time, which a busy machine does not use up. Who used that up has no second
# try; who was struck by the clock, as in a child that was stopped or starved, has.
PATIENT_FILES = 3
HURRIED_SHARE = 0.1


class ParseItem(msgspec.Struct, frozen=True):
    key: str  # the caller's name of the file; the parser does not see it
    text: bytes
    language: str


class ParseOutcome(msgspec.Struct, frozen=True):
    """Exactly one of ``facts`` and ``issue``. Only ``cacheable`` outcomes may enter a cache."""

    key: str
    facts: FileFacts | None = None
    issue: Issue | None = None  # reason parse_timeout | parser_crashed | parse_memory, with an empty path
    cacheable: bool = False


class _Task(msgspec.Struct):
    index: int
    item: ParseItem
    lost: int = 0  # how often a child died or was killed over it
    hurried: bool = False  # others of its language took all their time and did not come back


class ParsePool:
    """A fixed number of children, started when first needed and kept between runs.

    One thread at a time may use a pool.
    """

    def __init__(self, processes: int, limits: Limits) -> None:
        if processes < 1:
            raise ValueError("a parse pool needs at least one process")
        self._size = processes
        self._limits = limits
        self._idle: list[WorkerProcess] = []
        self._busy: dict[WorkerProcess, deque[_Task]] = {}
        self._running = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all children; a run in progress cannot go on."""
        for worker in self._busy:
            worker.kill()
        for worker in [*self._busy, *self._idle]:
            worker.stop()
        self._busy.clear()
        self._idle.clear()

    def pids(self) -> tuple[int, ...]:
        """Process ids of the living children, for monitoring."""
        return tuple(sorted(worker.pid for worker in [*self._busy, *self._idle]))

    def run(self, items: Iterable[ParseItem]) -> Iterator[ParseOutcome]:
        """Outcomes in the order of the items, which are taken from the iterable as they are needed.

        Raises:
            RuntimeError: another run of this pool is in progress.
        """
        if self._running:
            raise RuntimeError("a parse pool runs one sequence at a time")
        self._running = True
        try:
            yield from _Run(self, items).outcomes()
        finally:
            self._running = False
            for worker in list(self._busy):  # abandoned half-way
                worker.kill()
                self._retire(worker)

    def _worker(self, *, fresh: bool) -> WorkerProcess:
        while self._idle:
            worker = self._idle.pop()
            if not fresh and worker.files < RECYCLE_FILES and worker.bytes < RECYCLE_BYTES:
                return worker
            worker.stop()
        return WorkerProcess()

    def _retire(self, worker: WorkerProcess) -> None:
        self._busy.pop(worker, None)
        worker.stop()


class _Run:
    """One sequence: what is waiting, what each child works on, and what is done but not yet due."""

    def __init__(self, pool: ParsePool, items: Iterable[ParseItem]) -> None:
        self._pool = pool
        self._limits = pool._limits
        self._items = iter(items)
        self._waiting: deque[_Task] = deque()
        self._retry: deque[_Task] = deque()
        self._done: dict[int, ParseOutcome] = {}
        self._taken = 0
        self._next = 0
        self._ahead_bytes: dict[int, int] = {}
        self._exhausted = False
        self._hung: Counter[str] = Counter()  # files lost for their time, by language
        self._selector = selectors.DefaultSelector()

    def outcomes(self) -> Iterator[ParseOutcome]:
        try:
            while True:
                self._assign()
                while self._next in self._done:
                    outcome = self._done.pop(self._next)
                    self._ahead_bytes.pop(self._next, None)
                    self._next += 1
                    yield outcome
                if self._exhausted and self._next == self._taken:
                    return
                self._assign()
                self._pump()
        finally:
            self._selector.close()

    def _assign(self) -> None:
        """Give every free child work: first what must be retried, each alone in a fresh process."""
        busy = self._pool._busy
        while len(busy) < self._pool._size:
            if self._retry:
                batch, fresh = [self._retry.popleft()], True
            else:
                batch, fresh = self._take_batch(), False
            if not batch:
                return
            worker = self._pool._worker(fresh=fresh)
            busy[worker] = deque(batch)
            self._selector.register(worker.fileno(), selectors.EVENT_READ, worker)
            jobs = [self._job(task) for task in batch]
            worker.send(Batch(self._limits, jobs))  # a child that is gone shows as end of file

    def _job(self, task: _Task) -> Job:
        task.hurried = self._hung[task.item.language] >= PATIENT_FILES
        seconds = self._limits.parse_seconds * (HURRIED_SHARE if task.hurried else 1)
        return Job(task.item.text, task.item.language, seconds)

    def _take_batch(self) -> list[_Task]:
        batch: list[_Task] = []
        size = 0
        while len(batch) < BATCH_FILES and size < BATCH_BYTES:
            task = self._waiting.popleft() if self._waiting else self._take()
            if task is None:
                break
            batch.append(task)
            size += len(task.item.text)
        return batch

    def _take(self) -> _Task | None:
        full = self._taken - self._next >= AHEAD_ITEMS or sum(self._ahead_bytes.values()) >= AHEAD_BYTES
        if self._exhausted or (full and self._taken > self._next):
            return None
        item = next(self._items, None)
        if item is None:
            self._exhausted = True
            return None
        task = _Task(self._taken, item)
        self._ahead_bytes[task.index] = len(item.text)
        self._taken += 1
        return task

    def _pump(self) -> None:
        """Wait for results or the end of a child; then see whose time is up."""
        busy = self._pool._busy
        if not busy:
            return
        wait = max(0.0, min(min(worker.deadline for worker in busy) - time.monotonic(), _POLL_SECONDS))
        events = self._selector.select(wait)
        for key, _ in events:
            self._receive(key.data)
        if not events:
            now = time.monotonic()
            for worker in [worker for worker in busy if worker.deadline <= now]:
                worker.kill()
                seconds = f"{self._limits.parse_seconds:g}"
                self._lose(worker, Cause("parse_timeout", f"the parser took longer than {seconds} seconds"))

    def _receive(self, worker: WorkerProcess) -> None:
        results = worker.receive()
        if results is None:
            self._lose(worker, worker.autopsy())
            return
        tasks = self._pool._busy[worker]
        for result in results:
            if result.out_of_memory or result.facts is None:
                self._lose(worker, Cause("parse_memory", "the parser ran out of its memory limit"))
                return
            task = tasks.popleft()
            self._done[task.index] = ParseOutcome(task.item.key, facts=result.facts, cacheable=True)
            worker.deadline = time.monotonic() + self._limits.parse_seconds
        if not tasks:
            self._selector.unregister(worker.fileno())
            del self._pool._busy[worker]
            self._pool._idle.append(worker)

    def _lose(self, worker: WorkerProcess, cause: Cause) -> None:
        """The first task without a result is to blame; the others of the batch only wait again."""
        self._selector.unregister(worker.fileno())
        tasks = self._pool._busy[worker]
        self._pool._retire(worker)
        blamed = tasks.popleft()
        self._waiting.extendleft(reversed(tasks))
        blamed.lost += 1
        detail = cause.detail
        spent = blamed.hurried and cause.used_up
        if blamed.lost < 2 and not spent:
            self._retry.append(blamed)
            return
        if spent:
            share = f"{HURRIED_SHARE:.0%} of {self._limits.parse_seconds:g} seconds"
            detail = f"the parser used up {share}, what is left after {PATIENT_FILES} such files of the language"
        self._hung[blamed.item.language] += cause.reason == "parse_timeout"
        self._done[blamed.index] = ParseOutcome(blamed.item.key, issue=Issue("", cause.reason, detail, stage="parse"))
