"""A supervisor outlives a disk that is full: everything else on the machine needs it to."""

import errno
from pathlib import Path

import pytest

from docrunch.config import load_settings
from workers.stack import supervisor
from workers.stack.state import StackState, prepare_home
from workers.stack.supervisor import Supervisor


def test_a_state_that_cannot_be_written_is_written_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings({"home": tmp_path / "home"})
    prepare_home(settings.home)
    written: list[StackState] = []
    full = True

    def write(_home: Path, state: StackState) -> None:
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(state)

    monkeypatch.setattr(supervisor, "write_state", write)
    subject = Supervisor(settings, separate=False)
    with pytest.raises(OSError, match="No space"):
        subject._write(message="a stack that is starting says why it cannot")
    subject._write(phase="ready")
    subject._tend()
    assert written == []
    full = False
    subject._tend()
    assert [state.phase for state in written] == ["ready"]
    subject._tend()
    assert len(written) == 1
