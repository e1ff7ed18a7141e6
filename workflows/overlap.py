"""How long two activities ran, and how long at the same time: seen from the workflow, in constant memory."""


class Overlap:
    """Counts wall seconds in which parsing, embedding, and both were going on."""

    def __init__(self) -> None:
        self._running = {"parse": 0, "embed": 0}
        self._since: float | None = None
        self.parse_seconds = 0.0
        self.embed_seconds = 0.0
        self.both_seconds = 0.0

    @property
    def embedding(self) -> bool:
        return self._running["embed"] > 0

    def begin(self, what: str, now: float) -> None:
        self._advance(now)
        self._running[what] += 1

    def end(self, what: str, now: float) -> None:
        self._advance(now)
        self._running[what] -= 1

    def _advance(self, now: float) -> None:
        passed = 0.0 if self._since is None else max(0.0, now - self._since)
        self._since = now
        parsing, embedding = self._running["parse"] > 0, self._running["embed"] > 0
        self.parse_seconds += passed if parsing else 0.0
        self.embed_seconds += passed if embedding else 0.0
        self.both_seconds += passed if parsing and embedding else 0.0
