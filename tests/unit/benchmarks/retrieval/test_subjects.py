"""What the split promises: nothing is judged on what it was tuned on."""

from pathlib import Path

from benchmarks.retrieval.subjects import SUBJECTS


def test_each_package_is_in_one_half_and_all_languages_in_both() -> None:
    names = [subject.name for subject in SUBJECTS]
    assert len(names) == len(set(names)) >= 8
    halves: dict[str, set[str]] = {"tuning": set(), "held-out": set(), "untouched": set()}
    for subject in SUBJECTS:
        halves[subject.half].add(subject.package.language.replace("javascript", "typescript"))
    assert halves["tuning"] == halves["held-out"]
    assert len(halves["tuning"]) >= 4
    assert halves["untouched"] < halves["tuning"]


def test_releases_follow_each_other_and_are_pinned() -> None:
    for subject in SUBJECTS:
        versions = [[int(part) for part in each.version.lstrip("v").split(".")] for each in subject.releases]
        assert versions == sorted(versions)
        assert all(each.digest for each in (subject.package, *subject.releases))


def test_the_product_knows_nothing_of_the_bench() -> None:
    root = Path(__file__).parents[4]
    for folder in ("docrunch", "db", "workflows", "activities", "workers", "api"):
        for path in sorted((root / folder).rglob("*.py")):
            assert "benchmarks.retrieval import" not in path.read_text(), path
            assert "import benchmarks" not in path.read_text(), path
