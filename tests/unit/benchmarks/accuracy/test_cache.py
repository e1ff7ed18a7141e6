"""What an oracle said is kept, by package and by what the oracle is."""

from pathlib import Path

from benchmarks.accuracy import cache
from benchmarks.accuracy.facts import ImportFact, OracleFacts
from benchmarks.accuracy.package import Package

PACKAGE = Package("go", "go", "example.org/m", "v1.0.0", "h1:x")


class Counting:
    language = "go"

    def __init__(self, version: str = "1", missing: dict[str, str] | None = None) -> None:
        self.asked = 0
        self._version, self._missing = version, missing or {}

    def version(self, base: Path) -> str:
        return self._version

    def facts(self, package: Package, tree: Path, base: Path) -> OracleFacts:
        self.asked += 1
        return OracleFacts("o", imports=(ImportFact("a", "b", 1),), missing=self._missing)


def test_an_oracle_is_asked_once(tmp_path: Path) -> None:
    oracle = Counting()
    first = cache.facts(oracle, PACKAGE, tmp_path, tmp_path)
    assert cache.facts(oracle, PACKAGE, tmp_path, tmp_path) == first
    assert oracle.asked == 1


def test_another_version_or_package_is_asked_again(tmp_path: Path) -> None:
    cache.facts(Counting(), PACKAGE, tmp_path, tmp_path)
    newer, other = Counting("2"), Counting()
    cache.facts(newer, PACKAGE, tmp_path, tmp_path)
    cache.facts(other, Package("go", "go", "example.org/m", "v1.0.1", "h1:y"), tmp_path, tmp_path)
    assert (newer.asked, other.asked) == (1, 1)


def test_what_was_not_available_is_asked_for_again(tmp_path: Path) -> None:
    oracle = Counting(missing={"calls": "the index did not answer"})
    cache.facts(oracle, PACKAGE, tmp_path, tmp_path)
    cache.facts(oracle, PACKAGE, tmp_path, tmp_path)
    assert oracle.asked == 2
