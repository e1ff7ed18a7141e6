"""Stores name what differs in their own ways: a repair must mean the same entity, and never another one."""

import pytest

from activities.projecting import full_name, key_of
from db.repositories.projections import Key, Scope
from docrunch.storage.model import EntityType

FILE, PAGE = EntityType.FILE, EntityType.PAGE
HASHES: dict[Key, bytes] = {(FILE, "a.py"): b"1", (PAGE, "index.md"): b"2", (FILE, ""): b"3"}
SCOPE = Scope(repository_id=3, ref_id=7)


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("file:a.py", (FILE, "a.py")),
        ("file:gone:x.py", (FILE, "gone:x.py")),
        ("file:", (FILE, "")),
        ("index.md", (PAGE, "index.md")),
        ("7/a.py", (FILE, "a.py")),
        ("node n_abc", None),
        ("edge n_a -- n_b", None),
    ],
)
def test_what_a_name_means(name: str, means: Key | None) -> None:
    assert key_of(name, HASHES, SCOPE, {FILE, PAGE}) == means


def test_a_store_of_one_type_may_leave_it_out() -> None:
    assert key_of("stray.md", HASHES, SCOPE, {PAGE}) == (PAGE, "stray.md")


def test_what_is_no_entity_keeps_its_name() -> None:
    assert full_name("node n_abc", HASHES, SCOPE, {FILE, PAGE}) == "node n_abc"
    assert full_name("index.md", HASHES, SCOPE, {FILE, PAGE}) == "page:index.md"
