"""No page leaves its tree, and no two refs share one."""

import pytest

from docrunch.documentation.tree.names import PageRefused, check_page_path, ref_folder, same_name


@pytest.mark.parametrize("path", ["index.md", "modules/a-abcdefgh.md", "n" * 252 + ".md", "ä/ö.md", "modules/index.md"])
def test_plain_paths_are_pages(path: str) -> None:
    check_page_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "../x.md",
        "a/../../x.md",
        "/etc/x.md",
        "a//b.md",
        "./a.md",
        "a/./b.md",
        "a\0.md",
        "a\n.md",
        "a\\b.md",
        "C:/x.md",
        "x.txt",
        "",
        ".md",
        ".docrunch-stage/0.md",
        ".git/hooks/x.md",
        "a/.hidden.md",
        "\udc80.md",
        "n" * 253 + ".md",
        "a/" * 20 + "b.md",
        " /x.md",
    ],
)
def test_everything_else_is_refused(path: str) -> None:
    with pytest.raises(PageRefused):
        check_page_path(path)


def test_names_that_some_file_systems_take_for_one_are_equal() -> None:
    assert same_name("Modules/A.md") == same_name("modules/a.md")
    assert same_name("e\u0301.md") == same_name("\u00e9.md")


def test_a_plain_ref_is_its_directory() -> None:
    assert [ref_folder(ref) for ref in ("main", "v1.2", "@worktree")] == ["main", "v1.2", "@worktree"]


def test_refs_never_share_a_directory() -> None:
    hostile = ["feature/x", "feature-x", "Main", "MAIN", "main", "..", ".", "", "a/../b", "-x", "x" * 300, "é", "a b"]
    names = [ref_folder(ref) for ref in hostile]
    names += [ref_folder(name) for name in names if name not in hostile]  # a branch called like a hashed name
    assert len({name.casefold() for name in names}) == len(names)
    assert all("/" not in name and not name.startswith(".") and len(name) <= 100 for name in names)
