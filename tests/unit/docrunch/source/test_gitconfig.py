"""The name and link of a repository, from a file that strangers write."""

import pytest

from docrunch.source.gitconfig import entries, last_value, origin_url, repository_of, web_url

CONFIG = """
[core]
\trepositoryformatversion = 0 ; comment
[Remote "upstream"]
\turl = https://x.example/wrong/one
[remote "origin"] url = "https://u:p@git.example.com/Team/Sub/Name.git" # comment
\tfetch = +refs/heads/*:refs/remotes/origin/*
\turl = https://second.example/a/b
[branch "a\\"b"]
\tmerge = refs/heads/\\
main
[extensions]
\tobjectFormat = sha256
broken line [[[
"""


def test_values_are_read_as_git_reads_them() -> None:
    assert origin_url(CONFIG) == "https://u:p@git.example.com/Team/Sub/Name.git"
    assert last_value(CONFIG, "extensions", "objectformat") == "sha256"
    assert last_value(CONFIG, "core", "repositoryformatversion") == "0"
    assert ("branch", 'a"b', "merge", "refs/heads/main") in list(entries(CONFIG))
    assert origin_url("[remote") is None


@pytest.mark.parametrize(
    ("url", "repository", "web"),
    [
        ("https://github.com/Owner/Name", "github.com/owner/name", "https://github.com/Owner/Name"),
        ("https://t0ken@github.com/o/n.git/", "github.com/o/n", "https://github.com/o/n"),
        ("git@github.com:Owner/Name.git", "github.com/owner/name", "https://github.com/Owner/Name"),
        ("ssh://git@gitlab.com:2222/g/s/n.git", "gitlab.com/g/s/n", "https://gitlab.com/g/s/n"),
        ("/srv/git/name.git", None, None),
        ("../name", None, None),
        ("file:///srv/git/name", None, None),
        ("ext::sh -c id", None, None),
        ("https://github.com/../../x", None, None),
        ("https://github.com/a/b c", None, None),
        ("C:/repos/name", None, None),
    ],
)
def test_identity_of_an_origin(url: str, repository: str | None, web: str | None) -> None:
    assert repository_of(url) == repository
    assert web_url(url) == web
