"""What queries of one package are made from: its files and its worlds, each made when first asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.accuracy.fetch import fetch
from benchmarks.accuracy.package import Package
from benchmarks.retrieval import worlds
from benchmarks.retrieval.blanking import blanked
from benchmarks.retrieval.model import View
from benchmarks.retrieval.subjects import Subject
from benchmarks.retrieval.worlds import World


@dataclass
class Material:
    subject: Subject
    base: Path  # of downloads, shared with the accuracy bench
    cache: Path
    say: Callable[[str], None] = lambda _line: None

    @property
    def name(self) -> str:
        return self.subject.name

    @property
    def language(self) -> str:
        return self.subject.package.language

    @cached_property
    def files(self) -> dict[str, bytes]:
        """All files of the main release."""
        return self.release_files(self.subject.package)

    @cached_property
    def code(self) -> World:
        return worlds.build(worlds.without_tests(worlds.indexed(self.files)), self.name, self.cache, self.say)

    @cached_property
    def whole(self) -> World:
        return worlds.build(worlds.indexed(self.files), self.name, self.cache, self.say)

    @cached_property
    def bare(self) -> World:
        facts = self.whole.facts
        files = {
            path: blanked(data, facts[path]) if path in facts else data
            for path, data in worlds.indexed(self.files).items()
        }
        return worlds.build(files, self.name, self.cache, self.say)

    def world(self, view: View, release: str) -> World:
        if view is View.CODE:
            return self.code
        if view is View.BARE:
            return self.bare
        return self.before(self._release(release))

    def before(self, package: Package) -> World:
        files = worlds.indexed(self.release_files(package))
        return worlds.build(files, f"{self.name} {package.version}", self.cache, self.say)

    def release_files(self, package: Package) -> dict[str, bytes]:
        return worlds.read_files(fetch(package, self.base))

    def _release(self, version: str) -> Package:
        return next(each for each in self.releases if each.version == version)

    @property
    def releases(self) -> Sequence[Package]:
        return self.subject.releases
