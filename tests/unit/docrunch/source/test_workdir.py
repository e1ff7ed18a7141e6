"""Jobs do not see each other, and leave nothing behind."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from docrunch.errors import Failed, NotFound
from docrunch.options import ScanOptions
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source, parse_spec
from docrunch.source.workdir import job_directory, sweep


def test_private_and_removed_on_every_outcome(tmp_path: Path) -> None:
    with job_directory(tmp_path / "jobs") as path:
        assert path.stat().st_mode & 0o777 == 0o700
        (path / "x").write_text("1")
    assert not path.exists()

    def fail() -> None:
        with job_directory(tmp_path / "jobs") as path:
            (path / "locked").mkdir()
            (path / "locked/f").write_text("1")
            (path / "locked").chmod(0o500)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list((tmp_path / "jobs").iterdir()) == []


def test_a_killed_job_is_swept_and_a_running_one_is_not(tmp_path: Path) -> None:
    root = tmp_path / "jobs"
    code = (
        "import sys, time; from pathlib import Path; from docrunch.source.workdir import job_directory\n"
        f"with job_directory(Path({str(root)!r})): print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=dict(os.environ))
    assert process.stdout is not None
    process.stdout.readline()
    later = time.time() + 7200
    assert sweep(root, timedelta(hours=1), now=later) == 0
    process.kill()
    process.wait()
    process.stdout.close()
    (root / "somebody-elses").mkdir()
    assert sweep(root, timedelta(hours=1), now=time.time()) == 0
    assert sweep(root, timedelta(hours=1), now=later) == 1
    assert [path.name for path in root.iterdir()] == ["somebody-elses"]
    assert sweep(tmp_path / "missing", timedelta(0), now=later) == 0


def test_a_sweep_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious/file").write_text("1")
    root = tmp_path / "jobs"
    root.mkdir()
    (root / "job-link").symlink_to(tmp_path / "precious")
    sweep(root, timedelta(0), now=time.time() + 10)
    assert (tmp_path / "precious/file").exists()


def test_nothing_of_job_a_is_readable_by_job_b(world: Any) -> None:
    a = world.put("a", {"secret-of-a.py": "a = 1\n"})
    b = world.repository("b", {"b.py": "b = 1\n"})
    with job_directory(world.root / "jobs") as work_a, job_directory(world.root / "jobs") as work_b:
        (work_a / "plain.py").write_text("left = 1\n")

        def read(source: Path, work: Path) -> Any:
            spec = parse_spec(str(source), cwd=world.root)
            return open_source(
                spec,
                ref=None,
                name=None,
                options=ScanOptions(),
                policy=SourcePolicy(),
                workdir=work,
                detect=world.detect,
            )

        tree_a, tree_b = read(a, work_a), read(b, work_b)
        names = [entry.path for entry in tree_a.entries]
        guesses = [
            *names,
            f"../a/{names[0]}",
            str(a / names[0]),
            f"../{work_a.name}/plain.py",
            str(work_a / "plain.py"),
        ]
        for path in guesses:
            with pytest.raises(NotFound):
                tree_b.text(path)
        stored = b"".join(item.read_bytes() for item in work_b.rglob("*") if item.is_file())
        assert b"a = 1" not in stored
        assert all(item.stat().st_mode & 0o077 == 0 for item in (work_a, work_b))
        tree_a.close()
        tree_b.close()


def test_a_directory_that_others_can_open_is_refused(world: Any) -> None:
    work = world.root / "open"
    work.mkdir(mode=0o755)
    with pytest.raises(Failed, match="0700"):
        open_source(
            parse_spec(str(world.put("src", {"a.py": "1\n"})), cwd=world.root),
            ref=None,
            name=None,
            options=ScanOptions(),
            policy=SourcePolicy(),
            workdir=work,
            detect=world.detect,
        )


def test_a_tick_that_raises_ends_the_reading_without_leftovers(world: Any) -> None:
    root = world.repository("src", {f"{number}.py": f"x = {number}\n" for number in range(20)})
    calls = 0

    def tick() -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise InterruptedError

    with job_directory(world.root / "jobs") as work, pytest.raises(InterruptedError):
        open_source(
            parse_spec(str(root), cwd=world.root),
            ref=None,
            name=None,
            options=ScanOptions(),
            policy=SourcePolicy(),
            workdir=work,
            detect=world.detect,
            tick=tick,
        )
    assert list((world.root / "jobs").iterdir()) == []
