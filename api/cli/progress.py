"""Live progress on stderr: bars on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from api.cli.output import printable, say

if TYPE_CHECKING:
    from api.cli.bars import Bars

PLAIN_SECONDS = 5.0  # between two plain lines of one phase


class Meter:
    """``update`` as often as you like; each phase has a count, a rate and, where the total is known, an ETA."""

    def __init__(self, now: Callable[[], float] = time.monotonic, *, terminal: bool | None = None) -> None:
        self._now = now
        self._bars = _bars() if (sys.stderr.isatty() if terminal is None else terminal) else None
        self._started: dict[str, float] = {}
        self._said: dict[str, tuple[float, int, str]] = {}
        self._waited = False

    def __enter__(self) -> "Meter":
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def update(self, phase: str, done: int = 0, total: int = 0, note: str = "") -> None:
        """``total`` 0: not known. ``note``: one sentence, shown behind the counts."""
        note = printable(note)
        started = self._started.setdefault(phase, self._now())
        status = describe(done, total, self._now() - started)
        if self._bars is not None:
            self._bars.update(phase, done, total, status, note)
        else:
            self._plain(phase, done, total, note, status)

    def waiting(self, note: str) -> None:
        """What keeps the run from going on; empty once nothing does."""
        if note or self._waited:
            self.update("waiting", note=note or "over; the run goes on")
        self._waited = bool(note)

    def _plain(self, phase: str, done: int, total: int, note: str, status: str) -> None:
        at, last, last_note = self._said.get(phase, (-PLAIN_SECONDS, -1, ""))
        finished = total > 0 and done >= total > last
        due = self._now() - at >= PLAIN_SECONDS and done != last
        if finished or due or note != last_note or phase not in self._said:
            self._said[phase] = (self._now(), done, note)
            counts = f" {done:,}/{total:,}" if total else f" {done:,}" if done else ""
            say(f"{phase}:{counts}{f'  {status}' if status else ''}{f'  {note}' if note else ''}")


def describe(done: int, total: int, seconds: float) -> str:
    """``123/s, 0:42 left``; empty until there is something to say."""
    if done <= 0 or seconds < 0.5:
        return ""
    rate = done / seconds
    parts = [f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s"]
    if total > done:
        left = (total - done) / rate
        parts.append(f"{int(left) // 60}:{int(left) % 60:02} left")
    return ", ".join(parts)


def _bars() -> "Bars":
    from api.cli.bars import Bars  # with rich, 20 ms, for terminals only

    return Bars()
