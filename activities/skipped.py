"""What is known of a scan before its first page: the files that have none."""

from collections.abc import Sequence

from activities.scans import Run
from db.events import NewEvent
from db.events.model import FilesSkipped
from docrunch.source.model import FileEntry

SKIPPED_PER_EVENT = 1_000  # keeps one payload below a hundred kilobytes


def skipped_events(run: Run, inventory: Sequence[FileEntry]) -> list[NewEvent]:
    """Which files of the inventory are not parsed, and why."""
    skipped = [entry for entry in inventory if entry.skip is not None]
    events = []
    for start in range(0, len(skipped), SKIPPED_PER_EVENT):
        part = skipped[start : start + SKIPPED_PER_EVENT]
        reasons = [str(entry.skip) for entry in part]
        payload = FilesSkipped(page=start, paths=[entry.path for entry in part], reasons=reasons)
        events.append(run.event(payload, f"skipped:{start}"))
    return events
