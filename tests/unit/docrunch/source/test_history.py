"""Churn is counted alike on every machine, and where there is no history nobody is told zero."""

import os
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from docrunch.errors import SourceRefused
from docrunch.source import history
from docrunch.source.churn import Absent, Churn, FileChurn, Touch
from docrunch.source.history import KnownChanges, read_churn
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import parse_spec

DAY = 86_400
START = int(datetime(2024, 6, 1, tzinfo=UTC).timestamp())


class Repository:
    """Commits with given days and authors; ``read`` asks for all files of a commit."""

    def __init__(self, world: Any, name: str = "repo") -> None:
        self.world = world
        self.root: Path = world.root / name
        self.root.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, day: int = 0, author: str = "ann@a") -> str:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.world.root),
            "GIT_CONFIG_NOSYSTEM": "1",
            **dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"@{START + day * DAY} +0000"),
            **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "A"),
            **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), author),
        }
        done = subprocess.run(["git", *arguments], cwd=self.root, env=env, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, day: int = 0, author: str = "ann@a", **files: str | None) -> str:
        for name, text in files.items():
            path = self.root / f"{name}.py"
            path.unlink(missing_ok=True) if text is None else path.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "c", day=day, author=author)
        return self.git("rev-parse", "HEAD")

    def read(self, commit: str | None = None, **given: Any) -> Churn | Absent:
        sha = commit or self.git("rev-parse", "HEAD")
        paths = self.git("ls-tree", "-r", "--name-only", "-z", sha.partition("+")[0]).split("\0")
        spec = parse_spec(str(self.root), cwd=self.world.root)
        return read_churn(spec, sha, paths, policy=SourcePolicy(), workdir=self.world.job(), **given)

    def files(self, **given: Any) -> dict[str, FileChurn]:
        found = self.read(**given)
        assert isinstance(found, Churn)
        return found.files


@pytest.fixture
def repo(world: Any) -> Repository:
    return Repository(world)


def test_commits_lines_authors_and_the_last_day_of_each_file(repo: Repository) -> None:
    repo.commit(0, a="1\n2\n", b="1\n")
    repo.commit(1, author="BOB@b", a="1\n2\n3\n")
    repo.commit(2, author="bob@B", a="1\n3\n")
    repo.commit(3, c="gone\n")
    repo.commit(4, c=None)
    found = repo.read()
    assert isinstance(found, Churn)
    assert (found.commits, found.complete, found.since) == (5, True, date(2023, 6, 6))
    assert found.files == {
        "a.py": FileChurn(3, 3, 1, 2, date(2024, 6, 3)),
        "b.py": FileChurn(1, 1, 0, 1, date(2024, 6, 1)),
    }


def test_the_window_ends_with_the_scanned_commit_whatever_the_clock_says(repo: Repository) -> None:
    repo.commit(0, a="1\n", old="1\n")
    middle = repo.commit(200, a="2\n")
    repo.commit(400, a="3\n")
    assert repo.files()["a.py"].commits == 2
    assert "old.py" not in repo.files()
    assert repo.files(commit=middle)["a.py"] == FileChurn(2, 2, 1, 1, date(2024, 12, 18))
    assert repo.files(commit=f"{middle}+dirty:{'0' * 64}") == repo.files(commit=middle)


def test_dates_after_the_scanned_commit_are_taken_for_its_own(repo: Repository) -> None:
    repo.commit(3000, a="1\n")
    repo.commit(1, a="2\n")
    assert repo.files()["a.py"] == FileChurn(2, 2, 1, 1, date(2024, 6, 2))


def test_a_date_of_thousands_of_digits_is_long_ago(repo: Repository) -> None:
    tree = repo.git("rev-parse", f"{repo.commit(0, a='1' + chr(10))}^{{tree}}")
    who = f"A <a@a> {'9' * 5000} +0000"
    odd = repo.root / "odd"
    odd.write_text(f"tree {tree}\nauthor {who}\ncommitter {who}\n\nc\n")
    first = repo.git("hash-object", "-t", "commit", "-w", "--literally", "odd")
    odd.unlink()
    repo.git("reset", "-q", "--hard", first)
    repo.commit(1, a="2\n")
    assert repo.files()["a.py"] == FileChurn(1, 1, 1, 1, date(2024, 6, 2))


def test_a_commit_of_a_few_trees_that_name_endless_files_costs_bounded_memory(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit(0, a="1\n")
    tree = repo.git("rev-parse", "HEAD^{tree}")
    for _ in range(4):
        listed = "".join(f"040000 tree {tree}\td{n}\n" for n in range(10))
        tree = subprocess.run(
            ["git", "mktree"], cwd=repo.root, input=listed, check=True, capture_output=True, text=True
        ).stdout.strip()
    many = repo.git("commit-tree", "-p", "HEAD", "-m", "c", tree, day=1)
    assert isinstance(repo.read(many), Churn)
    monkeypatch.setattr(history, "MAX_MEMORY", 3 << 10)
    assert isinstance(repo.read(), Churn)
    assert repo.read(many) is Absent.UNREADABLE


def test_merges_count_what_was_done_on_the_branches_once(repo: Repository) -> None:
    repo.commit(0, a="1\n", b="1\n")
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit(1, a="1\n2\n")
    repo.git("checkout", "-q", "main")
    repo.commit(2, b="1\n2\n")
    repo.git("merge", "-q", "--no-ff", "-m", "m", "topic", day=3)
    assert {path: each.commits for path, each in repo.files().items()} == {"a.py": 2, "b.py": 2}


def test_a_moved_file_keeps_its_past_and_a_new_one_of_the_old_name_has_its_own(repo: Repository) -> None:
    repo.commit(0, a="1\n2\n3\n")
    repo.commit(1, a="1\n2\n3\n4\n")
    repo.git("mv", "a.py", "b.py")
    repo.commit(2)
    repo.commit(3, a="x\n")
    assert repo.files() == {
        "a.py": FileChurn(1, 1, 0, 1, date(2024, 6, 4)),
        "b.py": FileChurn(3, 4, 0, 1, date(2024, 6, 3)),
    }


def test_odd_names_and_binary_files(repo: Repository) -> None:
    odd = 'a\tb\n"c" \N{SNOWMAN}\x01.py'
    (repo.root / odd).write_text("1\n")
    (repo.root / "bin").write_bytes(b"\0\1")
    repo.commit(0)
    (repo.root / "bin").write_bytes(b"\0\2")
    repo.commit(1, author="a\N{SNOWMAN}@b")
    found = repo.files()
    assert found[odd] == FileChurn(1, 1, 0, 1, date(2024, 6, 1))
    assert found["bin"] == FileChurn(2, 0, 0, 2, date(2024, 6, 2))


def test_what_was_compared_before_is_not_compared_again_and_changes_nothing(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = KnownChanges()
    repo.commit(0, a="1\n")
    repo.commit(1, a="2\n")
    repo.files(known=known)
    new = repo.commit(2, a="3\n")
    compared: list[str] = []
    real = history._History._compared

    def noted(self: Any, shas: Any) -> Any:
        compared.extend(shas)
        return real(self, shas)

    monkeypatch.setattr(history._History, "_compared", noted)
    again = repo.files(known=known)
    assert compared == [new]
    assert again == repo.files()


def test_what_is_remembered_is_bounded() -> None:
    known = KnownChanges(kept=600)
    for sha in ("a", "b", "c", "d"):
        known.put("objects", sha, ())
    assert [known.get("objects", sha) for sha in ("a", "b", "d")] == [None, (), ()]
    assert known.get("other objects", "d") is None
    known.put("objects", "long", (Touch("n" * 4_000, 1, 0),))
    assert known.get("objects", "long") is None


def test_a_window_of_too_many_commits_says_that_it_is_cut(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(4):
        repo.commit(day, a=f"{day}\n")
    monkeypatch.setattr(history, "MAX_COMMITS", 3)
    found = repo.read()
    assert isinstance(found, Churn)
    assert (found.commits, found.complete, found.files["a.py"].commits) == (3, False, 3)


@pytest.fixture
def clones(repo: Repository) -> Repository:
    repo.commit(0, a="1\n")
    repo.commit(1, a="2\n")
    return repo


def test_a_shallow_clone_has_no_churn(clones: Repository) -> None:
    clones.git("clone", "-q", "--depth", "1", f"file://{clones.root}", "../shallow")
    clones.root = clones.world.root / "shallow"
    assert clones.read() is Absent.SHALLOW


def test_a_partial_clone_has_no_churn(clones: Repository) -> None:
    old = clones.git("rev-parse", "HEAD~:a.py")
    (clones.root / ".git" / "objects" / old[:2] / old[2:]).unlink()
    assert clones.read() is Absent.UNREADABLE


def test_archives_directories_and_what_is_gone_have_no_churn(clones: Repository) -> None:
    plain = clones.world.put("plain", {"a.py": ""})
    spec = parse_spec(str(plain), cwd=plain)
    given = {"policy": SourcePolicy(), "workdir": clones.world.job()}
    assert read_churn(spec, "tree:" + "0" * 64, ["a.py"], **given) is Absent.NO_HISTORY
    spec = parse_spec(str(clones.root), cwd=plain)
    sha = clones.git("rev-parse", "HEAD")
    (clones.root / ".git").rename(clones.world.root / "elsewhere")
    assert read_churn(spec, sha, ["a.py"], **given) is Absent.GONE


def test_a_git_that_takes_too_long_is_stopped(clones: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "GIT_SECONDS", 0.0)
    assert clones.read() is Absent.TOO_LARGE


def test_a_git_that_writes_too_much_is_stopped(clones: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    known = KnownChanges()
    clones.read(known=known)
    for limit, enough in ((100, False), (200, False), (400, True)):  # listing two commits takes 160, comparing them 110
        monkeypatch.setattr(history, "MAX_OUTPUT", limit)
        assert (clones.read() is not Absent.TOO_LARGE) == enough
    monkeypatch.setattr(history, "MAX_OUTPUT", 200)
    assert clones.read(known=known) is not Absent.TOO_LARGE


def test_the_reading_ends_when_it_is_told_to(clones: Repository) -> None:
    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        clones.read(tick=stop)


def test_a_server_that_allows_no_paths_reads_no_history_from_one(clones: Repository) -> None:
    spec = parse_spec(str(clones.root), cwd=clones.root)
    with pytest.raises(SourceRefused):
        read_churn(spec, "0" * 40, [], policy=SourcePolicy(allow_local=False), workdir=clones.world.job())


def test_nothing_of_the_repository_is_run(clones: Repository) -> None:
    """Drivers, textconv and attributes of the repository would run commands or hide lines."""
    proof = clones.world.root / "proof"
    (clones.root / ".gitattributes").write_text("*.py diff=evil\n*.py -diff\n")
    for key in ("diff.evil.textconv", "diff.evil.command", "diff.external", "log.showSignature", "gpg.program"):
        clones.git("config", key, f"touch {proof}")
    clones.commit(2, a="3\n")
    assert clones.files()["a.py"] == FileChurn(3, 3, 2, 1, date(2024, 6, 3))
    assert not proof.exists()
