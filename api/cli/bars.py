"""Progress bars on a terminal."""

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from api.cli.output import colour_wanted


class Bars:
    """One bar per phase, in the order in which they were first heard of."""

    def __init__(self) -> None:
        self._rich = _progress()
        self._tasks: dict[str, TaskID] = {}

    def start(self) -> None:
        self._rich.start()

    def stop(self) -> None:
        self._rich.stop()

    def update(self, phase: str, done: int, total: int, status: str, note: str) -> None:
        """``total`` 0: not known."""
        if phase not in self._tasks:
            self._tasks[phase] = self._rich.add_task(phase, total=None, status="", note="")
        self._rich.update(self._tasks[phase], completed=done, total=total or None, status=status, note=note)


class _Count(MofNCompleteColumn):
    def render(self, task: Task) -> Text:
        return super().render(task) if task.total else Text(f"{int(task.completed):,}" if task.completed else "")


def _progress() -> Progress:
    console = Console(stderr=True, no_color=not colour_wanted(), highlight=False)
    return Progress(
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description:<9}"),
        BarColumn(bar_width=24),
        _Count(),
        TextColumn("{task.fields[status]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", markup=False),
        console=console,
    )
