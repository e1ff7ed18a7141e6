"""``scan --watch`` on a real directory: a change scans again, a failure does not end it, Ctrl-C does."""

import threading
import time
from pathlib import Path

import pytest

from api.cli.scan_flags import ScanFlags
from api.cli.scan_watch import INTERRUPTED, watch_source
from docrunch.errors import Failed, UsageError
from docrunch.source.spec import parse_spec


def watched(folder: Path, answers: list[int | Failed]) -> tuple[int, int]:
    """The exit code, and how many scans were begun; a file changes before each scan but the first."""
    begun = 0

    def scan(_: ScanFlags) -> int:
        nonlocal begun
        begun += 1
        answer = answers[min(begun, len(answers)) - 1]
        threading.Timer(1.0, change).start()
        if isinstance(answer, Failed):
            raise answer
        return answer

    def change() -> None:
        (folder / "a.py").write_text(f"at = {time.monotonic_ns()}\n")

    flags = ScanFlags(source=str(folder))
    return watch_source(flags, parse_spec(str(folder), cwd=folder), scan), begun


def test_a_change_scans_again_and_an_interrupted_scan_ends_the_watch(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = 1\n")
    assert watched(tmp_path, [0, Failed("this version does not parse"), INTERRUPTED]) == (INTERRUPTED, 3)


def test_an_interrupt_during_the_first_scan_does_not_start_to_watch(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = 1\n")
    assert watched(tmp_path, [INTERRUPTED]) == (INTERRUPTED, 1)


def test_only_local_directories_are_watched(tmp_path: Path) -> None:
    flags = ScanFlags(source="https://github.com/a/b")
    with pytest.raises(UsageError):
        watch_source(flags, parse_spec("https://github.com/a/b", cwd=tmp_path), lambda _: 0)
