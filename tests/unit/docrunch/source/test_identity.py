"""One repository has one name, wherever it lies, and the name holds no credentials."""

from typing import Any

import pytest

from docrunch.errors import UsageError
from docrunch.source.identity import given_name


def test_basenames_lose_archive_suffixes(world: Any) -> None:
    assert world.scan(world.put("flask-3.0.tar.gz", {"a.py": "1\n"})).source.repository == "flask-3.0"
    root = world.repository("work", {"a.py": "1\n"})
    world.git(world.root, "clone", "-q", "--bare", str(root), "tool.git")
    (world.root / "tool.git/config").write_text("[core]\n\tbare = true\n")
    assert world.scan(world.root / "tool.git").source.repository == "tool"


def test_an_origin_that_is_a_path_gives_no_name_and_no_link(world: Any) -> None:
    root = world.repository("work", {"a.py": "1\n"})
    world.git(root, "remote", "add", "origin", "/home/somebody/private/place.git")
    source = world.scan(root).source
    assert (source.repository, source.url) == ("work", None)


@pytest.mark.parametrize("name", ["", " ", "-x", "../up", "a\nb", "a\x00", "x" * 300, "/abs", "<b>"])
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(UsageError):
        given_name(name)


@pytest.mark.parametrize("name", ["mine", "github.com/owner/name", "Ünïcode 2", "@scope".removeprefix("@")])
def test_names_that_are_taken(name: str) -> None:
    assert given_name(f" {name} ") == name
