"""Plain directories: ignore files hold, our own outputs never count, links are never followed."""

import os
import time
from typing import Any

import pytest

from docrunch.errors import LimitExceeded, NotFound, UsageError
from docrunch.options import Limits, ScanOptions


def test_ignore_files_apply_at_every_level(world: Any) -> None:
    root = world.put(
        "src",
        {
            ".gitignore": "*.log\n/build/\nout/\n!keep.log\n",
            ".docrunchignore": "drafts/\n",
            "a.py": "1\n",
            "x.log": "1\n",
            "keep.log": "1\n",
            "build/b.py": "1\n",
            "sub/build/c.py": "1\n",
            "sub/.gitignore": "!x.log\nlocal.py\n",
            "sub/x.log": "1\n",
            "sub/local.py": "1\n",
            "sub/out/d.py": "1\n",
            "drafts/e.md": "1\n",
        },
    )
    found = set(world.read(world.scan(root)))
    assert found == {
        ".gitignore",
        ".docrunchignore",
        "a.py",
        "keep.log",
        "sub/build/c.py",
        "sub/.gitignore",
        "sub/x.log",
    }


def test_what_docrunch_writes_does_not_change_the_tree(world: Any) -> None:
    root = world.put("src", {"a.py": "1\n"})
    before = world.scan(root).tree_sha256
    world.put("src", {"docrunch-docs/index.md": "x\n", ".docrunch/offline_files.json": "x", "a.docpack": "x"})
    assert world.scan(root).tree_sha256 == before


def test_links_out_of_the_source_are_not_followed(world: Any) -> None:
    world.put("outside", {"secret.py": "secret = 1\n"})
    root = world.put("src", {"a.py": "1\n"})
    (root / "file.py").symlink_to(world.root / "outside/secret.py")
    (root / "dir").symlink_to(world.root / "outside")
    os.mkfifo(root / "pipe.py")
    tree = world.scan(root)
    assert set(world.read(tree)) == {"a.py"}
    assert world.skips(tree) == {"file.py": "symlink", "dir": "symlink", "pipe.py": "special"}


def test_linked_ignore_files_are_not_read(world: Any) -> None:
    root = world.put("src", {"a.py": "1\n"})
    (world.root / "patterns").write_text("a.py\n")
    (root / ".gitignore").symlink_to(world.root / "patterns")
    assert set(world.read(world.scan(root))) == {"a.py"}


def test_subdirectory_include_and_exclude(world: Any) -> None:
    root = world.put(
        "src", {"a.py": "1\n", "pkg/b.py": "1\n", "pkg/c.md": "1\n", "pkg/t/d.py": "1\n", "pkg2/e.py": "1\n"}
    )

    def scan(**fields: Any) -> Any:
        return world.scan(root, options=ScanOptions(**fields))

    assert set(world.read(scan(path="pkg"))) == {"pkg/b.py", "pkg/c.md", "pkg/t/d.py"}
    assert set(world.read(scan(path="./pkg/", include=("*.py",), exclude=("t/",)))) == {"pkg/b.py"}
    assert world.skips(scan(exclude=("pkg",))) == dict.fromkeys(["pkg/b.py", "pkg/c.md", "pkg/t/d.py"], "excluded")
    with pytest.raises(NotFound, match="no directory"):
        scan(path="missing")
    for hostile in ("../x", "/etc", "a/../../b"):
        with pytest.raises(UsageError):
            scan(path=hostile)
    with pytest.raises(UsageError, match="usable pattern"):
        scan(exclude=("a*b*c*d*e*f*g",))


def test_including_by_name_overrides_vendored_and_generated(world: Any) -> None:
    files = {"node_modules/m/i.js": "1\n", "api_pb2.py": "1\n", "gen.py": "# @generated\nx = 1\n", "a.py": "1\n"}
    root = world.put("src", files)
    assert world.skips(world.scan(root)) == {
        "node_modules/m/i.js": "vendored",
        "api_pb2.py": "generated",
        "gen.py": "generated",
    }

    def included(*globs: str) -> set[str]:
        return set(world.read(world.scan(root, options=ScanOptions(include=globs))))

    assert included("*.js", "*.py") == {"a.py"}
    assert included("node_modules/**", "*_pb2.py", "gen.py") == {"node_modules/m/i.js", "api_pb2.py", "gen.py"}


def test_limits_fail_the_scan_or_list_the_file(world: Any) -> None:
    root = world.put("src", {f"{number}.py": "x = 1\n" * 10 for number in range(10)})
    assert set(world.skips(world.scan(root, options=ScanOptions(limits=Limits(max_file_bytes=50)))).values()) == {
        "too_large"
    }
    with pytest.raises(LimitExceeded, match="files"):
        world.scan(root, options=ScanOptions(limits=Limits(max_files=9)))
    with pytest.raises(LimitExceeded, match="bytes"):
        world.scan(root, options=ScanOptions(limits=Limits(max_total_bytes=500)))


def test_names_that_are_no_text_are_listed(world: Any) -> None:
    root = world.put("src", {"a.py": "1\n"})
    (root / os.fsdecode(b"caf\xe9.py")).write_text("1\n")
    (root / "line\nbreak.py").write_text("1\n")
    assert world.skips(world.scan(root)) == {"caf%E9.py": "unsafe_path", "line%0Abreak.py": "unsafe_path"}


def test_hostile_ignore_patterns_cost_nothing(world: Any) -> None:
    root = world.put(
        "src", {".gitignore": "*a" * 40 + "\n" + "[z-a]\n" + "ok.log\n", "a" * 200 + ".py": "1\n", "ok.log": "1\n"}
    )
    start = time.monotonic()
    tree = world.scan(root)
    assert time.monotonic() - start < 5
    assert "ok.log" not in {entry.path for entry in tree.entries}
    assert "ignore_pattern_refused" in {issue.reason for issue in tree.issues}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_files_are_listed(world: Any) -> None:
    root = world.put("src", {"a.py": "1\n", "b.py": "1\n"})
    (root / "b.py").chmod(0)
    assert world.skips(world.scan(root)) == {"b.py": "unreadable"}


def test_language_overrides(world: Any) -> None:
    root = world.put("src", {"a.inc": "1\n", "lib/b.inc": "1\n"})
    tree = world.scan(root, options=ScanOptions(languages=(("*.inc", "php"), ("lib/*", "python"))))
    assert {entry.path: entry.language for entry in tree.entries} == {"a.inc": "php", "lib/b.inc": "python"}


def test_a_secret_in_a_file_name_is_listed_without_it(world: Any) -> None:
    token = "gh" + "p_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
    root = world.put("d", {f"keys/{token}.py": "x = 1\n", f"{token}/a.py": "x = 1\n", "b.py": "x = 1\n"})
    tree = world.scan(root)
    paths = [entry.path for entry in tree.entries]
    assert sorted(paths) == ["*" * 40 + "/a.py", "b.py", "keys/" + "*" * 40 + ".py"]
    assert [entry.path for entry in tree.parsed_entries()] == ["b.py"]
