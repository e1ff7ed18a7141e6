"""Entities are told apart over all repositories, and what people wait for goes first."""

from docrunch.storage.model import PRIORITIES, EntityType, entity_id


def test_the_same_path_in_two_refs_is_two_entities() -> None:
    assert entity_id(1, "src/a.py") != entity_id(2, "src/a.py")


def test_a_finding_of_repository_7_is_not_a_file_of_ref_7() -> None:
    assert entity_id(-7, "f1") != entity_id(7, "f1")


def test_every_type_has_a_priority_and_reports_go_before_scans() -> None:
    assert set(PRIORITIES) == set(EntityType)
    written = {EntityType.FINDING, EntityType.DECISION, EntityType.REPORT}
    assert max(PRIORITIES[each] for each in written) < min(PRIORITIES[each] for each in set(EntityType) - written)
