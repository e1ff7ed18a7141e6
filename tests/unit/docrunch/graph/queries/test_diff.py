"""Diffs as git, diff and mail programs write them, and as somebody writes them who wants to break us."""

import random
import subprocess
from pathlib import Path

import pytest

from docrunch.errors import LimitExceeded, UsageError
from docrunch.graph.queries import diff
from docrunch.graph.queries.diff import Lines, names, read_diff

PLAIN = b"""diff --git a/x.py b/x.py
index 1..2 100644
--- a/x.py
+++ b/x.py
@@ -1,4 +1,4 @@ def f
 one
-two
+TWO
 three
 four
@@ -10,2 +10,3 @@
 ten
+between
 eleven
"""


def test_lines_of_both_sides():
    (file,) = read_diff(PLAIN)
    assert (file.old, file.new, file.whole) == ("a/x.py", "b/x.py", False)
    assert file.removed == (Lines(2, 2), Lines(10, 11, True))
    assert file.added == (Lines(2, 2), Lines(11, 11))
    assert names(file.old) == ("x.py", "a/x.py")


def test_crlf_diffs_are_the_same():
    assert read_diff(PLAIN.replace(b"\n", b"\r\n"))[0].removed == read_diff(PLAIN)[0].removed


def test_content_that_looks_like_a_head_is_content():
    text = b"--- a/x\n+++ b/x\n@@ -1,3 +1,2 @@\n--- a/y\n-@@ -1 +1 @@\n z\n+++ b/y\n"
    (file,) = read_diff(text)
    assert (file.new, file.removed) == ("b/x", (Lines(1, 2), Lines(3, 4, True)))
    assert file.added == (Lines(1, 1, True), Lines(2, 2))


def test_a_last_line_without_newline():
    text = b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
    assert read_diff(text)[0].removed == (Lines(1, 1),)


def test_new_deleted_renamed_binary_and_mode_only():
    text = b"""diff --git a/new.py b/new.py
new file mode 100644
--- /dev/null
+++ b/new.py
@@ -0,0 +1,2 @@
+a
+b
diff --git a/gone.py b/gone.py
deleted file mode 100644
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-a
diff --git a/was.py b/is.py
similarity index 100%
rename from was.py
rename to is.py
diff --git a/logo.png b/logo.png
index 1..2 100644
Binary files a/logo.png and b/logo.png differ
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
"""
    found = [(file.old, file.new, file.whole) for file in read_diff(text)]
    assert found == [
        ("", "b/new.py", False),
        ("a/gone.py", "", False),
        ("was.py", "is.py", True),
        ("a/logo.png", "b/logo.png", True),
        ("a/run.sh", "b/run.sh", True),
    ]


def test_files_that_follow_each_other_without_a_git_head():
    text = b"--- /dev/null\n+++ b/1\n@@ -0,0 +1 @@\n+a\n--- /dev/null\n+++ b/2\n@@ -0,0 +1 @@\n+b\n"
    assert [file.new for file in read_diff(text)] == ["b/1", "b/2"]


def test_what_git_says_of_odd_names(tmp_path: Path):
    def git(*arguments: str) -> bytes:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(tmp_path), *arguments]
        return subprocess.run(command, check=True, capture_output=True).stdout

    odd = ["a b.py", 'q"uote.py', "t\tab.py", "\u00e9\u4e2d.py", "b/a b/c.py", "-x.py", "back\\slash.py"]
    git("init", "-q")
    for name in odd:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one\ntwo\n")
    git("add", "-A")
    git("commit", "-qm", "x")
    for name in odd:
        (tmp_path / name).write_text("one\nTWO\n")
    for options in ([], ["--no-prefix"], ["-U0"], ["--binary"]):
        found = read_diff(git("diff", *options))
        assert {name for file in found for name in names(file.old)} >= set(odd)
        assert all(file.removed == (Lines(2, 2),) for file in found)


@pytest.mark.parametrize("text", [b"hello\n", b"\0\xff\xfe", b"@@ -1 +1 @@\n-a\n+b\n"])
def test_what_is_no_diff_is_refused(text: bytes):
    with pytest.raises(UsageError):
        read_diff(text)


def test_nothing_changes_nothing():
    assert read_diff(b"") == ()
    assert read_diff(b"\n") == ()


def test_a_diff_has_a_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(diff, "MAX_DIFF_BYTES", 10)
    with pytest.raises(LimitExceeded):
        read_diff(PLAIN)


def test_damaged_diffs_are_read_as_far_as_they_go():
    random_ = random.Random(4)
    whole = PLAIN * 5
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(random_.randrange(1, 20)):
            place = random_.randrange(len(data))
            data[place : place + random_.randrange(3)] = random_.randbytes(random_.randrange(3))
        try:
            files = read_diff(bytes(data))
        except UsageError:
            continue
        assert all(each.first <= each.last for file in files for each in (*file.removed, *file.added))


def test_a_hunk_that_lies_about_its_length_swallows_no_other_file():
    text = b"--- a/x\n+++ b/x\n@@ -1,999999999 +1,999999999 @@\n-a\n" + PLAIN
    assert [file.new for file in read_diff(text)] == ["b/x", "b/x.py"]
