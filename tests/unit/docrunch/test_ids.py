"""Identifiers are a contract: a change of one of these values breaks every stored graph and every link to a run."""

import pytest

from docrunch import ids


def test_node_ids_are_those_of_the_published_rule() -> None:
    # base32(sha256(path NUL qualified name NUL kind NUL ordinal))[:26], computed apart from the code
    import base64
    import hashlib

    digest = hashlib.sha256(b"src/a.py\0a.f\0function\x000").digest()
    assert ids.node_id("src/a.py", "a.f", "function", 0) == "n_" + base64.b32encode(digest).decode().lower()[:26]


def test_each_part_of_a_node_id_counts() -> None:
    base = ("a.py", "a.f", "function", 0)
    others = [("b.py", *base[1:]), (base[0], "a.g", *base[2:]), (*base[:2], "method", 0), (*base[:3], 1)]
    assert len({ids.node_id(*base), *(ids.node_id(*other) for other in others)}) == 5


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("github.com/Pallets/Flask", "github.com-pallets-flask"),
        ("Füße & Co", "f-e-co"),
        ("../..", "repository"),
        ("", "repository"),
        ("a" * 200, "a" * 80),
    ],
)
def test_slugs_are_safe_in_paths_urls_and_workflow_ids(name: str, slug: str) -> None:
    assert ids.slug(name) == slug


def test_archive_suffixes_do_not_become_part_of_a_name() -> None:
    assert [ids.strip_archive_suffix(name) for name in ("a-1.0.tar.gz", "b.ZIP", "c.tgz", "d.gz")] == [
        "a-1.0",
        "b",
        "c",
        "d.gz",
    ]


def test_two_dirty_states_of_one_commit_are_two_jobs() -> None:
    sha, one, other = "a" * 40, "b" * 64, "c" * 64
    made = {ids.job_id("s", f"{sha}+dirty:{one}", "r"), ids.job_id("s", f"{sha}+dirty:{other}", "r")}
    assert len(made) == 2
    assert ids.job_id("s", "tree:" + one, "r") == "docpack:s:bbbbbbbbbbbb:r"
    assert ids.job_id("s", sha, "r") == "docpack:s:aaaaaaaaaaaa:r"


def test_request_hash_separates_its_parts() -> None:
    assert ids.request_hash("ab", "c") != ids.request_hash("a", "bc")
